/*
 * report.c
 *		What an application shows about a pair: synastry_report(), synastry().
 *
 * A report is one jsonb object with everything that a page needs.  Its keys are
 * always there, null where something is not known:
 *
 *	rows, columns	names of the bodies of A and of B that take part
 *	aspects			for each row an array of a cell per column: null or {aspect,
 *					orb, type}
 *	interaspects	the same aspects as a list, with all that aspects() says
 *	score			number, null without a common scoring cell
 *	score_cells		what score_cells() says
 *	bodies			{a, b}: what bodies() says of each chart
 *	overlays		{a_in_b, b_in_a}: houses of one chart in which the bodies of
 *					the other fall; null where there are no cusps
 *	composite		the bodies of the composite chart, like those of bodies
 *	compatibility	what compatibility() says, and the five tightest of the aspects
 *					that are key aspects
 *
 * jsonb wants keys in the order of their lengths, which is the order of the
 * code below.
 */
#include "postgres.h"

#include <math.h>

#include "portability/instr_time.h"

#include "functions/arguments.h"
#include "functions/cached.h"
#include "functions/compatibility.h"
#include "functions/composite.h"
#include "functions/prepared.h"
#include "stats/stats.h"
#include "types/jsonb_writer.h"
#include "types/zodiac_text.h"

PG_FUNCTION_INFO_V1(synastry_report);
PG_FUNCTION_INFO_V1(synastry_with_metadata);

/* bytes that the parts of a report take, about: what the writer begins with */
#define REPORT_SIZE			2000
#define BODY_SIZE			300
#define INTERASPECT_SIZE	330 /* with its cell */
#define SCORE_CELL_SIZE		160

/* What the kernel finds between the bodies that take part. */
typedef struct Comparison
{
	Selection	a;
	Selection	b;
	uint8	   *codes;
	int32	   *deviations;
	int			n_found;		/* aspects */
} Comparison;

/* What they add up to, by a model. */
typedef struct Score
{
	Comparison	cells;			/* without those that make no term */
	int32	   *contributions;	/* of the cells with an aspect */
	bool		any;			/* a cell that scores, aspect or not */
	int64		sum;			/* in units of 1 / SCORE_ONE */
} Score;

/* What is the same for all cells with the same aspect. */
typedef struct AspectLabel
{
	const char *name;
	const char *type;
	uint64		angle;			/* 1e-8 degrees, as max_orb */
	uint64		max_orb;
	int			signs;			/* -1: no whole number of signs */
} AspectLabel;

/* Everything that a report is made of. */
typedef struct Pair
{
	ChartView	a;
	ChartView	b;
	const AspectSet *set;
	const OrbLimits *limits;	/* orbs by body, NULL if there are none */
	Comparison	shown;
	AspectLabel labels[MAX_ASPECTS];
	const AspectSet *score_set;
	Score		score;
	Compatibility compatibility;
} Pair;

/*
 * Finding
 */

/* The selections are made; room for the aspects. */
static void
allocate_cells(Comparison *comparison)
{
	int			cells = comparison->a.n * comparison->b.n;

	comparison->codes = palloc(cells + 1);
	comparison->deviations = palloc(cells * sizeof(int32) + 1);
}

static void
count_found(Comparison *comparison)
{
	int			cells = comparison->a.n * comparison->b.n;

	comparison->n_found = 0;
	for (int cell = 0; cell < cells; cell++)
		comparison->n_found += (comparison->codes[cell] != 0);
}

/* The same for a score: what each cell adds, and the sum of it. */
static void
compare_and_score(Score *score, const PreparedModel *model)
{
	Comparison *cells = &score->cells;
	int			cell = 0;

	allocate_cells(cells);
	find_model_cells(model, &cells->a, &cells->b, cells->codes, cells->deviations);
	count_found(cells);
	score->contributions = palloc(cells->a.n * cells->b.n * sizeof(int32) + 1);
	score->any = false;
	score->sum = 0;
	for (int i = 0; i < cells->a.n; i++)
		for (int j = 0; j < cells->b.n; j++, cell++)
		{
			float		weight = prepared_weight(model, cells->a.ids[i], cells->b.ids[j]);

			score->any |= (weight != 0);
			if (cells->codes[cell] == 0)
				continue;
			if (weight == 0)
			{
				cells->codes[cell] = 0;
				cells->n_found--;
				continue;
			}
			score->contributions[cell] = score_cell(&model->table, cells->codes[cell],
													cell_orb(cells->deviations[cell]),
													cell_max_orb(model->set, model->limits,
																 cells->a.ids[i],
																 cells->b.ids[j],
																 cells->codes[cell]),
													weight);
			score->sum += score->contributions[cell];
		}
}

