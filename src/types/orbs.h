/*
 * orbs.h
 *		Orbs by body and by pair of bodies: how they are kept and what follows
 *		from them.
 *
 * The rule for two bodies and an aspect, in degrees (README.md has it in full):
 *
 *		orb = how both own orbs combine, or the aspect's; at most each maximum
 *		orb = orb + the additions of both
 *
 * It is computed in decimals and rounded to a binary angle once, so that a
 * bound is what a person computes by hand.
 */
#ifndef SYNASTRY_ORBS_H
#define SYNASTRY_ORBS_H

#include "postgres.h"

#include "types/aspect_set.h"
#include "types/scanner.h"

/*
 * Reading: adjustments in the order in which they were written, one for each
 * body or pair.  Aspects are bits by place in the list, or all of them, even
 * those that the list is yet to get.
 */
#define ALL_ASPECTS		PG_UINT32_MAX

typedef struct OrbDraft
{
	uint16		first;
	uint16		second;			/* ANY_BODY, or not smaller than first */
	uint8		kind;
	uint8		priority;		/* the higher one wins; see orb_grammar.c */
	bool		final;			/* said of a name: twice is an error */
	int			number;			/* order of writing */
	uint32		aspects;
	int64		degrees;		/* 1e-7 */
} OrbDraft;

typedef struct OrbDrafts
{
	OrbDraft   *items;
	int			n;
	int			room;
} OrbDrafts;

/* more than that in one set is an error */
#define MAX_ORB_DRAFTS	PG_UINT16_MAX

/* orb_grammar.c: the adjustments of one option; the name has been read */
extern bool read_orbs(Scanner *scanner, Word name, OrbDrafts *drafts,
					  const AspectDraft *aspects, int n, bool in_preset);

/* multiplies what was read; false if that leaves the range */
extern bool scale_orbs(OrbDrafts *drafts, double scale, Node *escontext);

/*
 * orb_adjustments.c: what counts of the drafts, sorted, in an array of the
 * caller's context.  ranks: by place in the list.  Returns -1 after an error.
 */
extern int	settle_orbs(OrbDrafts *drafts, const int *ranks, int n_aspects,
						OrbAdjustment **adjustments, Node *escontext);
extern void append_orbs(StringInfo text, const AspectSet *set);

/* of a body, or "applying" and "separating" */
extern const char *orb_subject_name(int id);

/* exchanges who casts and who receives */
extern void transpose_orbs(AspectSet *set);

/*
 * orb_limits.c: the max orb of each cell.  Created in the current memory
 * context; NULL for a set without adjustments.
 */
typedef struct OrbLimits OrbLimits;

extern OrbLimits *orb_limits_create(const AspectSet *set);

/* max orb of aspect k (by rank, from 0), or NO_ASPECT; the order does not matter */
extern binary_angle orb_limit(const OrbLimits *limits, int id_a, int id_b, int k);

/*
 * The same while the aspect applies or separates (WHILE_APPLYING,
 * WHILE_SEPARATING), where anything is said of that.
 */
extern bool orb_limits_depend_on_motion(const OrbLimits *limits);
extern binary_angle orb_limit_while(const OrbLimits *limits, int id_a, int id_b, int k,
									int moving);

/* may a body of side A cast aspect k on one of side B? */
extern bool orb_allowed(const OrbLimits *limits, int id_a, int id_b, int k);

/* does any body not cast or not receive an aspect? */
extern bool orb_limits_have_sides(const OrbLimits *limits);

/* bodies of the same class have the same limits */
extern int	orb_classes(const OrbLimits *limits);
extern int	orb_class(const OrbLimits *limits, int id);
extern int	orb_class_body(const OrbLimits *limits, int class);

/* the max orb of an aspect by its code, with or without adjustments */
static inline binary_angle
cell_max_orb(const AspectSet *set, const OrbLimits *limits, int id_a, int id_b, uint8 code)
{
	return limits == NULL ? set->aspects[code - 1].max_orb :
		orb_limit(limits, id_a, id_b, code - 1);
}

#endif							/* SYNASTRY_ORBS_H */
