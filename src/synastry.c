/*
 * synastry.c
 *		The library's door: settings, and the choice of the kernel.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/guc.h"

#include "compat.h"
#include "synastry.h"

PG_MODULE_MAGIC_EXT(.name = "synastry",.version = SYNASTRY_VERSION);

PGDLLEXPORT void _PG_init(void);

const Kernel *current_kernel;

/* synastry.simd: which instruction set the kernels use */
enum
{
	SIMD_AUTO,
	SIMD_SCALAR,
	SIMD_AVX2,
	SIMD_AVX512,
	SIMD_NEON
};

static const struct config_enum_entry simd_options[] = {
	{"auto", SIMD_AUTO, false},
	{"scalar", SIMD_SCALAR, false},
	{"avx2", SIMD_AVX2, false},
	{"avx512", SIMD_AVX512, false},
	{"neon", SIMD_NEON, false},
	{NULL, 0, false}
};

static int	simd = SIMD_AUTO;

static const Kernel *
kernel_of(int option)
{
	if (option == SIMD_AUTO)
		return kernel_best();
	return kernel_by_name(simd_options[option].name);
}

static bool
check_simd(int *option, void **extra, GucSource source)
{
	if (kernel_of(*option) != NULL)
		return true;
	GUC_check_errdetail("This machine, or this build, does not have the instruction set \"%s\".",
						simd_options[*option].name);
	return false;
}

static void
assign_simd(int option, void *extra)
{
	current_kernel = kernel_of(option);
}

void
_PG_init(void)
{
	current_kernel = kernel_best();

	DefineCustomEnumVariable("synastry.simd",
							 "Instruction set of the kernels.",
							 "All give the same results; \"auto\" is the fastest that this machine has. For tests.",
							 &simd, SIMD_AUTO, simd_options,
							 PGC_USERSET, 0,
							 check_simd, assign_simd, NULL);
	MarkGUCPrefixReserved("synastry");
}
