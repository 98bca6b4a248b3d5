/*
 * vacuum.c
 *		VACUUM: what is dead, and pages that nobody reads any more.
 *
 * A pass visits all pages in the order of the file.  On those that the meta
 * page lists, by their owner, it makes the TIDs of dead rows invalid.  What is
 * not listed is retired or was never listed; see layout.h.  Retired pages stay
 * until no snapshot is as old as their retirement.  Then they are marked as
 * deleted and go to the free space map, as do those that were never listed:
 * no other VACUUM runs beside this one, so nobody is about to list them.
 *
 * Inserts and searches go on meanwhile.  Both lock pages for short, hold no
 * pin on what they have read, and rely on snapshots: a TID that they read may
 * be that of another row by now, which their snapshot does not see.  Charts
 * that are inserted during a pass are not dead, so it does not matter whether
 * the pass comes by.  Which segments and chains are listed changes by VACUUM
 * alone.  Folding comes last; see fold.c.
 */
#include "postgres.h"

#include "access/generic_xlog.h"
#include "commands/vacuum.h"
#include "storage/indexfsm.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "index/build.h"
#include "index/fold.h"
#include "index/pages.h"
#include "index/write.h"

#define MAX_PAGE_TIDS	(BLCKSZ / sizeof(ItemPointerData))

typedef struct Pass
{
	IndexVacuumInfo *info;
	IndexBulkDeleteResult *result;
	IndexBulkDeleteCallback callback;	/* NULL: look only */
	void	   *callback_state;
	IndexLayout layout;
	IndexMeta	meta;			/* as it was at the begin */
	bool		readable[INDEX_MAX_RETIRED];	/* by some snapshot */
	uint64		dead[INDEX_MAX_SEGMENTS];
	bool		freed;
} Pass;

/* listed, or retired and perhaps read */
static bool
is_in_use(const Pass *pass, uint32 owner)
{
	const IndexMeta *meta = &pass->meta;

	for (int kind = 0; kind < CHAIN_KINDS; kind++)
		if (meta->chains[kind].owner == owner || meta->frozen[kind].owner == owner)
			return true;
	for (int i = 0; i < meta->n_segments; i++)
		if (meta->segments[i].owner == owner)
			return true;
	for (int i = 0; i < meta->n_retired; i++)
		if (meta->retired[i].owner == owner)
			return pass->readable[i];
	return false;
}

static bool
is_retired(const Pass *pass, uint32 owner)
{
	for (int i = 0; i < pass->meta.n_retired; i++)
		if (pass->meta.retired[i].owner == owner)
			return true;
	return false;
}

static void
count_dead(Pass *pass, uint32 owner, int dead)
{
	for (int i = 0; i < pass->meta.n_segments; i++)
		if (pass->meta.segments[i].owner == owner)
			pass->dead[i] += dead;
}

static void
free_page(Pass *pass, BlockNumber block)
{
	RecordFreeIndexPage(pass->info->index, block);
	pass->result->pages_free++;
	pass->freed = true;
}

static void
delete_page(Pass *pass, Buffer buffer)
{
	GenericXLogState *state;

	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	state = GenericXLogStart(pass->info->index);
	index_init_page(GenericXLogRegisterBuffer(state, buffer, 0), PAGE_DELETED, 0);
	GenericXLogFinish(state);
	pass->result->pages_newly_deleted++;
}

/* They stay where they are: others at most append. */
static void
kill_tids(Pass *pass, Buffer buffer, const uint16 *dead, int n)
{
	GenericXLogState *state;
	ItemPointer tids;

	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	state = GenericXLogStart(pass->info->index);
	tids = index_page_tids(&pass->layout, GenericXLogRegisterBuffer(state, buffer, 0));
	for (int i = 0; i < n; i++)
		ItemPointerSetInvalid(&tids[dead[i]]);
	GenericXLogFinish(state);
	pass->result->tuples_removed += n;
}

static void
visit_tids(Pass *pass, Buffer buffer)
{
	Page		page = BufferGetPage(buffer);
	const IndexPageSpecial *special = page_special(page);
	ItemPointer tids = index_page_tids(&pass->layout, page);
	uint16		dying[MAX_PAGE_TIDS];
	int			n = 0;
	int			dead = 0;

	if (tids == NULL)
		return;
	for (int i = 0; i < special->count; i++)
		if (!ItemPointerIsValid(&tids[i]))
			dead++;
		else if (pass->callback != NULL && pass->callback(&tids[i], pass->callback_state))
			dying[n++] = (uint16) i;
	pass->result->num_index_tuples += special->count - dead - n;
	count_dead(pass, special->owner, dead + n);
	if (n > 0)
		kill_tids(pass, buffer, dying, n);
}

