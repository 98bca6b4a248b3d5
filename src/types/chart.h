/*
 * chart.h
 *		The chart: its layout, and how one is built.
 *
 * The layout is described in README.md; this header is the one place that
 * knows it.
 */
#ifndef SYNASTRY_CHART_H
#define SYNASTRY_CHART_H

#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/jsonb.h"

#include "compat.h"
#include "types/bodies.h"

#define CHART_VERSION	1

#define CHART_HAS_IDS			0x01
#define CHART_HAS_SPEEDS		0x02
#define CHART_HAS_DECLINATIONS	0x04
#define CHART_HAS_CUSPS			0x08
#define CHART_HAS_UNCERTAINTY	0x10
#define CHART_FLAGS				0x1f

#define HOUSES	12

/* a speed or a declination that is not known */
#define UNKNOWN	PG_INT32_MIN

/* places of the decimals that are kept */
#define SPEED_PLACES		6
#define DECLINATION_PLACES	7
#define MAX_DECLINATION		900000000

/* the largest uncertainty of a birth time: a year of 365.25 days, in seconds */
#define MAX_UNCERTAINTY		31557600

/*
 * The largest uncertainty with which angles and cusps count, in seconds: half
 * an hour, in which the sky turns by 7.5 degrees.  Beyond it an ascendant may
 * be anywhere in 15 degrees, half a house and more than any usual orb.
 */
#define MAX_ANGLE_UNCERTAINTY	1800

typedef struct Chart
{
	int32		vl_len_;
	uint8		version;
	uint8		flags;
	uint8		n;
	uint8		reserved;
	binary_angle longitudes[FLEXIBLE_ARRAY_MEMBER];
	/* then ids, speeds, declinations, cusps, uncertainty: see ChartView */
} Chart;

/* Charts are stored plain: this does no more than test a header bit. */
#define DatumGetChart(datum)	((const Chart *) PG_DETOAST_DATUM(datum))
#define PG_GETARG_CHART(n)		DatumGetChart(PG_GETARG_DATUM(n))

extern const uint16 planet_ids[PLANETS];

/* ids of the bodies, as many as the chart has */
static inline const uint16 *
chart_ids(const Chart *chart)
{
	return (chart->flags & CHART_HAS_IDS)
		? (const uint16 *) (chart->longitudes + chart->n)
		: planet_ids;
}

/*
 * Are the first ten longitudes those of the ten planets?  Ids ascend, so they
 * are when the tenth id is the tenth planet's.
 */
static inline bool
chart_has_all_planets(const Chart *chart)
{
	return chart->n >= PLANETS && chart_ids(chart)[PLANETS - 1] == PLANETS - 1;
}

/* Where everything is; what the chart does not have is NULL. */
typedef struct ChartView
{
	int			n;
	const binary_angle *longitudes;
	const uint16 *ids;
	const int32 *speeds;
	const int32 *declinations;
	const binary_angle *cusps;
	uint32		uncertainty;	/* seconds; 0: not known */
} ChartView;

extern void chart_view(const Chart *chart, ChartView *view);

/* Is the birth time known well enough for angles and cusps to count? */
static inline bool
view_has_angles(const ChartView *view)
{
	return view->uncertainty <= MAX_ANGLE_UNCERTAINTY;
}

static inline bool
chart_has_angles(const Chart *chart)
{
	ChartView	view;

	if (!(chart->flags & CHART_HAS_UNCERTAINTY))
		return true;
	chart_view(chart, &view);
	return view_has_angles(&view);
}

/* the cusps with which functions compute, NULL if there are none that count */
static inline const binary_angle *
view_houses(const ChartView *view)
{
	return view_has_angles(view) ? view->cusps : NULL;
}

/* the index of a body in the chart, -1 if the chart does not have it */
extern int	chart_find(const Chart *chart, int id);

/* 1 .. 12: the house between whose cusps a longitude lies */
extern int	house_of(const binary_angle *cusps, binary_angle longitude);

/*
 * A chart in the making: anything may be added in any order.
 */
typedef struct ChartBody
{
	binary_angle longitude;
	int32		speed;			/* 1e-6 degrees a day, or UNKNOWN */
	int32		declination;	/* 1e-7 degrees, or UNKNOWN */
} ChartBody;

typedef struct ChartBuilder
{
	int			n;				/* bodies present */
	bool		has_cusps;
	uint32		uncertainty;
	bool		present[BODY_IDS];
	ChartBody	bodies[BODY_IDS];
	binary_angle cusps[HOUSES];
} ChartBuilder;

extern void chart_builder_init(ChartBuilder *builder);
extern void chart_builder_load(ChartBuilder *builder, const Chart *chart);

/*
 * Adds a body.  Adding it again with the same longitude fills in what was
 * unknown; anything else is an error that shows both values.
 */
extern bool chart_builder_add(ChartBuilder *builder, int id,
							  const ChartBody *body, Node *escontext);
extern void chart_builder_remove(ChartBuilder *builder, int id);
extern Chart *chart_builder_finish(const ChartBuilder *builder,
								   Node *escontext);

/* a chart of just the ten planets: what bulk loading makes */
extern Chart *chart_of_planets(const binary_angle *longitudes);

/*
 * Numbers that come in, checked: what is said of whom is for the message
 * ("longitude" of "sun").
 */
extern bool check_longitude(double degrees, const char *whose,
							binary_angle *result, Node *escontext);
extern bool check_speed(double degrees_a_day, const char *whose,
						int32 *result, Node *escontext);
extern bool check_declination(double degrees, const char *whose,
							  int32 *result, Node *escontext);

/* chart_text.c */
extern Chart *chart_from_text(const char *text, Node *escontext);
extern void chart_to_text(const Chart *chart, StringInfo text);

/* chart_document.c: the lenient import of applications' documents */
extern Chart *chart_from_json(const char *json, int length, Node *escontext);
extern Chart *chart_from_jsonb(Jsonb *jsonb, Node *escontext);

#endif							/* SYNASTRY_CHART_H */
