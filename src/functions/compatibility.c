/*
 * compatibility.c
 *		compatibility(): how well two people match, from 0 to 100; and
 *		key_aspects(), the tightest aspects between them.
 *
 * What is measured are scores: overall that of the model "personal", and in
 * five areas those of the models "emotional" to "stability".  A calibration
 * says what a score means: "births15_1" is the share of random pairs that match
 * less well (calibration.h), so that all of 0 .. 100 is used, and half of all
 * pairs is above 50.
 *
 * The calibration "cosmichub" is the form of the system that the areas come
 * from (compatibility_utils.py), as it is meant:
 *
 *		overall		(T + 100) / 2, T the score "weighted" and 5 points for each
 *					Moon, Venus or Mars in house 1, 4, 5, 7, 8 or 10 of the other,
 *					to one place
 *		area		50 + the mean of worth * (1 - orb / max_orb) over the aspects
 *					of the area, 50 without any
 *
 * Its areas cannot leave 47 .. 54, for no aspect is worth less than -3 or more
 * than 4; that is why it is not the default.
 *
 * The models of the areas share the aspects and the worths of the others and
 * weigh all pairs the same, so that one matrix of the ten planets tells all of
 * them.  Contributions are the integers that the kernels add: a measure rises
 * and falls with synastry_score() exactly.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "functions/arguments.h"
#include "functions/cached.h"
#include "functions/calibration.h"
#include "functions/compatibility.h"
#include "functions/score.h"
#include "stats/stats.h"

PG_FUNCTION_INFO_V1(compatibility);
PG_FUNCTION_INFO_V1(key_aspects);

#define ONE		COMPATIBILITY_ONE
#define TENTH	COMPATIBILITY_TENTH

#define FIRST_AREA	EMOTIONAL

/* names of score models */
static const char *const measure_models[MEASURES] = {
	"personal", "emotional", "communication", "physical", "spiritual", "stability"
};

/* Made at the first use, and kept. */
static struct
{
	PreparedModel *overall;		/* NULL: nothing is made yet */
	PreparedModel *weighted;	/* CosmicHub's total */
	uint8		areas[PLANETS][PLANETS];	/* that a pair speaks of, as bits */
} models;

/* The sums over the cells of an area. */
typedef struct Area
{
	bool		any;			/* a cell that scores, aspect or not */
	int			n;				/* aspects */
	int64		score;			/* in units of 1 / SCORE_ONE */
	int64		worth;			/* the same in 1e-6, for CosmicHub */
} Area;

/* A model that lives as long as the process, without what reading it takes. */
static PreparedModel *
load_model(const char *name, MemoryContext temporary)
{
	MemoryContext caller = MemoryContextSwitchTo(temporary);
	const ScoreModel *read = score_model_from_text(name, strlen(name), NULL);
	ScoreModel *kept = MemoryContextAlloc(TopMemoryContext, VARSIZE(read));
	PreparedModel *prepared;

	memcpy(kept, read, VARSIZE(read));
	MemoryContextSwitchTo(TopMemoryContext);
	prepared = prepare_model_once(kept);
	MemoryContextSwitchTo(caller);
	return prepared;
}

static void
load_area(Measure area, MemoryContext temporary)
{
	const char *name = measure_models[area];
	MemoryContext caller = MemoryContextSwitchTo(temporary);
	const ScoreModel *model = score_model_from_text(name, strlen(name), NULL);

	for (int a = 0; a < PLANETS; a++)
		for (int b = 0; b < PLANETS; b++)
			if (score_model_pair(model, a, b) != 0)
				models.		areas[a][b] |= 1 << area;

	MemoryContextSwitchTo(caller);
}

static void
load_models(void)
{
	MemoryContext temporary = AllocSetContextCreate(CurrentMemoryContext,
													"synastry compatibility",
													ALLOCSET_DEFAULT_SIZES);

	memset(models.areas, 0, sizeof(models.areas));
	for (int area = FIRST_AREA; area < MEASURES; area++)
		load_area(area, temporary);
	models.		weighted = load_model("weighted", temporary);
	models.		overall = load_model(measure_models[OVERALL], temporary);

	MemoryContextDelete(temporary);
}

/* worth * (1 - orb / max_orb) in 1e-6; worths are at most 4 points */
static int64
cell_worth(uint8 code, binary_angle orb)
{
	binary_angle max_orb = models.overall->set->aspects[code - 1].max_orb;
	int64		rest = (int64) max_orb - Min(orb, max_orb);

	return models.overall->value->worths[code - 1] * rest / max_orb;
}

/* The planets that a chart has: they are its first bodies. */
static int
count_planets(const Chart *chart)
{
	const uint16 *ids = chart_ids(chart);
	int			n = 0;

	while (n < chart->n && ids[n] < PLANETS)
		n++;
	return n;
}

