/*
 * peers.c
 *		The scores of other programs, by their own rules: peer_score(), and
 *		peer_cells(), the rows that explain it; element_balance() and
 *		modality_balance().
 *
 *	discepolo		Ciro Discepolo's rule as he publishes it: 8 points for a
 *					conjunction of Sun and Moon, 11 within 2 degrees; 4 for any
 *					other aspect that joins Sun, Moon or ascendant of one with Sun,
 *					Moon or ascendant of the other; 5 for "destiny signs", Suns in
 *					signs of the same modality.  His orbs.
 *	discepolo_k5	kerykeion 5's reading of it: no Moon-Moon and no ascendant to
 *					ascendant, but Venus-Mars 4, and of two Suns 8 (11) for
 *					conjunction, opposition and square; its orbs for drawings, the
 *					five majors.
 *	discepolo_k6	the same with Discepolo's orbs, as kerykeion 6 has it.
 *	astrolog_power	Astrolog 7.80: influence of the aspect * mean influence of the
 *					bodies * (1 - orb / limit); the limit is the least of the max
 *					orbs of aspect and bodies, and a degree more for each of Sun
 *					and Moon; bounds are strict; nodes and Lilith are the mean
 *					ones, as they are without its switch -Yn.
 *	stellium		Stellium: the mean over aspects of worth * (1 - orb / 10), on a
 *					scale from 0 to 100; 50 without any aspect.
 *	soft_hard		trines and sextiles by squares and oppositions of the ten
 *					planets within 8 degrees; from 1.5 it is called smooth.
 *
 * Points are integers of 1e-6.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/memutils.h"

#include "functions/prepared.h"
#include "stats/stats.h"

PG_FUNCTION_INFO_V1(peer_score);
PG_FUNCTION_INFO_V1(peer_cells);
PG_FUNCTION_INFO_V1(element_balance);
PG_FUNCTION_INFO_V1(modality_balance);

#define POINT			1000000

/* registry ids, see body_list.h and aspect_list.h */
enum
{
	SUN = 0, MOON = 1, VENUS = 3, MARS = 4, SATURN = 6,
	MEAN_NODE = 11, MEAN_SOUTH_NODE = 13, CHIRON = 14, MEAN_LILITH = 15
};
enum
{
	CONJUNCTION, OPPOSITION, TRINE, SQUARE, SEXTILE, MAJORS
};

/* What a score consists of. */
typedef struct Term
{
	int			a;				/* ids of bodies */
	int			b;
	int			code;			/* 0: no aspect, the signs alone */
	binary_angle orb;
	int64		points;
	const char *rule;
} Term;

typedef struct Terms
{
	const AspectSet *set;
	int			n;
	int			allocated;
	Term	   *terms;
	bool		any;			/* a cell that scores, aspect or not */
} Terms;

/* a cell that has an aspect: what it is worth, 0 if nothing */
typedef int64 (*Rule) (int a, int b, int aspect, binary_angle orb, const char **name);

typedef struct Peer
{
	const char *name;
	const char *aspects;
	Rule		rule;
	bool		(*scores) (int a, int b);	/* NULL: all that take part do */
	bool		destiny;		/* Suns in signs of the same modality */
	Datum		(*total) (const Terms *terms, bool *isnull);
} Peer;

/*
 * Discepolo
 */

#define DESTINY_POINTS	(5 * POINT)

static bool
is_pair(int a, int b, int first, int second)
{
	return (a == first && b == second) || (a == second && b == first);
}

/* 8 points, or 11 within 2 degrees */
static int64
close_aspect(binary_angle orb)
{
	return (orb <= angle_from_arc(2) + 1 ? 11 : 8) * POINT;
}

static int64
discepolo_rule(int a, int b, int aspect, binary_angle orb, const char **name)
{
	if (is_pair(a, b, SUN, MOON) && aspect == CONJUNCTION)
	{
		*name = "conjunction of Sun and Moon";
		return close_aspect(orb);
	}
	*name = "aspect of Sun, Moon or ascendant";
	return 4 * POINT;
}

static bool
kerykeion_scores(int a, int b)
{
	return (a == SUN && b == SUN) || is_pair(a, b, SUN, MOON) ||
		is_pair(a, b, SUN, ASCENDANT) || is_pair(a, b, MOON, ASCENDANT) ||
		is_pair(a, b, VENUS, MARS);
}