static void
free_comparison(Comparison *comparison)
{
	pfree(comparison->codes);
	pfree(comparison->deviations);
}

static const char *
aspect_name(const AspectSet *set, int i)
{
	if (set->aspects[i].id == CUSTOM_ASPECT)
		return aspect_set_name(set, i);
	return aspect_names[set->aspects[i].id].name;
}

static void
label_aspects(const AspectSet *set, AspectLabel *labels)
{
	for (int i = 0; i < set->n; i++)
	{
		labels[i].name = aspect_name(set, i);
		labels[i].type = aspect_nature_name(aspect_set_nature(set, i));
		labels[i].angle = angle_to_decimal(set->aspects[i].angle);
		labels[i].max_orb = angle_to_decimal(set->aspects[i].max_orb);
		labels[i].signs = angle_whole_signs(set->aspects[i].angle);
	}
}

static void
compare_pair(Pair *pair, const Chart *a, const Chart *b,
			 const PreparedSet *set, const PreparedModel *model)
{
	chart_view(a, &pair->a);
	chart_view(b, &pair->b);
	pair->set = set->set;
	pair->limits = set->limits;
	label_aspects(set->set, pair->labels);
	select_for_set(set, SIDE_A, a, &pair->shown.a);
	select_for_set(set, SIDE_B, b, &pair->shown.b);
	allocate_cells(&pair->shown);
	find_cells(set, &pair->shown.a, &pair->shown.b, pair->shown.codes, pair->shown.deviations);
	count_found(&pair->shown);

	pair->score_set = model->set;
	select_for_model(model, SIDE_A, a, &pair->score.cells.a);
	select_for_model(model, SIDE_B, b, &pair->score.cells.b);
	compare_and_score(&pair->score, model);
	measure_compatibility(a, b, &pair->compatibility);
}

static void
free_pair(Pair *pair)
{
	free_comparison(&pair->shown);
	free_comparison(&pair->score.cells);
	pfree(pair->score.contributions);
}

/*
 * Writing: a function per key
 */

/* ["sun", "moon", ...] */
static void
write_names(JsonbWriter *writer, const Selection *selection)
{
	jsonb_begin_array(writer, selection->n);
	for (int i = 0; i < selection->n; i++)
		jsonb_write_string(writer, body_name(selection->ids[i]));
	jsonb_end(writer);
}

static void
write_score(JsonbWriter *writer, const Score *score)
{
	if (score->any)
		jsonb_write_fixed_point(writer, score->sum);
	else
		jsonb_write_null(writer);
}

static void
write_house(JsonbWriter *writer, const binary_angle *cusps, binary_angle longitude)
{
	if (cusps != NULL)
		jsonb_write_decimal(writer, house_of(cusps, longitude), 0);
	else
		jsonb_write_null(writer);
}

/* [{name, sign, house, longitude, retrograde, sign_degree}, ...] */
static void
write_bodies(JsonbWriter *writer, const ChartView *chart)
{
	static JsonbKeys keys = JSONB_KEYS("name", "sign", "house", "longitude",
									   "retrograde", "sign_degree");
	const binary_angle *houses = view_houses(chart);

	jsonb_begin_array(writer, chart->n);
	for (int i = 0; i < chart->n; i++)
	{
		binary_angle longitude = chart->longitudes[i];
		uint64		degrees = angle_to_decimal(longitude);
		int			sign = angle_sign(longitude);

		jsonb_begin_object(writer, &keys);
		jsonb_write_string(writer, body_name(chart->ids[i]));
		jsonb_write_string(writer, sign_names[sign]);
		write_house(writer, houses, longitude);
		jsonb_write_decimal(writer, degrees, ANGLE_PLACES);
		if (chart->speeds != NULL && chart->speeds[i] != UNKNOWN)
			jsonb_write_bool(writer, chart->speeds[i] < 0);
		else
			jsonb_write_null(writer);
		jsonb_write_decimal(writer, degrees - sign * ANGLE_SIGN_DECIMAL, ANGLE_PLACES);
		jsonb_end(writer);
	}
	jsonb_end(writer);
}

