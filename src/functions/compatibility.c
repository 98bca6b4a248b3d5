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
 * All models share their aspects and worths, so that one matrix of the ten
 * planets tells every score.  Contributions are the integers that the kernels
 * add: a measure rises and falls with synastry_score() exactly.
 */
#include "postgres.h"

#include "funcapi.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "functions/cached.h"
#include "functions/calibration.h"
#include "functions/compatibility.h"
#include "functions/prepared.h"
#include "stats/stats.h"

PG_FUNCTION_INFO_V1(compatibility);
PG_FUNCTION_INFO_V1(key_aspects);

#define ONE			1000000		/* in 1e-6, see COMPATIBILITY_PLACES */

/* what is summed: the measures, and CosmicHub's total */
#define WEIGHTED	MEASURES
#define SUMS		(MEASURES + 1)

static const char *const sum_models[SUMS] = {
	"personal", "emotional", "communication", "physical", "spiritual",
	"stability", "weighted"
};

/* What the models say of the ten planets; made at the first use. */
static struct
{
	bool		ready;
	ScoreTable	table;
	binary_angle max_orbs[MAX_ASPECTS]; /* by the rank of the aspect */
	int32		worths[MAX_ASPECTS];	/* 1e-6 points */
	float		weights[SUMS][PLANETS][PLANETS];
	uint32		terms[PLANETS][PLANETS];	/* the sums that it is a term of */
} models;

/* what each calibration needs, as bits of sums */
#define AREA_SUMS		0x3e
#define PERCENTILE_SUMS	(AREA_SUMS | 1 << OVERALL)
#define COSMICHUB_SUMS	(AREA_SUMS | 1 << WEIGHTED)

/* The cells of two charts, and the sums over them. */
typedef struct Sums
{
	uint32		any;			/* as bits: there is a cell that scores */
	int64		scores[SUMS];	/* in units of 1 / SCORE_ONE */
	int			n[SUMS];		/* aspects */
	int64		worths[SUMS];	/* of the aspects without weights, 1e-6 */
} Sums;

static void
load_weights(int sum, const PreparedModel *model)
{
	for (int a = 0; a < PLANETS; a++)
		for (int b = 0; b < PLANETS; b++)
		{
			float		weight = 0;

			if (model->place[SIDE_A][a] >= 0 && model->place[SIDE_B][b] >= 0)
				weight = prepared_weight(model, a, b);
			models.		weights[sum][a][b] = weight;

			if (weight != 0)
				models.		terms[a][b] |= 1 << sum;
		}
}

static void
load_models(void)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "synastry compatibility",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);

	for (int sum = 0; sum < SUMS; sum++)
	{
		const char *name = sum_models[sum];
		const ScoreModel *value = score_model_from_text(name, strlen(name), NULL);
		const PreparedModel *model = prepare_model_once(value);

		load_weights(sum, model);
		models.		table = model->table;	/* all have the same */

		for (int i = 0; i < model->set->n; i++)
		{
			models.		max_orbs[i] = model->set->aspects[i].max_orb;
			models.		worths[i] = value->worths[i];
		}
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	models.		ready = true;
}

/* worth * (1 - orb / max_orb) in 1e-6; worths are at most 4 points */
static int64
cell_worth(uint8 code, binary_angle orb)
{
	binary_angle max_orb = models.max_orbs[code - 1];
	int64		rest = (int64) max_orb - Min(orb, max_orb);

	return models.worths[code - 1] * rest / max_orb;
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

/* Adds an aspect to the sums that it is a term of. */
static void
add_aspect(Sums *sums, uint32 terms, int a, int b, uint8 code, binary_angle orb)
{
	int64		worth = (terms & 1 << WEIGHTED) != 0 ? cell_worth(code, orb) : 0;

	for (; terms != 0; terms &= terms - 1)
	{
		int			sum = pg_rightmost_one_pos32(terms);

		sums->scores[sum] += score_cell(&models.table, code, orb,
										models.weights[sum][a][b]);
		sums->n[sum]++;
		sums->worths[sum] += worth;
	}
}

static void
sum_up(const Chart *a, const Chart *b, uint32 wanted, Sums *sums)
{
	int			n = count_planets(a);
	int			m = count_planets(b);
	const uint16 *ids_a = chart_ids(a);
	const uint16 *ids_b = chart_ids(b);
	uint8		codes[PLANETS * PLANETS];
	int32		deviations[PLANETS * PLANETS];
	int			cell = 0;

	if (!models.ready)
		load_models();
	memset(sums, 0, sizeof(Sums));
	current_kernel->matrix(&models.table.aspects, a->longitudes, n,
						   b->longitudes, m, codes, deviations);
	for (int i = 0; i < n; i++)
		for (int j = 0; j < m; j++, cell++)
		{
			uint32		terms = models.terms[ids_a[i]][ids_b[j]] & wanted;

			sums->any |= terms;
			if (codes[cell] != 0 && terms != 0)
				add_aspect(sums, terms, ids_a[i], ids_b[j], codes[cell],
						   cell_orb(deviations[cell]));
		}
}

/*
 * Where a score stands among those of a calibration: the percentile, linear
 * between two of the table, the middle of several that are equal; to a tenth.
 */
static int64
percentile(const int32 *table, int64 score)
{
	int			first = 0;
	int			last;

	if (score <= table[0])
		return 0;
	if (score >= table[PERCENTILES])
		return 100 * ONE;
	for (int step = 64; step > 0; step /= 2)
		if (first + step <= PERCENTILES && table[first + step - 1] < score)
			first += step;
	for (last = first; table[last + 1] == score; last++)
		;
	if (table[first] == score)
		return (first + last) * 5 * (ONE / 10);

	/* in tenths of a percent, rounded */
	return ((first - 1) * 10 +
			(20 * (score - table[first - 1]) + (table[first] - table[first - 1])) /
			(2 * (table[first] - table[first - 1]))) * (ONE / 10);
}

void
measure_compatibility(const Chart *a, const Chart *b, Compatibility *result)
{
	Sums		sums;

	sum_up(a, b, PERCENTILE_SUMS, &sums);
	for (int measure = 0; measure < MEASURES; measure++)
	{
		result->known[measure] = (sums.any & 1 << measure) != 0;
		result->values[measure] = percentile(births15_1[measure], sums.scores[measure]);
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
	if (view.cusps == NULL)
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
	Sums		sums;
	int64		total;

	sum_up(a, b, COSMICHUB_SUMS, &sums);
	total = sums.scores[WEIGHTED] +
		5 * SCORE_ONE * (int64) (count_overlays(a, b) + count_overlays(b, a));
	result->known[OVERALL] = (sums.any & 1 << WEIGHTED) != 0;
	result->values[OVERALL] =
		divide_rounded((total + 100 * SCORE_ONE) * 5, SCORE_ONE) * (ONE / 10);
	for (int area = EMOTIONAL; area < MEASURES; area++)
	{
		result->known[area] = (sums.any & 1 << area) != 0;
		result->values[area] = 50 * ONE + divide_rounded(sums.worths[area], Max(sums.n[area], 1));
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
	values[4] = CStringGetTextDatum(key_aspect_strength(orb, orb_limit(STRONG_ORB)));
	values[5] = CStringGetTextDatum(aspect_nature_name(aspect_set_nature(set, code - 1)));
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* key_aspects(chart, chart, max_orb, aspect_set) */
Datum
key_aspects(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	binary_angle limit = orb_limit(orb_argument(fcinfo, 2));
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
	current_kernel->matrix(&prepared->table, a.longitudes, a.n,
						   b.longitudes, b.n, codes, deviations);

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