static int64
kerykeion_rule(int a, int b, int aspect, binary_angle orb, const char **name)
{
	if (a == SUN && b == SUN)
	{
		*name = "aspect of the Suns";
		if (aspect == CONJUNCTION || aspect == OPPOSITION || aspect == SQUARE)
			return close_aspect(orb);
		return 4 * POINT;
	}
	if (is_pair(a, b, SUN, MOON) && aspect == CONJUNCTION)
	{
		*name = "conjunction of Sun and Moon";
		return close_aspect(orb);
	}
	*name = is_pair(a, b, VENUS, MARS) ? "aspect of Venus and Mars"
		: "aspect of Sun, Moon or ascendant";
	return 4 * POINT;
}

/*
 * Astrolog
 */

/* influence of a body; 0: not among those that Astrolog ships */
static int
astrolog_influence(int id)
{
	switch (id)
	{
		case SUN:
			return 30;
		case MOON:
			return 25;
		case CHIRON:
			return 6;
		case MEAN_NODE:
		case MEAN_SOUTH_NODE:
			return 5;
		case MEAN_LILITH:
			return 4;
		case ASCENDANT:
			return 20;
		case MIDHEAVEN:
			return 15;
		default:
			return id <= SATURN ? 10 : 8;
	}
}

/* the max orb of a body in degrees, and what it adds */
static int
astrolog_max_orb(int id)
{
	return id == MEAN_NODE || id == MEAN_SOUTH_NODE || id == MEAN_LILITH ? 2 : 360;
}

static int
astrolog_addition(int id)
{
	return id == SUN || id == MOON;
}

static int64
astrolog_rule(int a, int b, int aspect, binary_angle orb, const char **name)
{
	static const int influences[MAJORS] = {10, 8, 6, 8, 6}; /* tenths */
	static const int max_orbs[MAJORS] = {7, 7, 7, 7, 6};
	int			degrees = Min(max_orbs[aspect], Min(astrolog_max_orb(a), astrolog_max_orb(b))) +
	astrolog_addition(a) + astrolog_addition(b);
	int64		limit = angle_from_arc(degrees);
	int64		bodies = astrolog_influence(a) + astrolog_influence(b);

	if (orb > limit - 2)		/* strict, to the last digit */
		return 0;
	*name = "power";
	return (influences[aspect] * bodies * POINT / 20 * (limit - orb) + limit / 2) / limit;
}

/*
 * Stellium, and soft by hard
 */

static int64
stellium_rule(int a, int b, int aspect, binary_angle orb, const char **name)
{
	static const int worths[MAJORS] = {5, -3, 10, -5, 10};	/* tenths */
	int64		ten = angle_from_arc(10);

	*name = "mean";
	return worths[aspect] * (POINT / 10) * (ten - orb) / ten;
}

static int64
soft_hard_rule(int a, int b, int aspect, binary_angle orb, const char **name)
{
	*name = aspect == TRINE || aspect == SEXTILE ? "soft" : "hard";
	return (aspect == TRINE || aspect == SEXTILE) ? POINT : -POINT;
}

/*
 * Totals
 */

static Datum
sum_total(const Terms *terms, bool *isnull)
{
	int64		sum = 0;

	for (int i = 0; i < terms->n; i++)
		sum += terms->terms[i].points;
	return Float8GetDatum((double) sum / POINT);
}

/* the mean is within -0.5 .. 1, which becomes 0 .. 100 */
static Datum
stellium_total(const Terms *terms, bool *isnull)
{
	int64		sum = 0;

	if (terms->n == 0)
		return Float8GetDatum(50);
	for (int i = 0; i < terms->n; i++)
		sum += terms->terms[i].points;
	return Float8GetDatum(((double) sum / terms->n + POINT / 2) / (POINT * 3 / 2) * 100);
}

static Datum
ratio_total(const Terms *terms, bool *isnull)
{
	int			soft = 0;
	int			hard = 0;

	for (int i = 0; i < terms->n; i++)
		if (terms->terms[i].points > 0)
			soft++;
		else
			hard++;
	*isnull = (soft == 0 && hard == 0);
	return Float8GetDatum(hard == 0 ? get_float8_infinity() : (double) soft / hard);
}