/* n x m times null or {orb, type, aspect} */
static void
write_aspects(JsonbWriter *writer, const Pair *pair)
{
	static JsonbKeys keys = JSONB_KEYS("orb", "type", "aspect");
	const Comparison *shown = &pair->shown;
	int			cell = 0;

	jsonb_begin_array(writer, shown->a.n);
	for (int i = 0; i < shown->a.n; i++)
	{
		jsonb_begin_array(writer, shown->b.n);
		for (int j = 0; j < shown->b.n; j++, cell++)
		{
			const AspectLabel *label;

			if (shown->codes[cell] == 0)
			{
				jsonb_write_null(writer);
				continue;
			}
			label = &pair->labels[shown->codes[cell] - 1];
			jsonb_begin_object(writer, &keys);
			jsonb_write_decimal(writer, arc_to_decimal(cell_orb(shown->deviations[cell])),
								ARC_PLACES);
			jsonb_write_string(writer, label->type);
			jsonb_write_string(writer, label->name);
			jsonb_end(writer);
		}
		jsonb_end(writer);
	}
	jsonb_end(writer);
}

/* [{body, house}, ...] for the bodies of a guest, null without cusps */
static void
write_overlay(JsonbWriter *writer, const ChartView *guest, const ChartView *host)
{
	static JsonbKeys keys = JSONB_KEYS("body", "house");
	const binary_angle *houses = view_houses(host);
	bool		angles = view_has_angles(guest);
	int			n = 0;

	if (houses == NULL)
	{
		jsonb_write_null(writer);
		return;
	}
	for (int i = 0; i < guest->n; i++)
		n += (angles || !body_turns_daily(guest->ids[i]));
	jsonb_begin_array(writer, n);
	for (int i = 0; i < guest->n; i++)
	{
		if (!angles && body_turns_daily(guest->ids[i]))
			continue;
		jsonb_begin_object(writer, &keys);
		jsonb_write_string(writer, body_name(guest->ids[i]));
		write_house(writer, houses, guest->longitudes[i]);
		jsonb_end(writer);
	}
	jsonb_end(writer);
}

/* [{orb, aspect, body_a, body_b, contribution}, ...] */
static void
write_score_cells(JsonbWriter *writer, const Pair *pair)
{
	static JsonbKeys keys = JSONB_KEYS("orb", "aspect", "body_a", "body_b", "contribution");
	const Comparison *scored = &pair->score.cells;
	int			cell = 0;

	jsonb_begin_array(writer, scored->n_found);
	for (int i = 0; i < scored->a.n; i++)
		for (int j = 0; j < scored->b.n; j++, cell++)
		{
			if (scored->codes[cell] == 0)
				continue;
			jsonb_begin_object(writer, &keys);
			jsonb_write_decimal(writer, arc_to_decimal(cell_orb(scored->deviations[cell])),
								ARC_PLACES);
			jsonb_write_string(writer, aspect_name(pair->score_set, scored->codes[cell] - 1));
			jsonb_write_string(writer, body_name(scored->a.ids[i]));
			jsonb_write_string(writer, body_name(scored->b.ids[j]));
			jsonb_write_fixed_point(writer, pair->score.contributions[cell]);
			jsonb_end(writer);
		}
	jsonb_end(writer);
}

