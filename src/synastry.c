/*
 * synastry.c
 *		The library's door: settings, hooks, and the choice of the kernel.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "utils/guc.h"

#include "cache/cache.h"
#include "cache/store.h"
#include "cache/worker.h"
#include "compat.h"
#include "index/options.h"
#include "stats/explain.h"
#include "stats/history.h"
#include "stats/stats.h"
#include "stats/stats_file.h"
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

/*
 * Shared memory, if the library is preloaded
 */

static shmem_request_hook_type previous_shmem_request_hook = NULL;
static shmem_startup_hook_type previous_shmem_startup_hook = NULL;

static void
request_shmem(void)
{
	if (previous_shmem_request_hook)
		previous_shmem_request_hook();
	cache_shmem_request();
	stat_shmem_request();
	history_shmem_request();
}

static void
start_up_shmem(void)
{
	bool		found;

	if (previous_shmem_startup_hook)
		previous_shmem_startup_hook();
	cache_shmem_startup();
	found = stat_shmem_startup();
	history_shmem_startup();
	if (!IsUnderPostmaster)
		stat_file_startup(found);
}

static void
install_hooks(void)
{
	previous_shmem_request_hook = shmem_request_hook;
	shmem_request_hook = request_shmem;
	previous_shmem_startup_hook = shmem_startup_hook;
	shmem_startup_hook = start_up_shmem;
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
	cache_define_settings();
	store_define_settings();
	stat_define_settings();
	history_define_settings();
	index_define_options();
	MarkGUCPrefixReserved("synastry");
	stat_register_callbacks();
	explain_install();
	if (process_shared_preload_libraries_in_progress)
	{
		install_hooks();
		worker_register();
		history_register_worker();
	}
}
