// The kernels, written once for a vector of VW floats in GCC's vector extension (which
// clang has too). Each file kernels_*.c sets VW, TARGET, MR_MAX, VSQRT and LEVEL and includes this.
//
// No -ffast-math: every sum below has one fixed order, and NaN and infinity pass
// through, so that the training loop sees them.
#include "kernels.h"

#include <math.h>
#include <string.h>

typedef float vf __attribute__((vector_size(VW * 4)));
typedef int32_t vi __attribute__((vector_size(VW * 4)));
typedef float vfu __attribute__((vector_size(VW * 4), aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline)) TARGET
#define FUNC static TARGET

INLINE vf load(const float *p) { return *(const vfu *)p; }
INLINE void store(float *p, vf x) { *(vfu *)p = x; }
INLINE vf splat(float x) { return x - (vf){0}; }
INLINE vf blend(vi mask, vf a, vf b) { return (vf)(((vi)a & mask) | ((vi)b & ~mask)); }

// load_some reads n < VW floats and fills up with zeros; store_some writes n.
INLINE vf load_some(const float *p, int64_t n) {
	float t[VW] = {0};
	memcpy(t, p, n * sizeof(float));
	return load(t);
}
INLINE void store_some(float *p, vf x, int64_t n) {
	float t[VW];
	store(t, x);
	memcpy(p, t, n * sizeof(float));
}

INLINE float hsum(vf x) {
	float t[VW];
	store(t, x);
	for (int w = VW / 2; w > 0; w /= 2)
		for (int i = 0; i < w; i++) t[i] += t[i + w];
	return t[0];
}
INLINE float hmax(vf x) {
	float t[VW];
	store(t, x);
	for (int i = 1; i < VW; i++) t[0] = t[i] > t[0] ? t[i] : t[0];
	return t[0];
}

INLINE float dot(const float *a, const float *b, int64_t n) {
	vf s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
	int64_t i = 0;
	for (; i + 4 * VW <= n; i += 4 * VW) {
		s0 += load(a + i) * load(b + i);
		s1 += load(a + i + VW) * load(b + i + VW);
		s2 += load(a + i + 2 * VW) * load(b + i + 2 * VW);
		s3 += load(a + i + 3 * VW) * load(b + i + 3 * VW);
	}
	for (; i + VW <= n; i += VW) s0 += load(a + i) * load(b + i);
	if (i < n) s1 += load_some(a + i, n - i) * load_some(b + i, n - i);
	return hsum((s0 + s1) + (s2 + s3));
}

// exp_v is e^x to about 2 units in the last place: x = n ln2 + r with |r| <= ln2/2, a polynomial of
// degree 6 for e^r (Cephes expf), and 2^n put together from bits. Below -87.3 it is about 1e-38; NaN stays NaN.
INLINE vf exp_v(vf x) {
	const vf low = splat(-87.33654f), high = splat(88.37626f);
	x = blend(x < low, low, x);
	x = blend(x > high, high, x);
	vf shifted = x * 1.44269504f;
	vf n = (shifted + 12582912.0f) - 12582912.0f; // rounds to the nearest integer: 1.5 * 2^23 has no fraction bits
	vf r = x - n * 0.693359375f + n * 2.12194440e-4f;
	vf y = splat(1.9875691500e-4f);
	y = y * r + 1.3981999507e-3f;
	y = y * r + 8.3334519073e-3f;
	y = y * r + 4.1665795894e-2f;
	y = y * r + 1.6666665459e-1f;
	y = y * r + 5.0000001201e-1f;
	y = y * r * r + r + 1.0f;
	vi exponent = (__builtin_convertvector(n, vi) + 127) << 23;
	return y * (vf)exponent;
}

#include "product.h"
#include "attention.h"
#include "layers.h"

#define TABLE_NAME2(level) corpus_kernels_##level
#define TABLE_NAME(level) TABLE_NAME2(level)
const struct kernel_table TABLE_NAME(LEVEL) = {
	.product = product,
	.dot_rows = dot_rows,
	.rmsnorm = rmsnorm,
	.rmsnorm_backward = rmsnorm_backward,
	.swiglu = swiglu,
	.swiglu_backward = swiglu_backward,
	.attention = attention_forward,
	.attention_backward = attention_backward,
	.cross_entropy = cross_entropy,
	.adamw = adamw,
};
