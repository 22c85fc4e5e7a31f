// Matrix products: both operands are copied block by block into the order in which
// the micro-kernel reads them (Goto and van de Geijn, Anatomy of High-Performance Matrix
// Multiplication, ACM TOMS 34(3), 2008), so any stride costs the same.

#define NR (2 * VW)

// MICRO defines micro_R: an R x NR tile of c from packed panels a (k x R) and b (k x NR).
#define MICRO(R)                                                                                             \
	FUNC void micro_##R(int64_t k, const float *a, const float *b, float *c, int64_t c_row, int64_t n, int add) { \
		vf s0[R], s1[R];                                                                             \
		_Pragma("GCC unroll 16") for (int r = 0; r < R; r++) s0[r] = s1[r] = (vf){0};                \
		for (int64_t p = 0; p < k; p++) {                                                            \
			vf b0 = load(b), b1 = load(b + VW);                                                  \
			_Pragma("GCC unroll 16") for (int r = 0; r < R; r++) {                               \
				s0[r] += a[r] * b0;                                                          \
				s1[r] += a[r] * b1;                                                          \
			}                                                                                    \
			a += R;                                                                              \
			b += NR;                                                                             \
		}                                                                                            \
		if (n == NR) {                                                                               \
			_Pragma("GCC unroll 16") for (int r = 0; r < R; r++) {                               \
				float *row = c + r * c_row;                                                  \
				store(row, add ? load(row) + s0[r] : s0[r]);                                 \
				store(row + VW, add ? load(row + VW) + s1[r] : s1[r]);                       \
			}                                                                                    \
			return;                                                                              \
		}                                                                                            \
		_Pragma("GCC unroll 16") for (int r = 0; r < R; r++) {                                       \
			float t[NR];                                                                         \
			float *row = c + r * c_row;                                                          \
			store(t, s0[r]);                                                                     \
			store(t + VW, s1[r]);                                                                \
			for (int64_t j = 0; j < n; j++) row[j] = add ? row[j] + t[j] : t[j];                 \
		}                                                                                            \
	}

MICRO(1)
MICRO(2)
MICRO(3)
MICRO(4)
#if MR_MAX > 4
MICRO(5)
MICRO(6)
#endif
#if MR_MAX > 6
MICRO(7)
MICRO(8)
MICRO(9)
MICRO(10)
MICRO(11)
MICRO(12)
MICRO(13)
MICRO(14)
#endif

INLINE void micro(int64_t rows, int64_t k, const float *a, const float *b, float *c, int64_t c_row, int64_t n, int add) {
	switch (rows) {
	case 1: micro_1(k, a, b, c, c_row, n, add); return;
	case 2: micro_2(k, a, b, c, c_row, n, add); return;
	case 3: micro_3(k, a, b, c, c_row, n, add); return;
	case 4: micro_4(k, a, b, c, c_row, n, add); return;
#if MR_MAX > 4
	case 5: micro_5(k, a, b, c, c_row, n, add); return;
	case 6: micro_6(k, a, b, c, c_row, n, add); return;
#endif
#if MR_MAX > 6
	case 7: micro_7(k, a, b, c, c_row, n, add); return;
	case 8: micro_8(k, a, b, c, c_row, n, add); return;
	case 9: micro_9(k, a, b, c, c_row, n, add); return;
	case 10: micro_10(k, a, b, c, c_row, n, add); return;
	case 11: micro_11(k, a, b, c, c_row, n, add); return;
	case 12: micro_12(k, a, b, c, c_row, n, add); return;
	case 13: micro_13(k, a, b, c, c_row, n, add); return;
	case 14: micro_14(k, a, b, c, c_row, n, add); return;
#endif
	}
}

// pack copies count lines of k values, lines apart `line` and values apart `step`, as k groups of `width`
// values; lines beyond count become zeros.
INLINE void pack(float *dst, int64_t width, const float *src, int64_t line, int64_t step, int64_t count, int64_t k) {
	if (count < width) memset(dst, 0, width * k * sizeof(float));
	if (line == 1) {
		for (int64_t p = 0; p < k; p++)
			for (int64_t i = 0; i < count; i++) dst[p * width + i] = src[p * step + i];
		return;
	}
	int64_t i = 0;
	for (; i + 4 <= count; i += 4) {
		const float *s0 = src + i * line, *s1 = s0 + line, *s2 = s1 + line, *s3 = s2 + line;
		float *d = dst + i;
		for (int64_t p = 0; p < k; p++) {
			d[0] = s0[p * step];
			d[1] = s1[p * step];
			d[2] = s2[p * step];
			d[3] = s3[p * step];
			d += width;
		}
	}
	for (; i < count; i++)
		for (int64_t p = 0; p < k; p++) dst[p * width + i] = src[i * line + p * step];
}

// product computes one whole product on one thread. The scratch holds an A block and a B block.
FUNC void product(const struct product *q, float *scratch) {
	float *packed_a = scratch, *packed_b = scratch + M_BLOCK * K_BLOCK;
	for (int64_t p = 0; p < q->k; p += K_BLOCK) {
		int64_t k = q->k - p < K_BLOCK ? q->k - p : K_BLOCK;
		int add = q->accumulate || p > 0;
		for (int64_t j = 0; j < q->n; j += N_BLOCK) {
			int64_t n = q->n - j < N_BLOCK ? q->n - j : N_BLOCK;
			for (int64_t jj = 0; jj < n; jj += NR) {
				int64_t count = n - jj < NR ? n - jj : NR;
				pack(packed_b + jj * k, NR, q->b + p * q->b_row + (j + jj) * q->b_col, q->b_col, q->b_row, count, k);
			}
			for (int64_t i = 0; i < q->m; i += M_BLOCK) {
				int64_t m = q->m - i < M_BLOCK ? q->m - i : M_BLOCK;
				for (int64_t ii = 0; ii < m; ii += MR_MAX) {
					int64_t rows = m - ii < MR_MAX ? m - ii : MR_MAX;
					pack(packed_a + ii * k, rows, q->a + (i + ii) * q->a_row + p * q->a_col, q->a_row, q->a_col, rows, k);
				}
				for (int64_t jj = 0; jj < n; jj += NR) {
					int64_t count = n - jj < NR ? n - jj : NR;
					for (int64_t ii = 0; ii < m; ii += MR_MAX) {
						int64_t rows = m - ii < MR_MAX ? m - ii : MR_MAX;
						micro(rows, k, packed_a + ii * k, packed_b + jj * k,
							q->c + (i + ii) * q->c_row + j + jj, q->c_row, count, add);
					}
				}
			}
		}
	}
}

// dot_rows is the product for a handful of rows of a, where both a and b lie along k:
// copying b would cost more than the product. Same shapes always take the same path.
FUNC void dot_rows(const struct product *q) {
	for (int64_t j = 0; j < q->n; j++)
		for (int64_t i = 0; i < q->m; i++) {
			float s = dot(q->a + i * q->a_row, q->b + j * q->b_col, q->k);
			float *c = q->c + i * q->c_row + j;
			*c = q->accumulate ? *c + s : s;
		}
}
