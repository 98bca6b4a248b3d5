/*
 * patterns.c
 *		Aspect patterns across charts: patterns() of a couple, group_patterns()
 *		of a family or a team.
 *
 * All bodies of all charts that take part stand side by side, and each two of
 * them, of one chart or of two, have the aspect that the set finds or none.  A
 * pattern is a set of bodies in which every one of its aspects is found:
 *
 *	stellium		three bodies or more that follow each other in the zodiac,
 *					each two of them conjunct; not part of a larger one
 *	grand_trine		three bodies, each two of them in trine
 *	t_square		two in opposition and a third that squares both
 *	grand_cross		two oppositions, each of whose ends square both of the other's
 *	yod				two in sextile and a third in quincunx to both
 *	kite			a grand trine and a fourth body, opposite to one of the three
 *					and in sextile to the other two
 *
 * (Grand trine, grand cross and T-square as in R. Orion, "Astrology For
 * Dummies", "Aspect patterns"; yod and kite are usual.  A stellium is said of
 * signs and of houses, too: bodies() counts those.)  A part of a pattern that
 * is one itself is one more row: a kite comes with its grand trine, a grand
 * cross with its four T-squares.  The two ends of one axis of one chart, which
 * are always opposite, do not count as an opposition.
 *
 * A body knows those with which it has an aspect as a set of bits, so that a
 * pattern is found by intersections.  The work is bounded by MAX_MEMBERS; what
 * is found goes to a tuplestore.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "functions/prepared.h"
#include "stats/stats.h"

PG_FUNCTION_INFO_V1(patterns);
PG_FUNCTION_INFO_V1(group_patterns);

/* bodies of all charts */
#define MAX_MEMBERS		1024
#define WORDS			(MAX_MEMBERS / 64)

/* ids of the registry of aspects, see aspect_list.h */
typedef enum PatternAspect
{
	CONJUNCTION,
	OPPOSITION,
	TRINE,
	SQUARE,
	SEXTILE,
	QUINCUNX,
	PATTERN_ASPECTS
} PatternAspect;

/* bodies, as bits by their number */
typedef uint64 MemberSet[WORDS];

typedef struct Member
{
	int			chart;			/* from 1 */
	uint16		id;
	binary_angle longitude;
} Member;

typedef struct Sky
{
	ReturnSetInfo *rsinfo;
	int			min_charts;		/* that must take part in a pattern */
	int			n;				/* members, by chart, then by id */
	int			words;			/* in use of a MemberSet */
	Member	   *members;
	binary_angle *orbs;			/* n x n, where there is an aspect */
	MemberSet  *joined[PATTERN_ASPECTS];	/* who has the aspect with a
											 * member */
} Sky;

static inline bool
is_joined(const Sky *sky, PatternAspect aspect, int a, int b)
{
	return (sky->joined[aspect][a][b / 64] >> b % 64 & 1) != 0;
}

/* The next member of both sets after one, -1 if there is none. */
static int
next_common(const Sky *sky, const uint64 *x, const uint64 *y, int after)
{
	int			word = (after + 1) / 64;
	uint64		bits;

	if (word >= sky->words)
		return -1;
	bits = x[word] & y[word] & ~UINT64CONST(0) << (after + 1) % 64;
	while (bits == 0)
	{
		if (++word == sky->words)
			return -1;
		bits = x[word] & y[word];
	}
	return word * 64 + pg_rightmost_one_pos64(bits);
}

/*
 * Rows
 */

/* the widest orb between members of a pattern that have an aspect in it */
static binary_angle
widest(const Sky *sky, binary_angle orb, int a, int b)
{
	return Max(orb, sky->orbs[a * sky->n + b]);
}

static int
count_charts(const Sky *sky, const int *members, int n)
{
	int			charts = 0;

	for (int i = 0; i < n; i++)
	{
		bool		seen = false;

		for (int j = 0; j < i && !seen; j++)
			seen = sky->members[members[j]].chart == sky->members[members[i]].chart;
		charts += !seen;
	}
	return charts;
}

