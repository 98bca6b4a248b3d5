/*
 * orb_limits.c
 *		The max orb of each pair of bodies, from the adjustments of a set.
 *
 * Bodies of which the same is said form a class, so that a table of all cells
 * is one of few classes.  A body that a pair names is a class of its own.
 */
#include "postgres.h"

#include "types/orbs.h"

/* what is said of a class, by rank of the aspect; bits say where anything is */
typedef struct BodyOrbs
{
	uint32		said[RECEIVES + 1];
	int32		degrees[ORB_MAXIMUM + 1][MAX_ASPECTS];
} BodyOrbs;

struct OrbLimits
{
	const AspectSet *set;
	int64		aspect_orbs[MAX_ASPECTS];	/* in units of LIMIT_UNIT */
	bool		sides;
	bool		motion;			/* is anything said of aspects that move? */
	BodyOrbs	while_applying;
	BodyOrbs	while_separating;
	int			n_classes;
	BodyOrbs   *classes;
	uint16		example[BODY_IDS];	/* a body of each class */
	uint16		class_of[BODY_IDS];
	const OrbAdjustment *pairs; /* behind those of bodies, sorted */
	int			n_pairs;
};

/*
 * Orbs are added and halved in units of 5e-9 degrees: half of those of
 * angle_to_decimal(), a twentieth of those of adjustments.
 */
#define LIMIT_UNITS_OF_ASPECT	2
#define LIMIT_UNITS_OF_DEGREES	20
#define LIMIT_HALF_TURN			(INT64CONST(180) * 200000000)

/* the nearest binary angle: a turn of 2^32 has 2^12 * 17578125 such units */
static binary_angle
angle_from_limit(int64 limit)
{
	const uint64 divisor = 17578125;

	return (binary_angle) ((((uint64) limit << 20) + divisor / 2) / divisor);
}

/*
 * Creating
 */

static bool
in_any_pair(const OrbLimits *limits, int id)
{
	for (int i = 0; i < limits->n_pairs; i++)
		if (limits->pairs[i].first == id || limits->pairs[i].second == id)
			return true;
	return false;
}

static void
note_adjustment(BodyOrbs *body, const OrbAdjustment *adjustment)
{
	body->said[adjustment->kind] |= adjustment->aspects;
	if (adjustment->kind > ORB_MAXIMUM)
		return;
	for (int k = 0; k < MAX_ASPECTS; k++)
		if (adjustment->aspects & (UINT32_C(1) << k))
			body->degrees[adjustment->kind][k] = adjustment->degrees;
}

/* The class of a body of which this is said: an old one, or a new one. */
static int
find_class(OrbLimits *limits, const BodyOrbs *body, bool own)
{
	for (int class = 0; class < limits->n_classes && !own; class++)
		if (memcmp(&limits->classes[class], body, sizeof(BodyOrbs)) == 0 &&
			!in_any_pair(limits, limits->example[class]))
			return class;
	limits->classes[limits->n_classes] = *body;
	return limits->n_classes++;
}


static void
classify_body(OrbLimits *limits, const OrbAdjustment *adjustments, int n, int id)
{
	BodyOrbs	body;
	uint32		casts = ALL_ASPECTS;
	uint32		receives = ALL_ASPECTS;
	int			class;

	memset(&body, 0, sizeof(body));
	for (int i = 0; i < n; i++)
	{
		if (adjustments[i].first != id)
			continue;
		if (adjustments[i].kind == CASTS)
			casts = adjustments[i].aspects;
		else if (adjustments[i].kind == RECEIVES)
			receives = adjustments[i].aspects;
		else
			note_adjustment(&body, &adjustments[i]);
	}
	body.said[CASTS] = casts;
	body.said[RECEIVES] = receives;
	limits->sides |= (casts & receives) != ALL_ASPECTS;
	class = find_class(limits, &body, in_any_pair(limits, id));
	limits->class_of[id] = class;
	limits->example[class] = id;
}

