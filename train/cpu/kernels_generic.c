// The kernels for any processor: vectors of four floats, which every 64-bit target has (SSE2, NEON).
#define LEVEL generic
#define VW 4
#define MR_MAX 4
#define TARGET

typedef float four __attribute__((vector_size(16)));
static inline four sqrt_four(four x) {
	return (four){__builtin_sqrtf(x[0]), __builtin_sqrtf(x[1]), __builtin_sqrtf(x[2]), __builtin_sqrtf(x[3])};
}
#define VSQRT(x) sqrt_four(x)

#include "simd.h"