static void
put_pattern(const Sky *sky, const char *pattern, const int *members, int n,
			binary_angle orb)
{
	Datum		values[4];
	bool		nulls[4] = {false};
	Datum	   *names;
	Datum	   *charts;

	if (count_charts(sky, members, n) < sky->min_charts)
		return;
	names = palloc(n * sizeof(Datum));
	charts = palloc(n * sizeof(Datum));
	for (int i = 0; i < n; i++)
	{
		names[i] = CStringGetTextDatum(body_name(sky->members[members[i]].id));
		charts[i] = Int32GetDatum(sky->members[members[i]].chart);
	}
	values[0] = CStringGetTextDatum(pattern);
	values[1] = PointerGetDatum(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT));
	values[2] = PointerGetDatum(construct_array(charts, n, INT4OID, sizeof(int32), true,
												TYPALIGN_INT));
	values[3] = Float8GetDatum(arc_to_degrees(orb));
	tuplestore_putvalues(sky->rsinfo->setResult, sky->rsinfo->setDesc, values, nulls);
	for (int i = 0; i < n; i++)
		pfree(DatumGetPointer(names[i]));
	for (int i = 0; i < 3; i++)
		pfree(DatumGetPointer(values[i]));
	pfree(names);
	pfree(charts);
}

/*
 * Finding: each calls put_pattern() once for each pattern
 */

static int
compare_longitudes(const void *a, const void *b, void *sky)
{
	const Member *members = ((const Sky *) sky)->members;
	int			x = *(const int *) a;
	int			y = *(const int *) b;

	if (members[x].longitude != members[y].longitude)
		return members[x].longitude < members[y].longitude ? -1 : 1;
	return x < y ? -1 : (x > y);
}

/* How many, from a place in the zodiac on, are all conjunct with each other? */
static int
run_length(const Sky *sky, const int *order, int begin)
{
	for (int length = 1; length < sky->n; length++)
		for (int i = 0; i < length; i++)
			if (!is_joined(sky, CONJUNCTION, order[(begin + i) % sky->n],
						   order[(begin + length) % sky->n]))
				return length;
	return sky->n;
}

static void
put_stellium(const Sky *sky, const int *order, int begin, int length)
{
	int		   *members = palloc(length * sizeof(int));
	binary_angle orb = 0;

	for (int i = 0; i < length; i++)
	{
		members[i] = order[(begin + i) % sky->n];
		for (int j = 0; j < i; j++)
			orb = widest(sky, orb, members[i], members[j]);
	}
	put_pattern(sky, "stellium", members, length, orb);
	pfree(members);
}

/* A run is not part of a larger one if that from the place before ends earlier. */
static void
find_stelliums(const Sky *sky)
{
	int		   *order = palloc(sky->n * sizeof(int));
	int			before;

	for (int i = 0; i < sky->n; i++)
		order[i] = i;
	qsort_arg(order, sky->n, sizeof(int), compare_longitudes, unconstify(Sky *, sky));

	before = run_length(sky, order, sky->n - 1);
	for (int begin = 0; begin < sky->n; begin++)
	{
		int			length = run_length(sky, order, begin);

		CHECK_FOR_INTERRUPTS();
		if (length >= 3 && before <= length && (length < sky->n || begin == 0))
			put_stellium(sky, order, begin, length);
		before = length;
	}
	pfree(order);
}

/* Of a grand trine, with a body that is opposite to one of the three. */
static void
find_kites(const Sky *sky, int opposed, int b, int c, binary_angle trines)
{
	for (int d = -1;
		 (d = next_common(sky, sky->joined[SEXTILE][b], sky->joined[SEXTILE][c], d)) >= 0;)
		if (is_joined(sky, OPPOSITION, opposed, d))
		{
			int			members[] = {opposed, b, c, d};
			binary_angle orb = widest(sky, trines, opposed, d);

			put_pattern(sky, "kite", members, 4,
						widest(sky, widest(sky, orb, b, d), c, d));
		}
}

static void
find_grand_trines(const Sky *sky, bool kites)
{
	MemberSet  *trines = sky->joined[TRINE];

	for (int a = 0; a < sky->n; a++)
		for (int b = a; (b = next_common(sky, trines[a], trines[a], b)) >= 0;)
		{
			CHECK_FOR_INTERRUPTS();
			for (int c = b; (c = next_common(sky, trines[a], trines[b], c)) >= 0;)
			{
				int			members[] = {a, b, c};
				binary_angle orb = widest(sky, widest(sky, widest(sky, 0, a, b), b, c), a, c);

				if (kites)
				{
					find_kites(sky, a, b, c, orb);
					find_kites(sky, b, a, c, orb);
					find_kites(sky, c, a, b, orb);
				}
				else
					put_pattern(sky, "grand_trine", members, 3, orb);
			}
		}
}

