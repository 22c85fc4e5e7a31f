// What Go calls: cgo cannot call a function pointer, so each of these calls one through a table.
#ifndef CORPUS_CALLS_H
#define CORPUS_CALLS_H

#include "kernels.h"

static inline void corpus_product(const struct kernel_table *t, int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_col,
	const float *b, int64_t b_row, int64_t b_col, float *c, int64_t c_row, int accumulate, int dots, float *scratch) {
	struct product p = {m, n, k, a, a_row, a_col, b, b_row, b_col, c, c_row, accumulate};
	if (dots) t->dot_rows(&p);
	else t->product(&p, scratch);
}
static inline void corpus_rmsnorm(const struct kernel_table *t, float *out, float *inv, const float *x, const float *w, int64_t rows, int64_t width, float eps) {
	t->rmsnorm(out, inv, x, w, rows, width, eps);
}
static inline void corpus_rmsnorm_backward(const struct kernel_table *t, float *dx, float *dw, const float *dout, const float *x, const float *w, const float *inv, int64_t rows, int64_t width) {
	t->rmsnorm_backward(dx, dw, dout, x, w, inv, rows, width);
}
static inline void corpus_swiglu(const struct kernel_table *t, float *out, const float *gate_up, int64_t rows, int64_t hidden) {
	t->swiglu(out, gate_up, rows, hidden);
}
static inline void corpus_swiglu_backward(const struct kernel_table *t, float *dgate_up, const float *dout, const float *gate_up, int64_t rows, int64_t hidden) {
	t->swiglu_backward(dgate_up, dout, gate_up, rows, hidden);
}
static inline void corpus_attention(const struct kernel_table *t, float *out, float *lse, const float *q, const float *k, const float *v, struct attention s, int64_t job, float *scratch) {
	t->attention(out, lse, q, k, v, &s, job, scratch);
}
static inline void corpus_attention_backward(const struct kernel_table *t, float *dq, float *dk, float *dv, const float *dout, const float *out, const float *lse,
	const float *q, const float *k, const float *v, struct attention s, int64_t job, float *scratch) {
	t->attention_backward(dq, dk, dv, dout, out, lse, q, k, v, &s, job, scratch);
}
static inline void corpus_cross_entropy(const struct kernel_table *t, float *losses, float *logits, const uint32_t *targets, int64_t rows, int64_t vocab, float scale, int gradient) {
	t->cross_entropy(losses, logits, targets, rows, vocab, scale, gradient);
}
static inline void corpus_adamw(const struct kernel_table *t, float *w, const float *g, float *m, float *v, int64_t n, struct adamw o) {
	t->adamw(w, g, m, v, n, &o);
}

#endif
