/*
 * aspect_tally.h
 *		The aspect tally: its layout, and how one is counted.
 *
 * The layout is described in README.md.
 */
#ifndef SYNASTRY_ASPECT_TALLY_H
#define SYNASTRY_ASPECT_TALLY_H

#include "postgres.h"

#include "utils/expandeddatum.h"

#include "types/aspect_set.h"

#define ASPECT_TALLY_VERSION	1

#define ASPECT_TALLY_UNORDERED	0x01

typedef struct AspectTally
{
	int32		vl_len_;
	uint8		version;
	uint8		flags;
	uint16		n;				/* rows: bodies of side A */
	uint16		m;				/* columns: bodies of side B */
	uint16		reserved;
	uint32		set_size;
	char		set[FLEXIBLE_ARRAY_MEMBER];
	/* then ids of A and of B, cells: see TallyView */
} AspectTally;

#define DatumGetAspectTally(datum)	((const AspectTally *) PG_DETOAST_DATUM(datum))
#define PG_GETARG_ASPECT_TALLY(n)	DatumGetAspectTally(PG_GETARG_DATUM(n))

/* Where everything is. */
typedef struct TallyView
{
	bool		unordered;
	int			n;
	int			m;
	const AspectSet *set;
	uint16	   *ids[2];			/* n of side A, then m of side B */
	uint64	   *cells;			/* n x m times cell_numbers(set) */
} TallyView;

/*
 * The numbers of a cell: pairs, then for each aspect its count and the sum of
 * its orbs.
 */
#define CELL_PAIRS			0
#define CELL_COUNT(aspect)	(1 + 2 * (aspect))
#define CELL_ORBS(aspect)	(2 + 2 * (aspect))

static inline int
cell_numbers(const AspectSet *set)
{
	return 1 + 2 * set->n;
}

extern void tally_view(const AspectTally *tally, TallyView *view);

/* a tally of this shape with its set and no pairs; the ids are for the caller */
extern AspectTally *tally_allocate(const AspectSet *set, bool unordered,
								   int n, int m, TallyView *view);

/* Could counting have made this?  If not, an error of this SQLSTATE. */
extern bool tally_check(const TallyView *view, int sqlstate, Node *escontext);

/*
 * A tally that is being counted: the expanded form of the type.
 *
 * Findings of one pair of charts are first added to one packed number for
 * each cell and aspect, the count in its upper bits and the sum of orbs in the
 * lower ones: one addition for each aspect found.  Before either part can
 * overflow they are moved to the cells (tally_settle).
 */
typedef struct TallyState TallyState;

struct TallyState
{
	ExpandedObjectHeader header;
	bool		unordered;
	const AspectSet *set;		/* our copy */
	uint64		checked;		/* serial of a prepared set that is the same */
	int			n[2];
	uint16		ids[2][BODY_IDS];
	uint64	   *cells;			/* as in TallyView */

	/* not yet in the cells */
	int			pending;		/* pairs of charts */
	int			pending_complete;	/* those with all bodies of both sides */
	uint64	   *packed;			/* n x m x aspects of the set */

	/*
	 * Complete pairs that wait until the kernel can take many at once, each
	 * side body by body; NULL until there were enough to make it worth it.
	 * Whoever lets them wait says how they are counted.
	 */
	binary_angle *waiting[2];
	int			n_waiting;
	void		(*count_waiting) (TallyState *state);
	const AspectTable *table;	/* our copy, if pairs wait */

	/* what the kernel finds in one pair: room for n x m */
	uint8	   *codes;
	int32	   *deviations;
};

/* one without any pairs, in a memory context of its own below parent */
extern TallyState *tally_begin(const AspectSet *set, bool unordered,
							   MemoryContext parent);

/* the state that a datum is, if it may be changed in place; else a copy */
extern TallyState *tally_for_update(Datum datum, MemoryContext parent);

/* moves what is pending to the cells */
extern void tally_settle(TallyState *state);

/* makes room for these bodies, ascending by id */
extern void tally_add_bodies(TallyState *state, Side side,
							 const uint16 *ids, int n);

/* adds another tally; an error if its set is another one */
extern void tally_add_tally(TallyState *state, const TallyView *other);

/* errors: what is to be added was found by another set, or in a group */
extern void check_same_set(const AspectSet *set, const AspectSet *other,
						   const char *what);
extern void check_same_order(bool unordered, bool other);

static inline bool
aspect_sets_equal(const AspectSet *a, const AspectSet *b)
{
	return VARSIZE(a) == VARSIZE(b) &&
		memcmp(VARDATA(a), VARDATA(b), VARSIZE(a) - VARHDRSZ) == 0;
}

/* so many pairs may be added to packed numbers: see TALLY_ORB_BITS */
#define MAX_PENDING			8191

#endif							/* SYNASTRY_ASPECT_TALLY_H */