OrbLimits *
orb_limits_create(const AspectSet *set)
{
	const OrbAdjustment *adjustments = aspect_set_adjustments(set);
	int			n_bodies = 0;
	OrbLimits  *limits;

	if (set->n_adjustments == 0)
		return NULL;
	while (n_bodies < set->n_adjustments && adjustments[n_bodies].second == ANY_BODY)
		n_bodies++;

	limits = palloc0(sizeof(OrbLimits));
	limits->set = set;
	limits->pairs = adjustments + n_bodies;
	limits->n_pairs = set->n_adjustments - n_bodies;
	limits->classes = palloc(BODY_IDS * sizeof(BodyOrbs));
	for (int k = 0; k < set->n; k++)
		limits->aspect_orbs[k] = angle_to_decimal(set->aspects[k].max_orb) *
			LIMIT_UNITS_OF_ASPECT;
	for (int i = 0; i < n_bodies; i++)
		if (adjustments[i].first >= WHILE_APPLYING)
		{
			limits->motion = true;
			note_adjustment(adjustments[i].first == WHILE_APPLYING
							? &limits->while_applying : &limits->while_separating,
							&adjustments[i]);
		}
	for (int id = 0; id < BODY_IDS; id++)
		if (body_exists(id))
			classify_body(limits, adjustments, n_bodies, id);
	return limits;
}

/*
 * Asking
 */

static inline const BodyOrbs *
body_orbs(const OrbLimits *limits, int id)
{
	return &limits->classes[limits->class_of[id]];
}

static inline bool
is_said(const BodyOrbs *body, OrbKind kind, int k)
{
	return (body->said[kind] >> k) & 1;
}

static inline int64
degrees_of(const BodyOrbs *body, OrbKind kind, int k)
{
	return (int64) body->degrees[kind][k] * LIMIT_UNITS_OF_DEGREES;
}

/* What the own orbs of two bodies make together; the aspect's if neither has one. */
static int64
combine_orbs(const OrbLimits *limits, const BodyOrbs *a, const BodyOrbs *b, int k)
{
	OrbCombination how = aspect_set_orb_combination(limits->set);
	int64		aspect = limits->aspect_orbs[k];
	int64		x;
	int64		y;

	if (!is_said(a, OWN_ORB, k) && !is_said(b, OWN_ORB, k))
		return aspect;

	/* of a sum each is one half, the aspect's too */
	if (how == SUM_OF_ORBS)
		aspect /= 2;
	x = is_said(a, OWN_ORB, k) ? degrees_of(a, OWN_ORB, k) : aspect;
	y = is_said(b, OWN_ORB, k) ? degrees_of(b, OWN_ORB, k) : aspect;
	switch (how)
	{
		case LARGER_ORB:
			return Max(x, y);
		case SMALLER_ORB:
			return Min(x, y);
		case SUM_OF_ORBS:
			return x + y;
		default:
			return (x + y) / 2;
	}
}

/* What both bodies add; one of which nothing is said has no part in it. */
static int64
combine_additions(const OrbLimits *limits, const BodyOrbs *a, const BodyOrbs *b, int k)
{
	int64		x = degrees_of(a, ORB_ADDITION, k);
	int64		y = degrees_of(b, ORB_ADDITION, k);

	if (!is_said(a, ORB_ADDITION, k))
		return y;
	if (!is_said(b, ORB_ADDITION, k))
		return x;
	switch (aspect_set_addition_combination(limits->set))
	{
		case LARGER_ADDITION:
			return Max(x, y);
		case SMALLER_ADDITION:
			return Min(x, y);
		default:
			return x + y;
	}
}