static const Peer peers[] = {
	{"discepolo", "discepolo; bodies luminaries, ascendant", discepolo_rule, NULL,
	true, sum_total},
	{"discepolo_k5",
		"conjunction 10, opposition 10, trine 8, square 5, sextile 6;"
		"bodies luminaries, venus, mars, ascendant",
	kerykeion_rule, kerykeion_scores, true, sum_total},
	{"discepolo_k6",
		"conjunction 8, opposition 8, trine 7, square 5, sextile 4;"
		"bodies luminaries, venus, mars, ascendant",
	kerykeion_rule, kerykeion_scores, true, sum_total},
	/* the widest orbs that occur; the rule narrows them */
	{"astrolog_power",
		"conjunction 9, opposition 9, trine 9, square 9, sextile 8;"
		"bodies planets, chiron, mean_node, mean_south_node, mean_lilith,"
	" ascendant, midheaven", astrolog_rule, NULL, false, sum_total},
	{"stellium", "stellium", stellium_rule, NULL, false, stellium_total},
	{"soft_hard",
		"opposition 8, trine 8, square 8, sextile 8; bodies planets",
	soft_hard_rule, NULL, false, ratio_total},
};

/* their aspects, prepared at the first use */
static const PreparedSet *peer_sets[lengthof(peers)];

static const PreparedSet *
peer_set(int peer)
{
	if (peer_sets[peer] == NULL)
	{
		const char *aspects = peers[peer].aspects;
		MemoryContext caller = MemoryContextSwitchTo(TopMemoryContext);

		peer_sets[peer] = prepare_set_once(aspect_set_from_text(aspects, strlen(aspects), NULL));
		MemoryContextSwitchTo(caller);
	}
	return peer_sets[peer];
}

static int
peer_argument(FunctionCallInfo fcinfo, int argno)
{
	struct varlena *name = PG_GETARG_TEXT_PP(argno);

	for (int i = 0; i < lengthof(peers); i++)
		if (strlen(peers[i].name) == VARSIZE_ANY_EXHDR(name) &&
			memcmp(peers[i].name, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)) == 0)
			return i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown score \"%s\"", text_to_cstring(name)),
			 errhint("The scores are discepolo, discepolo_k5, discepolo_k6, astrolog_power, stellium and soft_hard.")));
	return -1;
}

static void
add_term(Terms *terms, int a, int b, int code, binary_angle orb, int64 points,
		 const char *rule)
{
	Term	   *term;

	if (terms->n == terms->allocated)
	{
		terms->allocated = Max(64, 2 * terms->allocated);
		terms->terms = terms->terms == NULL
			? palloc(terms->allocated * sizeof(Term))
			: repalloc(terms->terms, terms->allocated * sizeof(Term));
	}
	term = &terms->terms[terms->n++];
	term->a = a;
	term->b = b;
	term->code = code;
	term->orb = orb;
	term->points = points;
	term->rule = rule;
}

/* Suns in signs of the same modality: the same sign, opposite or square ones. */
static void
add_destiny_signs(Terms *terms, const Chart *a, const Chart *b)
{
	int			sun_a = chart_find(a, SUN);
	int			sun_b = chart_find(b, SUN);

	if (sun_a < 0 || sun_b < 0)
		return;
	terms->any = true;
	if (angle_sign(a->longitudes[sun_a]) % 3 == angle_sign(b->longitudes[sun_b]) % 3)
		add_term(terms, SUN, SUN, 0, 0, DESTINY_POINTS, "destiny signs");
}

static void
add_aspects(Terms *terms, const Peer *peer, const PreparedSet *prepared,
			const Selection *a, const Selection *b)
{
	uint8	   *codes = palloc(a->n * b->n + 1);
	int32	   *deviations = palloc(a->n * b->n * sizeof(int32) + 1);

	find_cells(prepared, a, b, codes, deviations);
	for (int i = 0; i < a->n; i++)
		for (int j = 0; j < b->n; j++)
		{
			int			cell = i * b->n + j;
			binary_angle orb = cell_orb(deviations[cell]);
			const char *rule;
			int64		points;

			if (peer->scores != NULL && !peer->scores(a->ids[i], b->ids[j]))
				continue;
			terms->any = true;
			if (codes[cell] == 0)
				continue;
			points = peer->rule(a->ids[i], b->ids[j],
								prepared->set->aspects[codes[cell] - 1].id, orb, &rule);
			if (points != 0)
				add_term(terms, a->ids[i], b->ids[j], codes[cell], orb, points, rule);
		}
	pfree(codes);
	pfree(deviations);
}

static void
find_terms(int peer, const Chart *chart_a, const Chart *chart_b, Terms *terms)
{
	const PreparedSet *prepared = peer_set(peer);
	Selection	a;
	Selection	b;

	memset(terms, 0, sizeof(Terms));
	terms->set = prepared->set;
	select_for_set(prepared, SIDE_A, chart_a, &a);
	select_for_set(prepared, SIDE_B, chart_b, &b);
	if (peers[peer].destiny)
		add_destiny_signs(terms, chart_a, chart_b);
	add_aspects(terms, &peers[peer], prepared, &a, &b);
}