/* Adds a cell to the areas that it speaks of. */
static void
add_cell(Area *areas, int spoken_of, uint8 code, binary_angle orb, bool exact)
{
	int32		score = 0;
	int64		worth = 0;

	if (code != 0)
		score = score_cell(&models.overall->table, code, orb, 0, 1);
	if (code != 0 && exact)
		worth = cell_worth(code, orb);
	for (int area = FIRST_AREA; area < MEASURES; area++)
		if (spoken_of & 1 << area)
		{
			areas[area].any = true;
			areas[area].n += (code != 0);
			areas[area].score += score;
			areas[area].worth += worth;
		}
}

/* exact: also what only CosmicHub's form needs */
static void
sum_up_areas(const Chart *a, const Chart *b, bool exact, Area *areas)
{
	int			n = count_planets(a);
	int			m = count_planets(b);
	const uint16 *ids_a = chart_ids(a);
	const uint16 *ids_b = chart_ids(b);
	uint8		codes[PLANETS * PLANETS];
	int32		deviations[PLANETS * PLANETS];
	int			cell = 0;

	memset(areas, 0, MEASURES * sizeof(Area));
	current_kernel->matrix(&models.overall->table.aspects, a->longitudes, n,
						   b->longitudes, m, codes, deviations);
	for (int i = 0; i < n; i++)
		for (int j = 0; j < m; j++, cell++)
			if (models.areas[ids_a[i]][ids_b[j]] != 0)
				add_cell(areas, models.areas[ids_a[i]][ids_b[j]], codes[cell],
						 cell_orb(deviations[cell]), exact);
}

/*
 * Where a score stands among those of a calibration: the percentile, linear
 * between two of the table, the middle of several that are equal; to a tenth.
 */
static int64
percentile(const int32 *table, int64 score)
{
	int			first = 0;

	if (score <= table[0])
		return 0;
	if (score >= table[PERCENTILES])
		return 100 * ONE;
	/* the first that is not below the score, without branches to guess */
	for (int n = PERCENTILES + 1; n > 1; n -= n / 2)
		first += table[first + n / 2 - 1] < score ? n / 2 : 0;
	if (table[first] == score)
	{
		int			last = first;

		while (table[last + 1] == score)
			last++;
		return (first + last) * 5 * TENTH;
	}

	/* in tenths of a percent, rounded */
	return ((first - 1) * 10 +
			(20 * (score - table[first - 1]) + (table[first] - table[first - 1])) /
			(2 * (table[first] - table[first - 1]))) * TENTH;
}

void
measure_compatibility(const Chart *a, const Chart *b, Compatibility *result)
{
	Area		areas[MEASURES];
	int64		score = 0;

	if (models.overall == NULL)
		load_models();
	result->known[OVERALL] = score_pair(models.overall, a, b, &score);
	result->values[OVERALL] = percentile(births15_1[OVERALL], score);
	sum_up_areas(a, b, false, areas);
	for (int area = FIRST_AREA; area < MEASURES; area++)
	{
		result->known[area] = areas[area].any;
		result->values[area] = percentile(births15_1[area], areas[area].score);
	}
}

/*
 * CosmicHub's form
 */

/* Moon, Venus and Mars of the guest in the houses of the host that count. */
static int
count_overlays(const Chart *guest, const Chart *host)
{
	static const int counting[] = {1, 3, 4};	/* registry ids */
	static const bool key_houses[HOUSES + 1] = {
		[1] = true,[4] = true,[5] = true,[7] = true,[8] = true,[10] = true
	};
	ChartView	view;
	int			n = 0;

	chart_view(host, &view);
	if (view_houses(&view) == NULL)
		return 0;
	for (int i = 0; i < lengthof(counting); i++)
	{
		int			body = chart_find(guest, counting[i]);

		if (body >= 0)
			n += key_houses[house_of(view.cusps, guest->longitudes[body])];
	}
	return n;
}

static int64
divide_rounded(int64 value, int64 divisor)
{
	return value >= 0 ? (value + divisor / 2) / divisor : -((-value + divisor / 2) / divisor);
}

static void
measure_like_cosmichub(const Chart *a, const Chart *b, Compatibility *result)
{
	Area		areas[MEASURES];
	int64		total = 0;

	if (models.overall == NULL)
		load_models();
	result->known[OVERALL] = score_pair(models.weighted, a, b, &total);
	total += 5 * SCORE_ONE * (int64) (count_overlays(a, b) + count_overlays(b, a));
	result->values[OVERALL] =
		divide_rounded((total + 100 * SCORE_ONE) * 5, SCORE_ONE) * TENTH;
	sum_up_areas(a, b, true, areas);
	for (int area = FIRST_AREA; area < MEASURES; area++)
	{
		result->known[area] = areas[area].any;
		result->values[area] = 50 * ONE + divide_rounded(areas[area].worth, Max(areas[area].n, 1));
	}
	for (int measure = 0; measure < MEASURES; measure++)
		result->values[measure] = Min(Max(result->values[measure], 0), 100 * ONE);
}

/*
 * SQL
 */

typedef void (*Measurer) (const Chart *a, const Chart *b, Compatibility *result);