/* one of the list of aspects */
static void
write_interaspect(JsonbWriter *writer, const Pair *pair, int i, int j)
{
	static JsonbKeys keys = JSONB_KEYS("orb", "type", "angle", "aspect",
									   "body_a", "body_b", "max_orb",
									   "strength", "separation", "out_of_sign");
	const Comparison *shown = &pair->shown;
	int			cell = i * shown->b.n + j;
	uint8		code = shown->codes[cell];
	const AspectLabel *label = &pair->labels[code - 1];
	binary_angle orb = cell_orb(shown->deviations[cell]);
	binary_angle separation = cell_separation(pair->set, code, shown->deviations[cell]);
	binary_angle max_orb = cell_max_orb(pair->set, pair->limits, shown->a.ids[i],
										shown->b.ids[j], code);

	jsonb_begin_object(writer, &keys);
	jsonb_write_decimal(writer, arc_to_decimal(orb), ARC_PLACES);
	jsonb_write_string(writer, label->type);
	jsonb_write_decimal(writer, label->angle, ANGLE_PLACES);
	jsonb_write_string(writer, label->name);
	jsonb_write_string(writer, body_name(shown->a.ids[i]));
	jsonb_write_string(writer, body_name(shown->b.ids[j]));
	jsonb_write_decimal(writer, pair->limits == NULL ? label->max_orb : angle_to_decimal(max_orb),
						ANGLE_PLACES);
	jsonb_write_decimal(writer, cell_strength_decimal(orb, max_orb), STRENGTH_PLACES);
	jsonb_write_decimal(writer, arc_to_decimal(separation), ARC_PLACES);
	if (label->signs >= 0)
		jsonb_write_bool(writer, angle_signs_apart(shown->a.longitudes[i],
												   shown->b.longitudes[j]) != label->signs);
	else
		jsonb_write_null(writer);
	jsonb_end(writer);
}

/* All aspects; finds the key aspects among them. */
static void
write_interaspects(JsonbWriter *writer, const Pair *pair, KeyAspects *keys)
{
	const Comparison *shown = &pair->shown;
	int			cell = 0;

	jsonb_begin_array(writer, shown->n_found);
	for (int i = 0; i < shown->a.n; i++)
		for (int j = 0; j < shown->b.n; j++, cell++)
			if (shown->codes[cell] != 0)
			{
				write_interaspect(writer, pair, i, j);
				consider_key_aspect(keys, cell_orb(shown->deviations[cell]), cell);
			}
	jsonb_end(writer);
}

/* The bodies of the composite chart. */
static void
write_composite(JsonbWriter *writer, const ChartView *a, const ChartView *b)
{
	Chart	   *composite = composite_of(a, b, &default_composite);
	ChartView	view;

	chart_view(composite, &view);
	write_bodies(writer, &view);
	pfree(composite);
}

/* [{orb, aspect, body_a, body_b, strength}, ...] */
static void
write_key_aspects(JsonbWriter *writer, const Pair *pair, const KeyAspects *found)
{
	static JsonbKeys keys = JSONB_KEYS("orb", "aspect", "body_a", "body_b", "strength");
	const Comparison *shown = &pair->shown;

	jsonb_begin_array(writer, found->n);
	for (int i = 0; i < found->n; i++)
	{
		int			cell = found->cells[i];

		jsonb_begin_object(writer, &keys);
		jsonb_write_decimal(writer, arc_to_decimal(found->orbs[i]), ARC_PLACES);
		jsonb_write_string(writer, pair->labels[shown->codes[cell] - 1].name);
		jsonb_write_string(writer, body_name(shown->a.ids[cell / shown->b.n]));
		jsonb_write_string(writer, body_name(shown->b.ids[cell % shown->b.n]));
		jsonb_write_string(writer, key_aspect_strength(found->orbs[i], found->strong_limit));
		jsonb_end(writer);
	}
	jsonb_end(writer);
}

/* percentiles are tenths */
static void
write_measure(JsonbWriter *writer, const Compatibility *compatibility, Measure measure)
{
	if (compatibility->known[measure])
		jsonb_write_decimal(writer, compatibility->values[measure] / COMPATIBILITY_TENTH, 1);
	else
		jsonb_write_null(writer);
}

/*
 * {overall, physical, emotional, spiritual, stability, calibration, key_aspects,
 * communication}
 */
