// Which version of the kernels this processor runs.
#include "kernels.h"

#include <stddef.h>

int corpus_kernels_supported(int level) {
#if defined(__x86_64__)
	__builtin_cpu_init();
	switch (level) {
	case 0: return 1;
	case 1: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
	case 2:
		return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
			__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
	}
	return 0;
#else
	return level == 0;
#endif
}

const struct kernel_table *corpus_kernels_at(int level) {
	switch (level) {
	case 0: return &corpus_kernels_generic;
#if defined(__x86_64__)
	case 1: return &corpus_kernels_avx2;
	case 2: return &corpus_kernels_avx512;
#endif
	}
	return NULL;
}

int64_t corpus_scratch_floats(void) { return (M_BLOCK + N_BLOCK) * (int64_t)K_BLOCK; }
