// Causal attention with grouped queries, in blocks of QUERY_BLOCK queries: the scores of
// one block against all keys before it are in scratch, never those of the whole
// sequence; the backward pass computes them again from the saved log-sum-exp
// (Dao et al., FlashAttention, 2022, section 3.1).

INLINE float row_max(const float *x, int64_t n);
INLINE float exp_row(float *x, int64_t n, float slope, float shift, float scale);

// score_row_length keeps rows of scores a multiple of a cache line apart.
INLINE int64_t score_row_length(int64_t keys) { return (keys + 15) / 16 * 16; }

// attention_forward computes job = (b*heads + h)*blocks + block. Query i sits at position keys - queries + i.
FUNC void attention_forward(float *out, float *lse, const float *q, const float *k, const float *v, const struct attention *s, int64_t job, float *scratch) {
	int64_t blocks = (s->queries + QUERY_BLOCK - 1) / QUERY_BLOCK;
	int64_t first = job % blocks * QUERY_BLOCK, h = job / blocks % s->heads, b = job / blocks / s->heads;
	int64_t rows = s->queries - first < QUERY_BLOCK ? s->queries - first : QUERY_BLOCK;
	int64_t before = s->keys - s->queries + first, keys = before + rows, stride = score_row_length(keys);
	int64_t kv_head = h / (s->heads / s->kv_heads);
	float scale = 1.0f / sqrtf((float)s->head_dim);

	float *scores = scratch + (M_BLOCK + N_BLOCK) * K_BLOCK;
	int64_t query = b * s->queries + first;
	q += query * s->q_stride + h * s->head_dim;
	out += query * s->out_stride + h * s->head_dim;
	k += b * s->keys * s->kv_stride + kv_head * s->head_dim;
	v += b * s->keys * s->kv_stride + kv_head * s->head_dim;
	lse += (b * s->heads + h) * s->queries + first;

	product(&(struct product){rows, keys, s->head_dim, q, s->q_stride, 1, k, 1, s->kv_stride, scores, stride, 0}, scratch);
	for (int64_t i = 0; i < rows; i++) {
		float *row = scores + i * stride;
		int64_t seen = before + i + 1;
		float shift = row_max(row, seen) * scale;
		float sum = exp_row(row, seen, scale, shift, 1.0f);
		lse[i] = shift + logf(sum);
		for (int64_t j = 0; j < seen; j++) row[j] /= sum;
		for (int64_t j = seen; j < keys; j++) row[j] = 0;
	}
	product(&(struct product){rows, s->head_dim, keys, scores, stride, 1, v, s->kv_stride, 1, out, s->out_stride, 0}, scratch);
}

// attention_backward computes job = b*kv_heads + kv_head: the heads that share keys and values add to the same
// dk and dv, in order. It overwrites dq, dk and dv, which have the strides of q, k and v.
FUNC void attention_backward(float *dq, float *dk, float *dv, const float *dout, const float *out, const float *lse, const float *q, const float *k, const float *v, const struct attention *s, int64_t job, float *scratch) {
	int64_t b = job / s->kv_heads, kv_head = job % s->kv_heads, group = s->heads / s->kv_heads, dim = s->head_dim;
	int64_t stride = score_row_length(s->keys);
	float *p = scratch + (M_BLOCK + N_BLOCK) * K_BLOCK, *dp = p + QUERY_BLOCK * stride;
	float scale = 1.0f / sqrtf((float)dim);

	int64_t kv = b * s->keys * s->kv_stride + kv_head * dim;
	k += kv, v += kv, dk += kv, dv += kv;
	for (int64_t t = 0; t < s->keys; t++) {
		memset(dk + t * s->kv_stride, 0, dim * sizeof(float));
		memset(dv + t * s->kv_stride, 0, dim * sizeof(float));
	}
	for (int64_t h = kv_head * group; h < (kv_head + 1) * group; h++)
		for (int64_t first = 0; first < s->queries; first += QUERY_BLOCK) {
			int64_t rows = s->queries - first < QUERY_BLOCK ? s->queries - first : QUERY_BLOCK;
			int64_t before = s->keys - s->queries + first, keys = before + rows;
			int64_t query = b * s->queries + first;
			const float *qb = q + query * s->q_stride + h * dim;
			const float *doutb = dout + query * s->out_stride + h * dim, *outb = out + query * s->out_stride + h * dim;
			const float *lseb = lse + (b * s->heads + h) * s->queries + first;

			product(&(struct product){rows, keys, dim, qb, s->q_stride, 1, k, 1, s->kv_stride, p, stride, 0}, scratch);
			product(&(struct product){rows, keys, dim, doutb, s->out_stride, 1, v, 1, s->kv_stride, dp, stride, 0}, scratch);
			for (int64_t i = 0; i < rows; i++) {
				float *pi = p + i * stride, *dpi = dp + i * stride;
				int64_t seen = before + i + 1;
				float delta = dot(doutb + i * s->out_stride, outb + i * s->out_stride, dim);
				exp_row(pi, seen, scale, lseb[i], 1.0f);
				for (int64_t j = 0; j < seen; j++) dpi[j] = pi[j] * (dpi[j] - delta) * scale;
				for (int64_t j = seen; j < keys; j++) pi[j] = dpi[j] = 0;
			}
			product(&(struct product){rows, dim, keys, dp, stride, 1, k, s->kv_stride, 1, dq + query * s->q_stride + h * dim, s->q_stride, 0}, scratch);
			product(&(struct product){keys, dim, rows, dp, 1, stride, qb, s->q_stride, 1, dk, s->kv_stride, 1}, scratch);
			product(&(struct product){keys, dim, rows, p, 1, stride, doutb, s->out_stride, 1, dv, s->kv_stride, 1}, scratch);
		}
}
