// The kernels for processors with AVX-512 (F, BW, DQ, VL).
#if defined(__x86_64__)
#include <immintrin.h>

#define LEVEL avx512
#define VW 16
#define MR_MAX 14
#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma")))
#define VSQRT(x) ((vf)_mm512_sqrt_ps((__m512)(x)))

#include "simd.h"
#endif
