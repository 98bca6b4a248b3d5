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
typedef struct TallyState
{
	ExpandedObjectHeader header;
	bool		unordered;
	const AspectSet *set;		/* our copy */
	int			n[2];
	uint16		ids[2][BODY_IDS];
	uint64	   *cells;			/* as in TallyView */

	/* not yet in the cells */
	int			pending;		/* pairs of charts */
	int			pending_complete;	/* those with all bodies of both sides */
	uint64	   *packed;			/* n x m x aspects of the set */

	/* what the kernel finds in one pair: room for n x m */
	uint8	   *codes;
	int32	   *deviations;
} TallyState;

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

/*
 * Packed numbers.  An orb is at most 2^31, so so many of them fit into the
 * lower 44 bits.
 */
#define PACKED_ORB_BITS		44
#define PACKED_ONE			(UINT64CONST(1) << PACKED_ORB_BITS)
#define MAX_PENDING			8191

#endif							/* SYNASTRY_ASPECT_TALLY_H */