static void
write_compatibility(JsonbWriter *writer, const Pair *pair, const KeyAspects *found)
{
	static JsonbKeys keys = JSONB_KEYS("overall", "physical", "emotional", "spiritual",
									   "stability", "calibration", "key_aspects",
									   "communication");
	const Compatibility *compatibility = &pair->compatibility;

	jsonb_begin_object(writer, &keys);
	write_measure(writer, compatibility, OVERALL);
	write_measure(writer, compatibility, PHYSICAL);
	write_measure(writer, compatibility, EMOTIONAL);
	write_measure(writer, compatibility, SPIRITUAL);
	write_measure(writer, compatibility, STABILITY);
	jsonb_write_string(writer, DEFAULT_CALIBRATION);
	write_key_aspects(writer, pair, found);
	write_measure(writer, compatibility, COMMUNICATION);
	jsonb_end(writer);
}

/* The whole report, in the order of its keys. */
static Jsonb *
make_report(const Pair *pair)
{
	static JsonbKeys keys = JSONB_KEYS("rows", "score", "bodies", "aspects", "columns",
									   "overlays", "composite", "score_cells",
									   "interaspects", "compatibility");
	static JsonbKeys body_keys = JSONB_KEYS("a", "b");
	static JsonbKeys overlay_keys = JSONB_KEYS("a_in_b", "b_in_a");
	KeyAspects	found;
	JsonbWriter writer;

	jsonb_writer_init(&writer, REPORT_SIZE + BODY_SIZE * (pair->a.n + pair->b.n) +
					  INTERASPECT_SIZE * pair->shown.n_found +
					  SCORE_CELL_SIZE * pair->score.cells.n_found);
	key_aspects_begin(&found);
	jsonb_begin_object(&writer, &keys);
	write_names(&writer, &pair->shown.a);
	write_score(&writer, &pair->score);

	jsonb_begin_object(&writer, &body_keys);
	write_bodies(&writer, &pair->a);
	write_bodies(&writer, &pair->b);
	jsonb_end(&writer);

	write_aspects(&writer, pair);
	write_names(&writer, &pair->shown.b);

	jsonb_begin_object(&writer, &overlay_keys);
	write_overlay(&writer, &pair->a, &pair->b);
	write_overlay(&writer, &pair->b, &pair->a);
	jsonb_end(&writer);

	write_composite(&writer, &pair->a, &pair->b);
	write_score_cells(&writer, pair);
	write_interaspects(&writer, pair, &found);
	write_compatibility(&writer, pair, &found);
	jsonb_end(&writer);
	return jsonb_writer_finish(&writer);
}

/*
 * The report of two charts, as it was made before or made now.  It is not
 * looked for in the persistent tier, where finding it takes three times as
 * long as making it.
 */
static Jsonb *
find_report(const Chart *a, const Chart *b, const PreparedSet *set,
			const PreparedModel *model, bool use_cache, StatCached *cached)
{
	CacheKey	key;
	Pair		pair;
	Jsonb	   *report = NULL;

	*cached = CACHE_BYPASSED;
	if (use_cache)
	{
		cache_key_begin(&key, CACHED_REPORT, REPORT_VERSION);
		cache_key_add_value(&key, set->set);
		cache_key_add_value(&key, model->value);
		cache_key_add_value(&key, a);
		cache_key_add_value(&key, b);
		cache_key_finish(&key);
		report = cache_get_value(&key, false);
		*cached = report != NULL ? CACHE_HIT : CACHE_MISS;
	}
	if (report == NULL)
	{
		compare_pair(&pair, a, b, set, model);
		report = make_report(&pair);
		free_pair(&pair);
		if (use_cache)
			cache_put(&key, report, VARSIZE(report));
	}
	if (use_cache)
		cache_key_free(&key);
	return report;
}

void
warm_report(const Chart *a, const Chart *b, const PreparedSet *set,
			const PreparedModel *model)
{
	StatCached	cached;

	pfree(find_report(a, b, set, model, true, &cached));
}

static void
end_report(StatCall *call, const Chart *a, const Chart *b)
{
	call->pairs = 1;
	call->cells = a->n * b->n;
	stat_end(call);
}

/* synastry_report(chart, chart, aspect_set, score_model) */
Datum
synastry_report(PG_FUNCTION_ARGS)
{
	const Chart *a = PG_GETARG_CHART(0);
	const Chart *b = PG_GETARG_CHART(1);
	StatCall	call;
	Jsonb	   *report;

	stat_begin_timed(&call, STAT_REPORT);
	report = find_report(a, b, prepare_set(fcinfo, 2), prepare_model(fcinfo, 3),
						 cache_is_on, &call.cached);
	end_report(&call, a, b);
	PG_RETURN_JSONB_P(report);
}

