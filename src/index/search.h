/*
 * search.h
 *		The charts of an index by falling score, as many as are asked for.
 */
#ifndef SYNASTRY_INDEX_SEARCH_H
#define SYNASTRY_INDEX_SEARCH_H

#include "postgres.h"

#include "storage/itemptr.h"
#include "utils/rel.h"

#include "index/search_model.h"

/*
 * A row.  If "recheck" the chart holds bodies that the model weighs and the
 * index does not: its distance may be larger, or null, but not less.
 */
typedef struct SearchMatch
{
	ItemPointerData tid;
	bool		is_null;		/* no score: the distance does not count */
	bool		recheck;
	double		distance;		/* minus the score, as <~> has it */
} SearchMatch;

/* what a search did so far */
typedef struct SearchCounters
{
	uint64		directory_pages;
	uint64		code_pages;		/* opened, each time that it happens */
	uint64		leaves;			/* likewise */
	uint64		chain_pages;	/* likewise */
	uint64		groups;			/* whose charts were bounded */
	uint64		charts_bounded;
	uint64		charts_scored;
} SearchCounters;

static inline uint64
search_pages_read(const SearchCounters *counters)
{
	return counters->directory_pages + counters->code_pages + counters->leaves +
		counters->chain_pages;
}

typedef struct Search Search;

/*
 * A search for the best matches of a chart; without a chart, for all rows,
 * none of which then has a score.  It uses the current memory context, and
 * holds pins of pages between calls at most until search_end(), which has to
 * be called unless there was an error.
 */
extern Search *search_begin(Relation index, const SearchModel *model, const Chart *query);

/*
 * The next row: by falling score, of equal ones by TID; then those without a
 * score.  False if there are no more.
 */
extern bool search_next(Search *search, SearchMatch *match);
extern void search_end(Search *search);

extern const SearchCounters *search_counters(const Search *search);

/* cells of each pair that is scored */
extern int	search_pair_cells(const Search *search);

#endif							/* SYNASTRY_INDEX_SEARCH_H */