/* the first adjustment of a pair, or the first behind it */
static int
find_pair(const OrbLimits *limits, int first, int second)
{
	int			low = 0;
	int			high = limits->n_pairs;

	while (low < high)
	{
		int			middle = (low + high) / 2;
		const OrbAdjustment *pair = &limits->pairs[middle];

		if (pair->first < first || (pair->first == first && pair->second < second))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What is said of the pair: false if it does not have the aspect. */
static bool
adjust_pair(const OrbLimits *limits, int first, int second, int k, int64 *orb)
{
	/*
	 * sorted by kind: an orb comes before what is added, and that before a
	 * maximum
	 */
	for (int i = find_pair(limits, first, second); i < limits->n_pairs; i++)
	{
		const OrbAdjustment *pair = &limits->pairs[i];
		int64		degrees = (int64) pair->degrees * LIMIT_UNITS_OF_DEGREES;

		if (pair->first != first || pair->second != second)
			break;
		if (((pair->aspects >> k) & 1) == 0)
			continue;
		if (pair->kind == OWN_ORB)
			*orb = degrees;
		else if (pair->kind == ORB_ADDITION)
			*orb += degrees;
		else if (pair->kind == ORB_MAXIMUM)
			*orb = Min(*orb, degrees);
		else
			return false;
	}
	return true;
}

/* In units of LIMIT_UNIT, and of any size: false if there is no such aspect. */
static bool
limit_of_cell(const OrbLimits *limits, int id_a, int id_b, int k, int64 *limit)
{
	const BodyOrbs *a = body_orbs(limits, id_a);
	const BodyOrbs *b = body_orbs(limits, id_b);
	int64		orb;

	if (is_said(a, NO_ORB, k) || is_said(b, NO_ORB, k))
		return false;
	orb = combine_orbs(limits, a, b, k);
	if (is_said(a, ORB_MAXIMUM, k))
		orb = Min(orb, degrees_of(a, ORB_MAXIMUM, k));
	if (is_said(b, ORB_MAXIMUM, k))
		orb = Min(orb, degrees_of(b, ORB_MAXIMUM, k));
	orb += combine_additions(limits, a, b, k);
	*limit = orb;
	return limits->n_pairs == 0 ||
		adjust_pair(limits, Min(id_a, id_b), Max(id_a, id_b), k, limit);
}

static binary_angle
round_limit(const OrbLimits *limits, int k, int64 limit)
{
	/* the unit that was stored, where nothing was said */
	if (limit == limits->aspect_orbs[k])
		return limits->set->aspects[k].max_orb;
	return limit < 0 ? NO_ASPECT : angle_from_limit(Min(limit, LIMIT_HALF_TURN));
}

binary_angle
orb_limit(const OrbLimits *limits, int id_a, int id_b, int k)
{
	int64		limit;

	return limit_of_cell(limits, id_a, id_b, k, &limit)
		? round_limit(limits, k, limit) : NO_ASPECT;
}

bool
orb_limits_depend_on_motion(const OrbLimits *limits)
{
	return limits->motion;
}

binary_angle
orb_limit_while(const OrbLimits *limits, int id_a, int id_b, int k, int moving)
{
	const BodyOrbs *motion = moving == WHILE_APPLYING
	? &limits->while_applying : &limits->while_separating;
	int64		limit;

	if (is_said(motion, NO_ORB, k) || !limit_of_cell(limits, id_a, id_b, k, &limit))
		return NO_ASPECT;
	if (is_said(motion, OWN_ORB, k))
		limit = degrees_of(motion, OWN_ORB, k);
	if (is_said(motion, ORB_MAXIMUM, k))
		limit = Min(limit, degrees_of(motion, ORB_MAXIMUM, k));
	if (is_said(motion, ORB_ADDITION, k))
		limit += degrees_of(motion, ORB_ADDITION, k);
	return round_limit(limits, k, limit);
}

bool
orb_allowed(const OrbLimits *limits, int id_a, int id_b, int k)
{
	return is_said(body_orbs(limits, id_a), CASTS, k) &&
		is_said(body_orbs(limits, id_b), RECEIVES, k);
}

bool
orb_limits_have_sides(const OrbLimits *limits)
{
	return limits->sides;
}

int
orb_classes(const OrbLimits *limits)
{
	return limits->n_classes;
}

int
orb_class(const OrbLimits *limits, int id)
{
	return limits->class_of[id];
}

int
orb_class_body(const OrbLimits *limits, int class)
{
	return limits->example[class];
}