/*
 * synastry(): the report, and what this call has done.
 */

/* What a call of synastry() has done. */
typedef struct Call
{
	StatCall	counted;
	bool		majors;			/* within this orb, in degrees */
	float8		orb;
	double		milliseconds;
} Call;

/* elements of an array of the report, 0 if it is null */
static int
count_elements(const Jsonb *report, const char *key)
{
	JsonbValue	value;

	if (getKeyJsonValueFromContainer(unconstify(JsonbContainer *, &report->root), key,
									 strlen(key), &value) == NULL ||
		value.type != jbvBinary)
		return 0;
	return JsonContainerSize(value.val.binary.data);
}

/*
 * {orb, cached, performance: {cells, aspects, milliseconds, instruction_set},
 * optimization_enabled}
 */
static void
write_metadata(JsonbWriter *writer, const Jsonb *report, const Call *call)
{
	static JsonbKeys keys = JSONB_KEYS("orb", "cached", "performance", "optimization_enabled");
	static JsonbKeys performance_keys = JSONB_KEYS("cells", "aspects", "milliseconds",
												   "instruction_set");

	jsonb_begin_object(writer, &keys);
	if (call->majors)
		jsonb_write_decimal(writer, angle_to_decimal(angle_from_arc(call->orb)), ANGLE_PLACES);
	else
		jsonb_write_null(writer);
	jsonb_write_bool(writer, call->counted.cached == CACHE_HIT);

	jsonb_begin_object(writer, &performance_keys);
	jsonb_write_decimal(writer, count_elements(report, "rows") * count_elements(report, "columns"), 0);
	jsonb_write_decimal(writer, count_elements(report, "interaspects"), 0);
	jsonb_write_decimal(writer, (int64) rint(call->milliseconds * 1e6), 6);
	jsonb_write_string(writer, current_kernel->name);
	jsonb_end(writer);

	jsonb_write_bool(writer, true);
	jsonb_end(writer);
}

/* A report with metadata: its members and one more, in the order of keys. */
static Jsonb *
add_metadata(const Jsonb *report, const Call *call)
{
	static JsonbKeys keys = JSONB_KEYS("rows", "score", "bodies", "aspects", "columns",
									   "metadata",
									   "overlays", "composite", "score_cells",
									   "interaspects", "compatibility");
	int			next = JsonContainerSize(&report->root);	/* behind its keys */
	JsonbWriter writer;

	jsonb_writer_init(&writer, VARSIZE(report) + REPORT_SIZE);
	jsonb_begin_object(&writer, &keys);
	for (int i = 0; keys.names[i] != NULL; i++)
		if (strcmp(keys.names[i], "metadata") == 0)
			write_metadata(&writer, report, call);
		else
			jsonb_write_copy(&writer, &report->root, next++);
	jsonb_end(&writer);
	return jsonb_writer_finish(&writer);
}

/* synastry(chart, chart, orb, use_caching, aspect_set) */
Datum
synastry_with_metadata(PG_FUNCTION_ARGS)
{
	Call		call;
	bool		use_cache = cache_is_on && (PG_ARGISNULL(3) || PG_GETARG_BOOL(3));
	const Chart *a;
	const Chart *b;
	Jsonb	   *report;
	instr_time	duration;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	stat_begin_timed(&call.counted, STAT_REPORT);
	a = PG_GETARG_CHART(0);
	b = PG_GETARG_CHART(1);
	call.majors = PG_ARGISNULL(4);
	call.orb = orb_argument(fcinfo, 2);
	report = find_report(a, b,
						 call.majors ? prepare_majors(fcinfo, 2, call.orb) : prepare_set(fcinfo, 4),
						 prepare_preset_model(fcinfo, "weighted"), use_cache,
						 &call.counted.cached);

	INSTR_TIME_SET_CURRENT(duration);
	INSTR_TIME_SUBTRACT(duration, call.counted.start);
	call.milliseconds = INSTR_TIME_GET_MILLISEC(duration);
	report = add_metadata(report, &call);
	end_report(&call.counted, a, b);
	PG_RETURN_JSONB_P(report);
}