static const struct
{
	const char *name;
	Measurer	measure;
}			calibrations[] =

{
	{DEFAULT_CALIBRATION, measure_compatibility},
	{"cosmichub", measure_like_cosmichub},
};

static int
calibration_argument(FunctionCallInfo fcinfo, int argno)
{
	struct varlena *name = PG_GETARG_TEXT_PP(argno);
	char		folded[FOLDED_NAME_SIZE] = "";

	(void) fold_name(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), folded);
	for (int i = 0; i < lengthof(calibrations); i++)
		if (in_word_list(folded, calibrations[i].name))
			return i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown calibration \"%s\"", text_to_cstring(name)),
			 errhint("The calibrations are births15_1 and cosmichub.")));
	return -1;
}

/* The row type of the function, looked up once. */
static TupleDesc
result_row(FunctionCallInfo fcinfo)
{
	TupleDesc	row = fcinfo->flinfo->fn_extra;

	if (row == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		row = BlessTupleDesc(row);
		MemoryContextSwitchTo(caller);
		fcinfo->flinfo->fn_extra = row;
	}
	return row;
}

/* compatibility(chart, chart, scale) */
Datum
compatibility(PG_FUNCTION_ARGS)
{
	const Chart *a = PG_GETARG_CHART(0);
	const Chart *b = PG_GETARG_CHART(1);
	Compatibility result;
	StatCall	call;
	int			calibration;
	Datum		values[MEASURES + 1];
	bool		nulls[MEASURES + 1] = {false};

	stat_begin(&call, STAT_SCORE);
	calibration = calibration_argument(fcinfo, 2);
	calibrations[calibration].measure(a, b, &result);
	stat_end_pair(&call, a->n * b->n, CACHE_BYPASSED);

	for (int measure = 0; measure < MEASURES; measure++)
	{
		values[measure] = Float8GetDatum((double) result.values[measure] / ONE);
		nulls[measure] = !result.known[measure];
	}
	values[MEASURES] = CStringGetTextDatum(calibrations[calibration].name);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(result_row(fcinfo), values, nulls)));
}

/*
 * Key aspects
 */

typedef struct KeyAspect
{
	binary_angle orb;
	int			cell;
} KeyAspect;

/* tight first; the order of the registry among equals */
static int
compare_key_aspects(const void *a, const void *b)
{
	const KeyAspect *x = a;
	const KeyAspect *y = b;

	if (x->orb != y->orb)
		return x->orb < y->orb ? -1 : 1;
	return x->cell < y->cell ? -1 : (x->cell > y->cell);
}

static void
put_key_aspect(ReturnSetInfo *rsinfo, const AspectSet *set, int id_a, int id_b,
			   uint8 code, binary_angle orb)
{
	Datum		values[6];
	bool		nulls[6] = {false};

	values[0] = CStringGetTextDatum(body_name(id_a));
	values[1] = CStringGetTextDatum(body_name(id_b));
	values[2] = CStringGetTextDatum(aspect_set_name(set, code - 1));
	values[3] = Float8GetDatum(arc_to_degrees(orb));
	values[4] = CStringGetTextDatum(key_aspect_strength(orb, limit_of_orb(STRONG_ORB)));
	values[5] = CStringGetTextDatum(aspect_nature_name(aspect_set_nature(set, code - 1)));
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* key_aspects(chart, chart, max_orb, aspect_set) */
Datum
key_aspects(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	binary_angle limit = limit_of_orb(orb_argument(fcinfo, 2));
	const PreparedSet *prepared;
	Selection	a;
	Selection	b;
	uint8	   *codes;
	int32	   *deviations;
	KeyAspect  *found;
	int			n = 0;
	StatCall	call;

	stat_begin(&call, STAT_ASPECTS);
	prepared = prepare_set(fcinfo, 3);
	InitMaterializedSRF(fcinfo, 0);
	select_for_set(prepared, SIDE_A, PG_GETARG_CHART(0), &a);
	select_for_set(prepared, SIDE_B, PG_GETARG_CHART(1), &b);
	codes = palloc(a.n * b.n + 1);
	deviations = palloc(a.n * b.n * sizeof(int32) + 1);
	found = palloc(a.n * b.n * sizeof(KeyAspect) + 1);
	find_cells(prepared, &a, &b, codes, deviations);

	for (int cell = 0; cell < a.n * b.n; cell++)
		if (codes[cell] != 0 && cell_orb(deviations[cell]) <= limit)
		{
			found[n].orb = cell_orb(deviations[cell]);
			found[n++].cell = cell;
		}
	qsort(found, n, sizeof(KeyAspect), compare_key_aspects);
	for (int i = 0; i < n; i++)
		put_key_aspect(rsinfo, prepared->set, a.ids[found[i].cell / b.n],
					   b.ids[found[i].cell % b.n], codes[found[i].cell], found[i].orb);
	stat_end_rows(&call, a.n * b.n, rows_returned(rsinfo));
	return (Datum) 0;
}