/* Two that are joined by one aspect, and a third by another to both. */
static void
find_apexes(const Sky *sky, const char *pattern, PatternAspect base, PatternAspect side)
{
	for (int a = 0; a < sky->n; a++)
		for (int b = a; (b = next_common(sky, sky->joined[base][a], sky->joined[base][a], b)) >= 0;)
		{
			CHECK_FOR_INTERRUPTS();
			for (int apex = -1;
				 (apex = next_common(sky, sky->joined[side][a], sky->joined[side][b], apex)) >= 0;)
			{
				int			members[] = {a, b, apex};

				put_pattern(sky, pattern, members, 3,
							widest(sky, widest(sky, widest(sky, 0, a, b), a, apex), b, apex));
			}
		}
}

/* a is the first of all; the opposition of the others has its first end first */
static void
find_grand_crosses(const Sky *sky)
{
	MemberSet  *oppositions = sky->joined[OPPOSITION];
	MemberSet  *squares = sky->joined[SQUARE];

	for (int a = 0; a < sky->n; a++)
		for (int b = a; (b = next_common(sky, oppositions[a], oppositions[a], b)) >= 0;)
		{
			CHECK_FOR_INTERRUPTS();
			for (int c = a; (c = next_common(sky, squares[a], squares[b], c)) >= 0;)
				for (int d = c; (d = next_common(sky, squares[a], squares[b], d)) >= 0;)
				{
					int			members[] = {a, b, c, d};
					binary_angle orb;

					if (!is_joined(sky, OPPOSITION, c, d))
						continue;
					orb = widest(sky, widest(sky, 0, a, b), c, d);
					orb = widest(sky, widest(sky, orb, a, c), a, d);
					orb = widest(sky, widest(sky, orb, b, c), b, d);
					put_pattern(sky, "grand_cross", members, 4, orb);
				}
		}
}

/*
 * The sky: who takes part, and who has which aspect with whom
 */

static void
refuse_size(int n)
{
	if (n > MAX_MEMBERS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many bodies for patterns"),
				 errdetail("The charts have %d that take part, and at most %d are allowed.",
						   n, MAX_MEMBERS),
				 errhint("Take fewer charts, or fewer bodies: \"synastry, quincunx 3; bodies planets\".")));
}

/* The two ends of an axis of a chart are opposite whatever the moment. */
static bool
is_axis(const Member *a, const Member *b)
{
	static const uint16 axes[][2] = {
		{10, 12}, {11, 13}, {10, 13}, {11, 12}, /* nodes */
		{17, 19}, {18, 20}, {21, 22}	/* angles */
	};

	if (a->chart != b->chart)
		return false;
	for (int i = 0; i < lengthof(axes); i++)
		if (Min(a->id, b->id) == axes[i][0] && Max(a->id, b->id) == axes[i][1])
			return true;
	return false;
}

static void
join_members(Sky *sky, PatternAspect aspect, int a, int b, binary_angle orb)
{
	if (a == b || (aspect == OPPOSITION && is_axis(&sky->members[a], &sky->members[b])))
		return;
	sky->joined[aspect][a][b / 64] |= UINT64CONST(1) << b % 64;
	sky->orbs[a * sky->n + b] = orb;
}

/* Members from a place on, so many as a kernel takes. */
static void
select_members(const Sky *sky, int first, Selection *selection)
{
	selection->n = Min(MAX_BODIES, sky->n - first);
	selection->longitudes = selection->selected_longitudes;
	selection->ids = selection->selected_ids;
	for (int i = 0; i < selection->n; i++)
	{
		selection->selected_longitudes[i] = sky->members[first + i].longitude;
		selection->selected_ids[i] = sky->members[first + i].id;
	}
}

/* The aspects between members from one place on and from another. */
static void
join_block(Sky *sky, const PreparedSet *prepared, int first, int second)
{
	Selection	a;
	Selection	b;
	uint8	   *codes = palloc(MAX_BODIES * MAX_BODIES);
	int32	   *deviations = palloc(MAX_BODIES * MAX_BODIES * sizeof(int32));

	select_members(sky, first, &a);
	select_members(sky, second, &b);
	find_cells(prepared, &a, &b, codes, deviations);
	for (int i = 0; i < a.n; i++)
		for (int j = 0; j < b.n; j++)
		{
			int			code = codes[i * b.n + j];

			if (code != 0 && prepared->set->aspects[code - 1].id < PATTERN_ASPECTS)
				join_members(sky, prepared->set->aspects[code - 1].id, first + i, second + j,
							 cell_orb(deviations[i * b.n + j]));
		}
	pfree(codes);
	pfree(deviations);
}