/* peer_score(chart, chart, score) */
Datum
peer_score(PG_FUNCTION_ARGS)
{
	const Chart *a = PG_GETARG_CHART(0);
	const Chart *b = PG_GETARG_CHART(1);
	int			peer = peer_argument(fcinfo, 2);
	Terms		terms;
	StatCall	call;
	bool		isnull = false;
	Datum		total;

	stat_begin(&call, STAT_SCORE);
	find_terms(peer, a, b, &terms);
	total = peers[peer].total(&terms, &isnull);
	stat_end_pair(&call, a->n * b->n, CACHE_BYPASSED);
	if (terms.terms != NULL)
		pfree(terms.terms);
	if (isnull || !terms.any)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(total);
}

/* peer_cells(chart, chart, score) */
Datum
peer_cells(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	const Chart *a = PG_GETARG_CHART(0);
	const Chart *b = PG_GETARG_CHART(1);
	Terms		terms;
	StatCall	call;

	stat_begin(&call, STAT_SCORE_CELLS);
	InitMaterializedSRF(fcinfo, 0);
	find_terms(peer_argument(fcinfo, 2), a, b, &terms);
	for (int i = 0; i < terms.n; i++)
	{
		const Term *term = &terms.terms[i];
		Datum		values[6] = {0};
		bool		nulls[6] = {false};

		values[0] = CStringGetTextDatum(body_name(term->a));
		values[1] = CStringGetTextDatum(body_name(term->b));
		nulls[2] = nulls[3] = (term->code == 0);
		if (term->code != 0)
		{
			values[2] = CStringGetTextDatum(aspect_set_name(terms.set, term->code - 1));
			values[3] = Float8GetDatum(arc_to_degrees(term->orb));
		}
		values[4] = Float8GetDatum((double) term->points / POINT);
		values[5] = CStringGetTextDatum(term->rule);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	stat_end_rows(&call, a->n * b->n, rows_returned(rsinfo));
	return (Datum) 0;
}

/*
 * Elements and modalities
 */

#define ELEMENTS		4
#define MODALITIES		3

static const char *const element_names[ELEMENTS] = {"fire", "earth", "air", "water"};
static const char *const modality_names[MODALITIES] = {"cardinal", "fixed", "mutable"};

/* Counts the planets of a chart by their sign, modulo kinds; returns how many. */
static int
count_signs(const Chart *chart, int kinds, int *counts)
{
	const uint16 *ids = chart_ids(chart);
	int			n = 0;

	memset(counts, 0, kinds * sizeof(int));
	for (; n < chart->n && ids[n] < PLANETS; n++)
		counts[angle_sign(chart->longitudes[n]) % kinds]++;
	return n;
}

/*
 * Two points for each two planets in the same element, one for each two of the
 * rest that are in elements that go together: fire and air, earth and water.
 * This is CosmicHub's rule (get_element_compatibility()) made the same for both
 * people: there, a planet may count in both ways, for A only.
 */
static int
element_harmony(const int *a, const int *b, int element)
{
	int			other = (element + 2) % ELEMENTS;
	int			same = Min(a[element], b[element]);

	return 2 * same + Min(a[element] - same, b[other] - Min(a[other], b[other]));
}

static void
put_balance(FunctionCallInfo fcinfo, int kinds, const char *const *names)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int			a[ELEMENTS];
	int			b[ELEMENTS];
	int			n = count_signs(PG_GETARG_CHART(0), kinds, a);
	int			m = count_signs(PG_GETARG_CHART(1), kinds, b);

	InitMaterializedSRF(fcinfo, 0);
	for (int kind = 0; kind < kinds && n > 0 && m > 0; kind++)
	{
		Datum		values[6];
		bool		nulls[6] = {false};

		values[0] = CStringGetTextDatum(names[kind]);
		values[1] = Int32GetDatum(a[kind]);
		values[2] = Int32GetDatum(b[kind]);
		values[3] = Float8GetDatum((double) a[kind] / n);
		values[4] = Float8GetDatum((double) b[kind] / m);
		if (kinds == ELEMENTS)
			values[5] = Int32GetDatum(element_harmony(a, b, kind));
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
}

/* element_balance(chart, chart) */
Datum
element_balance(PG_FUNCTION_ARGS)
{
	put_balance(fcinfo, ELEMENTS, element_names);
	return (Datum) 0;
}

/* modality_balance(chart, chart) */
Datum
modality_balance(PG_FUNCTION_ARGS)
{
	put_balance(fcinfo, MODALITIES, modality_names);
	return (Datum) 0;
}
