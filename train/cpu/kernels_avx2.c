// The kernels for processors with AVX2 and FMA.
#if defined(__x86_64__)
#include <immintrin.h>

#define LEVEL avx2
#define VW 8
#define MR_MAX 6
#define TARGET __attribute__((target("avx2,fma")))
#define VSQRT(x) ((vf)_mm256_sqrt_ps((__m256)(x)))

#include "simd.h"
#endif
