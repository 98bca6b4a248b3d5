#include "postgres.h"
#include "index/build.h"
IndexBulkDeleteResult *
index_delete_charts(IndexVacuumInfo * info, IndexBulkDeleteResult * result,
					IndexBulkDeleteCallback callback, void *callback_state)
{
	return result;
}

IndexBulkDeleteResult *
index_clean_up(IndexVacuumInfo * info, IndexBulkDeleteResult * result)
{
	return result;
}