static void
visit_page(Pass *pass, BlockNumber block)
{
	Relation	index = pass->info->index;
	Buffer		buffer = ReadBufferExtended(index, MAIN_FORKNUM, block, RBM_NORMAL,
											pass->info->strategy);
	Page		page = BufferGetPage(buffer);
	const IndexPageSpecial *special;
	bool		empty = true;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	if (!PageIsNew(page))
	{
		if (!index_page_is_valid(page))
			report_corruption(index, block, "The page is not one of this access method.");
		special = page_special(page);
		if (special->kind == PAGE_DELETED)
			pass->result->pages_deleted++;
		else if (!is_in_use(pass, special->owner))
		{
			delete_page(pass, buffer);
			pass->result->pages_deleted++;
		}
		else
		{
			empty = false;
			if (special->count > index_page_capacity(&pass->layout, (IndexPageKind) special->kind))
				report_corruption(index, block, "The page claims to hold more than fits.");
			if (!is_retired(pass, special->owner))
				visit_tids(pass, buffer);
		}
	}
	UnlockReleaseBuffer(buffer);
	if (empty)
		free_page(pass, block);
}

/* Who is dead, and whom nobody will read any more. */
static void
note_in_meta(Pass *pass)
{
	Relation	index = pass->info->index;
	Buffer		buffer = index_lock_meta(index, &pass->layout, BUFFER_LOCK_EXCLUSIVE);
	GenericXLogState *state = GenericXLogStart(index);
	IndexMeta  *meta = page_meta(GenericXLogRegisterBuffer(state, buffer, 0));
	int			n = 0;

	for (int i = 0; i < meta->n_segments; i++)
		meta->segments[i].dead = pass->dead[i];
	for (int i = 0; i < meta->n_retired; i++)
		if (pass->readable[i])
			meta->retired[n++] = meta->retired[i];
	meta->n_retired = n;
	GenericXLogFinish(state);
	UnlockReleaseBuffer(buffer);
}

static bool
changes_meta(const Pass *pass)
{
	for (int i = 0; i < pass->meta.n_segments; i++)
		if (pass->meta.segments[i].dead != pass->dead[i])
			return true;
	for (int i = 0; i < pass->meta.n_retired; i++)
		if (!pass->readable[i])
			return true;
	return false;
}

static void
read_meta(Pass *pass)
{
	index_read_meta(pass->info->index, &pass->meta, &pass->layout);
	for (int i = 0; i < pass->meta.n_retired; i++)
		pass->readable[i] = !GlobalVisCheckRemovableFullXid(NULL, pass->meta.retired[i].since);
}

static void
run_pass(Pass *pass)
{
	Relation	index = pass->info->index;
	IndexBulkDeleteResult *result = pass->result;
	BlockNumber block = INDEX_META_BLOCK + 1;
	BlockNumber end;

	result->num_index_tuples = 0;
	result->pages_deleted = 0;
	result->pages_free = 0;
	while (block < (end = index_pages(index)))
		for (; block < end; block++)
		{
			vacuum_delay();
			visit_page(pass, block);
		}
	result->num_pages = end;

	if (changes_meta(pass))
		note_in_meta(pass);
	if (pass->freed)
		IndexFreeSpaceMapVacuum(index);
}

IndexBulkDeleteResult *
index_delete_charts(IndexVacuumInfo * info, IndexBulkDeleteResult * result,
					IndexBulkDeleteCallback callback, void *callback_state)
{
	Pass	   *pass = palloc0(sizeof(Pass));

	if (result == NULL)
		result = palloc0(sizeof(IndexBulkDeleteResult));
	pass->info = info;
	pass->result = result;
	pass->callback = callback;
	pass->callback_state = callback_state;
	read_meta(pass);
	run_pass(pass);
	pfree(pass);
	return result;
}

/* Is there anything to free, that a pass would find? */
static bool
needs_pass(const Pass *pass)
{
	for (int i = 0; i < pass->meta.n_retired; i++)
		if (!pass->readable[i])
			return true;
	return pass->meta.frozen[CHAIN_TAIL].owner != 0;
}

/* without a pass; dead charts are those of the last one */
static void
count_charts(Pass *pass)
{
	ChainSurvey survey = {0};

	for (int kind = 0; kind < CHAIN_KINDS; kind++)
	{
		survey_chain(pass->info->index, &pass->layout, &pass->meta.chains[kind],
					 (IndexChainKind) kind, &survey);
		survey_chain(pass->info->index, &pass->layout, &pass->meta.frozen[kind],
					 (IndexChainKind) kind, &survey);
	}
	pass->result->num_index_tuples = (double) (survey.charts - survey.dead);
	for (int i = 0; i < pass->meta.n_segments; i++)
		pass->result->num_index_tuples += (double) (pass->meta.segments[i].charts -
													pass->meta.segments[i].dead);
}

IndexBulkDeleteResult *
index_clean_up(IndexVacuumInfo * info, IndexBulkDeleteResult * result)
{
	if (info->analyze_only)
		return result;

	if (result == NULL)
	{
		Pass	   *pass = palloc0(sizeof(Pass));

		result = palloc0(sizeof(IndexBulkDeleteResult));
		pass->info = info;
		pass->result = result;
		read_meta(pass);
		if (needs_pass(pass))
			run_pass(pass);
		else
			count_charts(pass);
		pfree(pass);
	}
	index_fold(info->index);
	result->num_pages = RelationGetNumberOfBlocks(info->index);
	return result;
}
