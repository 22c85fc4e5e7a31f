// The functions that kernels.go calls, and what they share. All arrays are
// float32, row-major and without gaps unless a stride is given; strides and sizes
// count elements. A function writes only the part of its output that its
// arguments name, so different parts may be computed by different threads.
#ifndef CORPUS_KERNELS_H
#define CORPUS_KERNELS_H

#include <stdint.h>

// A product reads a[i*a_row + p*a_col] and b[p*b_row + j*b_col] and writes c[i*c_row + j].
struct product {
	int64_t m, n, k;
	const float *a;
	int64_t a_row, a_col;
	const float *b;
	int64_t b_row, b_col;
	float *c;
	int64_t c_row;
	int accumulate; // add to c instead of overwriting it
};

// The shape of attention; see AttentionShape in shapes.go.
struct attention {
	int64_t batch, queries, keys, heads, kv_heads, head_dim;
	int64_t q_stride, kv_stride, out_stride;
};

struct adamw {
	float rate, beta1, beta2, epsilon, decay, correction1, correction2, grad_scale;
};

// Blocking of the product, in elements. K_BLOCK is also the unit in which sums along k are
// rounded, so it is part of what makes a result what it is.
enum { K_BLOCK = 256, M_BLOCK = 224, N_BLOCK = 512, QUERY_BLOCK = 64 };

// One instruction set's version of every kernel.
struct kernel_table {
	void (*product)(const struct product *p, float *scratch);
	void (*dot_rows)(const struct product *p);
	void (*rmsnorm)(float *out, float *inv, const float *x, const float *w, int64_t rows, int64_t width, float eps);
	void (*rmsnorm_backward)(float *dx, float *dw, const float *dout, const float *x, const float *w, const float *inv, int64_t rows, int64_t width);
	void (*swiglu)(float *out, const float *gate_up, int64_t rows, int64_t hidden);
	void (*swiglu_backward)(float *dgate_up, const float *dout, const float *gate_up, int64_t rows, int64_t hidden);
	void (*attention)(float *out, float *lse, const float *q, const float *k, const float *v, const struct attention *s, int64_t job, float *scratch);
	void (*attention_backward)(float *dq, float *dk, float *dv, const float *dout, const float *out, const float *lse, const float *q, const float *k, const float *v, const struct attention *s, int64_t job, float *scratch);
	void (*cross_entropy)(float *losses, float *logits, const uint32_t *targets, int64_t rows, int64_t vocab, float scale, int gradient);
	void (*adamw)(float *w, const float *g, float *m, float *v, int64_t n, const struct adamw *o);
};

extern const struct kernel_table corpus_kernels_generic;
extern const struct kernel_table corpus_kernels_avx2;
extern const struct kernel_table corpus_kernels_avx512;

// corpus_kernels_supported says whether this processor and operating system run a level:
// 0 generic, 1 AVX2 with FMA, 2 AVX-512.
int corpus_kernels_supported(int level);

// corpus_kernels_at is the table of a level.
const struct kernel_table *corpus_kernels_at(int level);

// corpus_scratch_floats is the scratch memory that product needs; attention needs, behind it,
// 2 * QUERY_BLOCK * (keys + 16) more.
int64_t corpus_scratch_floats(void);

#endif
