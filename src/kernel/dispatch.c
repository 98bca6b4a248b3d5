/*
 * dispatch.c
 *		Which variants this build has, and which of them this machine runs.
 */
#include <string.h>

#include "kernel.h"
#include "variants.h"

const Kernel *const kernels[] = {
#ifdef BUILD_AVX512
	&avx512_kernel,
#endif
#ifdef BUILD_AVX2
	&avx2_kernel,
#endif
#ifdef BUILD_NEON
	&neon_kernel,
#endif
	&scalar_kernel,
	NULL
};

const Kernel *
kernel_best(void)
{
	const Kernel *const *kernel = kernels;

	/* the scalar one, which is last, runs everywhere */
	while (!(*kernel)->supported())
		kernel++;

	return *kernel;
}

const Kernel *
kernel_by_name(const char *name)
{
	for (const Kernel *const *kernel = kernels; *kernel != NULL; kernel++)
	{
		if (strcmp((*kernel)->name, name) == 0)
			return (*kernel)->supported() ? *kernel : NULL;
	}

	return NULL;
}
