/*
 * aspect_set.c
 *		The aspect set: layout and what it says.
 *
 * Values are built here only, from a list of aspects; the grammar that makes
 * the list is in aspect_set_grammar.c.
 */
#include "postgres.h"

#include "types/aspect_set.h"
#include "types/orbs.h"

const uint16 *
aspect_set_bodies(const AspectSet *set, Side side)
{
	const uint16 *ids = (const uint16 *) (set->aspects + set->n);

	if (set->n_bodies[side] == ALL_BODIES)
		return NULL;
	if (side == SIDE_B && set->n_bodies[SIDE_A] != ALL_BODIES)
		ids += set->n_bodies[SIDE_A];
	return ids;
}

const OrbAdjustment *
aspect_set_adjustments(const AspectSet *set)
{
	Size		offset = offsetof(AspectSet, aspects) + set->n * sizeof(SetAspect);

	for (Side side = SIDE_A; side <= SIDE_B; side++)
		if (set->n_bodies[side] != ALL_BODIES)
			offset += set->n_bodies[side] * sizeof(uint16);
	return (const OrbAdjustment *) ((const char *) set + INTALIGN(offset));
}

/* The length byte of the first custom name. */
static const char *
custom_names(const AspectSet *set)
{
	return (const char *) set + VARSIZE(set) - set->names_size;
}

bool
aspect_set_is_one_sided(const AspectSet *set)
{
	const uint16 *a = aspect_set_bodies(set, SIDE_A);
	const uint16 *b = aspect_set_bodies(set, SIDE_B);

	if (set->n_bodies[SIDE_A] != set->n_bodies[SIDE_B])
		return true;
	return a != NULL && memcmp(a, b, set->n_bodies[SIDE_A] * sizeof(uint16)) != 0;
}

AspectSet *
aspect_set_transpose(const AspectSet *set)
{
	Size		size = VARSIZE(set);
	AspectSet  *transposed = palloc(size);
	const uint16 *a = aspect_set_bodies(set, SIDE_A);
	const uint16 *b = aspect_set_bodies(set, SIDE_B);
	uint16	   *ids;

	memcpy(transposed, set, size);
	transposed->n_bodies[SIDE_A] = set->n_bodies[SIDE_B];
	transposed->n_bodies[SIDE_B] = set->n_bodies[SIDE_A];
	ids = (uint16 *) (transposed->aspects + transposed->n);
	if (b != NULL)
	{
		memcpy(ids, b, set->n_bodies[SIDE_B] * sizeof(uint16));
		ids += set->n_bodies[SIDE_B];
	}
	if (a != NULL)
		memcpy(ids, a, set->n_bodies[SIDE_A] * sizeof(uint16));
	transpose_orbs(transposed);
	return transposed;
}

char *
aspect_set_name(const AspectSet *set, int i)
{
	const char *custom = custom_names(set);

	if (set->aspects[i].id != CUSTOM_ASPECT)
		return pstrdup(aspect_names[set->aspects[i].id].name);
	for (int earlier = 0; earlier < i; earlier++)
		if (set->aspects[earlier].id == CUSTOM_ASPECT)
			custom += 1 + *(const uint8 *) custom;
	return pnstrdup(custom + 1, *(const uint8 *) custom);
}

AspectNature
aspect_set_nature(const AspectSet *set, int i)
{
	if (set->aspects[i].id == CUSTOM_ASPECT)
		return NEUTRAL;
	return aspect_names[set->aspects[i].id].nature;
}

int
aspect_set_rules(const AspectSet *set, AspectRule *rules)
{
	for (int i = 0; i < set->n; i++)
	{
		AspectRule *rule = &rules[set->aspects[i].precedence];

		rule->angle = set->aspects[i].angle;
		rule->max_orb = set->aspects[i].max_orb;
		rule->code = i + 1;
		rule->worth = 0;
	}
	return set->n;
}

AspectTableOptions
aspect_set_options(const AspectSet *set)
{
	AspectTableOptions options;

	options.strict = (set->flags & ASPECT_SET_STRICT) != 0;
	options.first = (set->flags & ASPECT_SET_FIRST) != 0;
	return options;
}

/*
 * Building
 */