static void
join_all(Sky *sky, const PreparedSet *prepared)
{
	sky->words = (sky->n + 63) / 64;
	sky->orbs = palloc(sky->n * sky->n * sizeof(binary_angle));
	for (int aspect = 0; aspect < PATTERN_ASPECTS; aspect++)
		sky->joined[aspect] = palloc0(sky->n * sizeof(MemberSet));
	for (int i = 0; i < sky->n; i += MAX_BODIES)
		for (int j = 0; j < sky->n; j += MAX_BODIES)
		{
			CHECK_FOR_INTERRUPTS();
			join_block(sky, prepared, i, j);
		}
}

static void
find_patterns(Sky *sky, const PreparedSet *prepared)
{
	if (sky->n == 0)
		return;
	join_all(sky, prepared);
	find_stelliums(sky);
	find_grand_trines(sky, false);
	find_apexes(sky, "t_square", OPPOSITION, SQUARE);
	find_grand_crosses(sky);
	find_apexes(sky, "yod", SEXTILE, QUINCUNX);
	find_grand_trines(sky, true);
}

static void
add_members(Sky *sky, int number, const Selection *selection)
{
	refuse_size(sky->n + selection->n);
	for (int i = 0; i < selection->n; i++)
	{
		Member	   *member = &sky->members[sky->n++];

		member->chart = number;
		member->id = selection->ids[i];
		member->longitude = selection->longitudes[i];
	}
}

/* patterns(chart, chart, aspect_set) */
Datum
patterns(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	const Chart *a = PG_GETARG_CHART(0);
	const Chart *b = PG_GETARG_CHART(1);
	const PreparedSet *prepared;
	Selection	selection;
	Sky			sky = {.rsinfo = rsinfo,.min_charts = 2};
	StatCall	call;

	stat_begin(&call, STAT_ASPECTS);
	prepared = prepare_set(fcinfo, 2);
	InitMaterializedSRF(fcinfo, 0);
	sky.members = palloc(2 * MAX_BODIES * sizeof(Member));
	select_for_set(prepared, SIDE_A, a, &selection);
	add_members(&sky, 1, &selection);
	select_for_set(prepared, SIDE_B, b, &selection);
	add_members(&sky, 2, &selection);
	find_patterns(&sky, prepared);
	stat_end_rows(&call, a->n * b->n, rows_returned(rsinfo));
	return (Datum) 0;
}

/* The bodies of a chart that take part on either side. */
static void
select_for_either(const PreparedSet *prepared, const Chart *chart, Selection *selection)
{
	const uint16 *ids = chart_ids(chart);

	selection->n = 0;
	selection->longitudes = selection->selected_longitudes;
	selection->ids = selection->selected_ids;
	for (int i = 0; i < chart->n; i++)
		if (prepared->takes_part[SIDE_A][ids[i]] || prepared->takes_part[SIDE_B][ids[i]])
		{
			selection->selected_longitudes[selection->n] = chart->longitudes[i];
			selection->selected_ids[selection->n++] = ids[i];
		}
}

/* group_patterns(chart[], aspect_set, min_charts); a null chart has no bodies */
Datum
group_patterns(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	ArrayType  *charts = PG_GETARG_ARRAYTYPE_P(0);
	const PreparedSet *prepared;
	Sky			sky = {.rsinfo = rsinfo,.min_charts = PG_GETARG_INT32(2)};
	StatCall	call;
	ArrayIterator iterator;
	Datum		value;
	bool		isnull;
	int			number = 0;

	if (sky.min_charts < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("min_charts is out of range: %d", sky.min_charts),
				 errhint("It is the number of charts that take part in a pattern, at least 1.")));
	stat_begin(&call, STAT_ASPECTS);
	prepared = prepare_set(fcinfo, 1);
	InitMaterializedSRF(fcinfo, 0);
	sky.members = palloc(MAX_MEMBERS * sizeof(Member));
	iterator = array_create_iterator(charts, 0, NULL);
	while (array_iterate(iterator, &value, &isnull))
	{
		Selection	selection;

		number++;
		if (isnull)
			continue;
		select_for_either(prepared, DatumGetChart(value), &selection);
		add_members(&sky, number, &selection);
	}
	array_free_iterator(iterator);
	find_patterns(&sky, prepared);
	stat_end_rows(&call, sky.n * sky.n, rows_returned(rsinfo));
	return (Datum) 0;
}
