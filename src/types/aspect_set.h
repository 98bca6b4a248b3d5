/*
 * aspect_set.h
 *		The aspect set: its layout, and what the kernels need of it.
 *
 * The layout and the grammar are described in README.md.
 */
#ifndef SYNASTRY_ASPECT_SET_H
#define SYNASTRY_ASPECT_SET_H

#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"

#include "compat.h"
#include "kernel/kernel.h"
#include "types/aspects.h"
#include "types/bodies.h"

#define ASPECT_SET_VERSION	1

#define ASPECT_SET_STRICT	0x01
#define ASPECT_SET_FIRST	0x02

/* two bits each: an OrbCombination and an AdditionCombination */
#define ASPECT_SET_ORBS			0x0c
#define ASPECT_SET_ORBS_SHIFT	2
#define ASPECT_SET_ADDITIONS	0x30
#define ASPECT_SET_ADDITIONS_SHIFT	4

/* instead of a number of bodies: every body takes part */
#define ALL_BODIES			0xffff

/* instead of an id: the next custom name */
#define CUSTOM_ASPECT		0xffff

typedef struct SetAspect
{
	binary_angle angle;
	binary_angle max_orb;
	uint16		id;
	uint8		precedence;
	uint8		reserved;
} SetAspect;

/* how the own orbs of two bodies make one */
typedef enum OrbCombination
{
	MEAN_OF_ORBS,
	LARGER_ORB,
	SMALLER_ORB,
	SUM_OF_ORBS					/* of moieties */
} OrbCombination;

typedef enum AdditionCombination
{
	SUM_OF_ADDITIONS,
	LARGER_ADDITION,
	SMALLER_ADDITION
} AdditionCombination;

/* what an adjustment says; stored, so append only */
typedef enum OrbKind
{
	OWN_ORB,
	ORB_ADDITION,
	ORB_MAXIMUM,
	NO_ORB,						/* no such aspect */
	CASTS,						/* only these, on side A */
	RECEIVES					/* only these, on side B */
} OrbKind;

#define ANY_BODY			0xffff

/* instead of a body: what is said of all aspects that apply, or separate */
#define WHILE_APPLYING		0xfffd
#define WHILE_SEPARATING	0xfffe

typedef struct OrbAdjustment
{
	uint16		first;
	uint16		second;			/* ANY_BODY: all pairs of the first */
	uint8		kind;			/* OrbKind */
	uint8		reserved;
	uint16		reserved2;
	uint32		aspects;		/* bits by rank, from 0 */
	int32		degrees;		/* 1e-7 */
} OrbAdjustment;

/* adjustments are decimals of so many places */
#define ORB_PLACES			7
#define ORB_ONE				10000000

typedef struct AspectSet
{
	int32		vl_len_;
	uint8		version;
	uint8		flags;
	uint8		n;
	uint8		reserved;
	uint16		n_bodies[2];	/* sides A and B, or ALL_BODIES */
	uint16		n_adjustments;
	uint16		names_size;
	SetAspect	aspects[FLEXIBLE_ARRAY_MEMBER];
	/* then the ids of side A, of side B, adjustments, and the custom names */
} AspectSet;

#define DatumGetAspectSet(datum)	((const AspectSet *) PG_DETOAST_DATUM(datum))
#define PG_GETARG_ASPECT_SET(n)		DatumGetAspectSet(PG_GETARG_DATUM(n))

typedef enum Side
{
	SIDE_A,
	SIDE_B
} Side;

/* the ids of the bodies that take part on a side, NULL if all do */
extern const uint16 *aspect_set_bodies(const AspectSet *set, Side side);

/* n_adjustments of them: those of bodies, then those of pairs, sorted */
extern const OrbAdjustment *aspect_set_adjustments(const AspectSet *set);

static inline OrbCombination
aspect_set_orb_combination(const AspectSet *set)
{
	return (set->flags & ASPECT_SET_ORBS) >> ASPECT_SET_ORBS_SHIFT;
}

static inline AdditionCombination
aspect_set_addition_combination(const AspectSet *set)
{
	return (set->flags & ASPECT_SET_ADDITIONS) >> ASPECT_SET_ADDITIONS_SHIFT;
}

/* do the two sides have different lists? */
extern bool aspect_set_is_one_sided(const AspectSet *set);

/* the same set with its sides exchanged */
extern AspectSet *aspect_set_transpose(const AspectSet *set);

/* a copy of the name of an aspect, by its index */
extern char *aspect_set_name(const AspectSet *set, int i);
extern AspectNature aspect_set_nature(const AspectSet *set, int i);

/* the rules for the kernels in the order of precedence, worth 0; returns n */
extern int	aspect_set_rules(const AspectSet *set, AspectRule *rules);
extern AspectTableOptions aspect_set_options(const AspectSet *set);

extern AspectSet *aspect_set_from_text(const char *text, int length,
									   Node *escontext);
extern void aspect_set_to_text(const AspectSet *set, StringInfo text);

/* " name, name" for a list of ids */
extern void append_body_names(StringInfo text, const uint16 *ids, int n);

/* aspect_set_grammar.c: the presets, for synastry_aspect_sets() */
typedef struct AspectPreset
{
	const char *name;
	const char *set;
	const char *source;
} AspectPreset;

extern const AspectPreset aspect_presets[];
extern const int n_aspect_presets;

/*
 * aspect_set.c, for the grammar: builds the value from aspects in the order
 * in which they were written.
 */
typedef struct AspectDraft
{
	int			id;				/* -1: custom */
	char		name[NAMEDATALEN];	/* of a custom aspect, lower case */
	binary_angle angle;
	double		max_orb;		/* degrees */
	bool		from_preset;
} AspectDraft;

struct OrbDrafts;

/* orbs: adjustments as they were read, or NULL; NULL after a soft error */
extern AspectSet *aspect_set_build(const AspectDraft *aspects, int n,
								   uint8 flags, const bool *bodies_a,
								   const bool *bodies_b,
								   struct OrbDrafts *orbs, Node *escontext);

#endif							/* SYNASTRY_ASPECT_SET_H */