static int
count_bodies(const bool *bodies)
{
	int			n = 0;

	if (bodies == NULL)
		return ALL_BODIES;
	for (int id = 0; id < BODY_IDS; id++)
		n += bodies[id];
	return n;
}

static uint16 *
write_bodies(uint16 *ids, const bool *bodies)
{
	if (bodies != NULL)
		for (int id = 0; id < BODY_IDS; id++)
			if (bodies[id])
				*ids++ = id;
	return ids;
}

/* How orbs combine says nothing where there are none to combine. */
static uint8
used_flags(uint8 flags, const OrbAdjustment *adjustments, int n)
{
	bool		used[RECEIVES + 1] = {false};

	for (int i = 0; i < n; i++)
		if (adjustments[i].first < BODY_IDS && adjustments[i].second == ANY_BODY)
			used[adjustments[i].kind] = true;
	if (!used[OWN_ORB])
		flags &= ~ASPECT_SET_ORBS;
	if (!used[ORB_ADDITION])
		flags &= ~ASPECT_SET_ADDITIONS;
	return flags;
}

AspectSet *
aspect_set_build(const AspectDraft *aspects, int n, uint8 flags,
				 const bool *bodies_a, const bool *bodies_b,
				 OrbDrafts *orbs, Node *escontext)
{
	int			order[MAX_ASPECTS];
	int			ranks[MAX_ASPECTS];
	OrbAdjustment *adjustments = NULL;
	int			n_adjustments = 0;
	int			n_a = count_bodies(bodies_a);
	int			n_b = count_bodies(bodies_b);
	Size		names_size = 0;
	Size		size;
	AspectSet  *set;
	char	   *name;
	uint16	   *ids;

	Assert(n <= MAX_ASPECTS);

	/* ascending by angle: few, so by insertion */
	for (int i = 0; i < n; i++)
	{
		int			place = i;

		for (; place > 0 && aspects[order[place - 1]].angle > aspects[i].angle; place--)
			order[place] = order[place - 1];
		order[place] = i;
		if (aspects[i].id < 0)
			names_size += 1 + strlen(aspects[i].name);
	}
	for (int i = 0; i < n; i++)
		ranks[order[i]] = i;
	if (orbs != NULL)
		n_adjustments = settle_orbs(orbs, ranks, n, &adjustments, escontext);
	if (n_adjustments < 0)
		return NULL;

	size = offsetof(AspectSet, aspects) + n * sizeof(SetAspect);
	size += (n_a == ALL_BODIES ? 0 : n_a) * sizeof(uint16);
	size += (n_b == ALL_BODIES ? 0 : n_b) * sizeof(uint16);
	if (n_adjustments > 0)
		size = INTALIGN(size) + n_adjustments * sizeof(OrbAdjustment);
	size += names_size;
	set = palloc0(size);
	SET_VARSIZE(set, size);
	set->version = ASPECT_SET_VERSION;
	set->flags = used_flags(flags, adjustments, n_adjustments);
	set->n_adjustments = n_adjustments;
	set->n = n;
	set->n_bodies[SIDE_A] = n_a;
	set->n_bodies[SIDE_B] = n_b;
	set->names_size = names_size;

	name = (char *) set + size - names_size;
	for (int i = 0; i < n; i++)
	{
		const AspectDraft *aspect = &aspects[order[i]];
		SetAspect  *target = &set->aspects[i];

		target->angle = aspect->angle;
		target->max_orb = angle_from_arc(aspect->max_orb);
		target->id = aspect->id < 0 ? CUSTOM_ASPECT : aspect->id;
		target->precedence = (flags & ASPECT_SET_FIRST) ? order[i] : i;
		if (aspect->id < 0)
		{
			*name++ = strlen(aspect->name);
			memcpy(name, aspect->name, strlen(aspect->name));
			name += strlen(aspect->name);
		}
	}
	ids = (uint16 *) (set->aspects + n);
	ids = write_bodies(ids, bodies_a);
	ids = write_bodies(ids, bodies_b);
	if (n_adjustments > 0)
		memcpy((void *) aspect_set_adjustments(set), adjustments,
			   n_adjustments * sizeof(OrbAdjustment));
	return set;
}
