/*
 * picture_wheel.c
 *		synastry_svg(): two charts around one zodiac, with their aspects.
 *
 * A stands on the inner ring, B around it, the signs outside.  Longitudes run
 * counterclockwise; A's ascendant is on the left, or else its first cusp, or
 * else 0 degrees Aries.  The houses are A's, and go through both rings.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "functions/prepared.h"
#include "functions/picture.h"
#include "kernel/unit_vector.h"
#include "types/zodiac_text.h"

PG_FUNCTION_INFO_V1(synastry_svg);

/* the picture is a square about the centre of the wheel; in units */
#define HALF_PICTURE	500

/* Radii, in tenths of a unit, from the rim inwards. */
#define RIM				4920
#define SIGNS_MIDDLE	4660
#define SIGNS_EDGE		4400	/* of the signs; where the ring of B begins */
#define RING_DEPTH		1090
#define B_EDGE			SIGNS_EDGE
#define A_EDGE			(B_EDGE - RING_DEPTH)
#define HOUSES_EDGE		(A_EDGE - RING_DEPTH)
#define HOUSES_DEPTH	260

/* and within a ring, from its edge */
#define TICK_DEPTH		40		/* a tick at the true place */
#define BEND_DEPTH		130		/* a line from there to above the sign */
#define LEADER_DEPTH	170		/* and down to it */
#define SIGN_DEPTH		350
#define DEGREES_DEPTH	745
#define RETROGRADE_DEPTH	1000

/* what a body takes of its ring: a sign, or the degrees, with a gap */
#define BODY_WIDTH		410

#define DEGREES_FONT	215		/* tenths */

/* 18 degrees: closer bodies are joined by a loop instead of a line */
#define LOOP_SEPARATION	((binary_angle) 0x0ccccccd)

typedef struct RingBody
{
	int			id;
	binary_angle longitude;
	binary_angle place;			/* of its sign, aside if others are near */
	bool		retrograde;
} RingBody;

typedef struct Ring
{
	const char *name;
	int			edge;			/* radius */
	int			n;
	int			scale;			/* of the signs, in 1/1000 */
	RingBody	bodies[MAX_BODIES]; /* by longitude */
	binary_angle longitudes[MAX_BODIES];	/* as in the matrix */
} Ring;

typedef struct Wheel
{
	StringInfoData svg;
	binary_angle left;			/* the longitude on the left */
	const binary_angle *cusps;	/* of A, or NULL */
	int			centre;			/* radius of the circle of the aspects */
	MatrixView	matrix;
	Ring		rings[2];
} Wheel;

/* a component of a unit vector, times a radius, to the nearest tenth */
static int
component(int64 of_unit, int radius)
{
	int64		product = of_unit * radius;

	return (int) ((product + (product < 0 ? -1 : 1) * (UNIT_LENGTH / 2)) / UNIT_LENGTH);
}

static Point
point_at(const Wheel *wheel, binary_angle longitude, int radius)
{
	UnitVector	unit = unit_vector(longitude - wheel->left);

	return make_point(-component(unit.x, radius), component(unit.y, radius));
}

/*
 * Rings
 */

static int
compare_longitudes(const void *a, const void *b)
{
	const RingBody *one = a;
	const RingBody *other = b;

	if (one->longitude != other->longitude)
		return one->longitude < other->longitude ? -1 : 1;
	return one->id - other->id;
}

/* The bodies of one side of the matrix, in their places on a ring. */
static void
fill_ring(Ring *ring, const char *name, int edge, const Chart *chart,
		  const uint16 *ids, int n)
{
	ChartView	view;
	binary_angle longitudes[MAX_BODIES];
	binary_angle places[MAX_BODIES];

	ring->name = name;
	ring->edge = edge;
	ring->n = n;
	chart_view(chart, &view);
	for (int i = 0; i < n; i++)
	{
		int			in_chart = chart_find(chart, ids[i]);
		int32		speed = view.speeds ? view.speeds[in_chart] : UNKNOWN;
		RingBody   *body = &ring->bodies[i];

		ring->longitudes[i] = view.longitudes[in_chart];
		body->id = ids[i];
		body->longitude = view.longitudes[in_chart];
		body->retrograde = speed != UNKNOWN && speed < 0;
	}
	qsort(ring->bodies, n, sizeof(RingBody), compare_longitudes);

	for (int i = 0; i < n; i++)
		longitudes[i] = ring->bodies[i].longitude;
	ring->scale = ring_spread(longitudes, n, BODY_WIDTH, edge - SIGN_DEPTH, places);
	for (int i = 0; i < n; i++)
		ring->bodies[i].place = places[i];
}

/* Does the sign of a body, or its degrees, lie on a radius of the wheel? */
static bool
is_covered(const Ring *ring, binary_angle longitude)
{
	binary_angle half = ring_angle(BODY_WIDTH, ring->edge - SIGN_DEPTH, ring->scale) / 2;

	for (int i = 0; i < ring->n; i++)
		if (angle_separation(ring->bodies[i].place, longitude) < half)
			return true;
	return false;
}

/*
 * The frame: circles, signs, houses
 */

static void
append_circle(StringInfo svg, int radius, const char *attributes)
{
	appendStringInfoString(svg, "<circle r=\"");
	append_tenths(svg, radius);
	appendStringInfo(svg, "\"%s/>\n", attributes);
}

/* a radius between two circles, as a part of a path */
static void
append_radius(Wheel *wheel, binary_angle longitude, int from, int to)
{
	append_point(&wheel->svg, "M", point_at(wheel, longitude, from));
	append_point(&wheel->svg, "L", point_at(wheel, longitude, to));
}

/* a whole degree of the zodiac */
static binary_angle
degree(int degrees)
{
	return angle_from_degrees(degrees);
}

/* Three signs of an element, as sectors of a ring. */
static void
append_element(Wheel *wheel, int first_sign, const char *colour)
{
	StringInfo	svg = &wheel->svg;

	appendStringInfo(svg, "<path fill=\"%s\" fill-opacity=\".16\" d=\"", colour);
	for (int sign = first_sign; sign < SIGNS; sign += 4)
	{
		binary_angle begin = degree(sign * 30);
		binary_angle end = degree(sign * 30 + 30);

		append_point(svg, "M", point_at(wheel, begin, RIM));
		append_point(svg, "A492 492 0 0 0 ", point_at(wheel, end, RIM));
		append_point(svg, "L", point_at(wheel, end, SIGNS_EDGE));
		append_point(svg, "A440 440 0 0 1 ", point_at(wheel, begin, SIGNS_EDGE));
		appendStringInfoChar(svg, 'Z');
	}
	appendStringInfoString(svg, "\"/>\n");
}

static void
append_signs(Wheel *wheel)
{
	StringInfo	svg = &wheel->svg;

	append_element(wheel, 0, "#e5484d");
	append_element(wheel, 1, "#4f9a3a");
	append_element(wheel, 2, "#e0a100");
	append_element(wheel, 3, "#2f7fd6");

	appendStringInfoString(svg, "<path stroke-width=\".8\" d=\"");
	for (int sign = 0; sign < SIGNS; sign++)
		append_radius(wheel, degree(sign * 30), SIGNS_EDGE, RIM);
	for (int degrees = 0; degrees < 360; degrees += 5)
		if (degrees % 30 != 0)
			append_radius(wheel, degree(degrees), SIGNS_EDGE,
						  SIGNS_EDGE + (degrees % 10 == 0 ? 70 : 40));
	appendStringInfoString(svg, "\"/>\n<g stroke-width=\"2.4\">\n");
	for (int sign = 0; sign < SIGNS; sign++)
		append_zodiac_sign(svg, sign, point_at(wheel, degree(sign * 30 + 15), SIGNS_MIDDLE));
	appendStringInfoString(svg, "</g>\n");
}

/*
 * A cusp goes through both rings, and gives way to what stands there.  The
 * first, fourth, seventh and tenth are the axes.
 */
static void
append_cusps(Wheel *wheel, bool axes)
{
	StringInfo	svg = &wheel->svg;

	appendStringInfo(svg, "<path stroke-width=\"%s\" stroke-opacity=\"%s\" d=\"",
					 axes ? "2" : "1", axes ? ".75" : ".4");
	for (int house = 0; house < HOUSES; house++)
	{
		binary_angle cusp = wheel->cusps[house];
		int			from = wheel->centre;

		if ((house % 3 == 0) != axes)
			continue;
		for (Side side = SIDE_A; side <= SIDE_B; side++)
		{
			const Ring *ring = &wheel->rings[side];

			if (!is_covered(ring, cusp))
				continue;
			append_radius(wheel, cusp, from, ring->edge - RING_DEPTH);
			from = ring->edge - TICK_DEPTH;
		}
		append_radius(wheel, cusp, from, SIGNS_EDGE);
	}
	appendStringInfoString(svg, "\"/>\n");
}

/* Numbers in the middle of the houses that have room for them. */
static void
append_house_numbers(Wheel *wheel)
{
	StringInfo	svg = &wheel->svg;
	int			radius = wheel->centre + HOUSES_DEPTH / 2;

	appendStringInfoString(svg, "<g font-size=\"18\" fill=\"currentColor\" "
						   "fill-opacity=\".75\" stroke=\"none\">\n");
	for (int house = 0; house < HOUSES; house++)
	{
		binary_angle begin = wheel->cusps[house];
		binary_angle width = wheel->cusps[(house + 1) % HOUSES] - begin;
		Point		middle = point_at(wheel, begin + width / 2, radius);

		if (width < ring_angle(220, radius, 1000))
			continue;
		appendStringInfoString(svg, "<text x=\"");
		append_tenths(svg, middle.x);
		appendStringInfoString(svg, "\" y=\"");
		append_tenths(svg, middle.y + 60);
		appendStringInfo(svg, "\">%d</text>\n", house + 1);
	}
	appendStringInfoString(svg, "</g>\n");
}

static void
append_frame(Wheel *wheel)
{
	StringInfo	svg = &wheel->svg;

	appendStringInfo(svg, "<rect class=\"synastry-paper\" fill=\"#fff\" x=\"%d\" y=\"%d\""
					 " width=\"%d\" height=\"%d\" rx=\"16\"/>\n",
					 -HALF_PICTURE, -HALF_PICTURE, 2 * HALF_PICTURE, 2 * HALF_PICTURE);
	append_circle(svg, A_EDGE, " fill=\"currentColor\" fill-opacity=\".05\"");
	append_circle(svg, wheel->centre, " class=\"synastry-paper\" fill=\"#fff\"");
	appendStringInfoString(svg, "<g stroke=\"currentColor\">\n");
	append_signs(wheel);
	append_circle(svg, RIM, " stroke-width=\"1.5\"");
	append_circle(svg, SIGNS_EDGE, " stroke-width=\"1.5\"");
	append_circle(svg, A_EDGE, " stroke-width=\"1\"");
	append_circle(svg, wheel->centre, " stroke-width=\"1\"");
	if (wheel->cusps)
	{
		append_circle(svg, HOUSES_EDGE, " stroke-width=\".8\" stroke-opacity=\".5\"");
		append_cusps(wheel, false);
		append_cusps(wheel, true);
		append_house_numbers(wheel);
	}
	appendStringInfoString(svg, "</g>\n");
}

/*
 * Bodies
 */

/* "A sun 16 degrees 16' libra, house 6, retrograde" */
static void
append_body_title(Wheel *wheel, const Ring *ring, const RingBody *body)
{
	StringInfo	svg = &wheel->svg;
	int			sign = angle_sign(body->longitude);
	uint64		decimal = angle_to_decimal(body->longitude) - sign * ANGLE_SIGN_DECIMAL;

	appendStringInfo(svg, "<title>%s ", ring->name);
	append_words(svg, body_name(body->id));
	appendStringInfoChar(svg, ' ');
	append_minutes(svg, (int) (decimal * 60 / 100000000));
	appendStringInfo(svg, " %s", sign_names[sign]);
	if (wheel->cusps)
		appendStringInfo(svg, ", house %d%s", house_of(wheel->cusps, body->longitude),
						 ring == &wheel->rings[SIDE_B] ? " of A" : "");
	appendStringInfo(svg, "%s</title>", body->retrograde ? ", retrograde" : "");
}

/* The sign, below it the degrees, below them the mark of a retrograde body. */
static void
append_body(Wheel *wheel, const Ring *ring, const RingBody *body)
{
	StringInfo	svg = &wheel->svg;
	Point		sign = point_at(wheel, body->place, ring->edge - SIGN_DEPTH);
	Point		degrees = point_at(wheel, body->place, ring->edge - DEGREES_DEPTH);
	uint64		decimal = angle_to_decimal(body->longitude) % ANGLE_SIGN_DECIMAL;

	append_point(svg, "<g transform=\"translate(", sign);
	appendStringInfoString(svg, ")\">");
	append_body_title(wheel, ring, body);
	append_body_sign(svg, body->id, ring->scale);
	appendStringInfoString(svg, "<text stroke=\"none\" fill=\"currentColor\" x=\"");
	append_tenths(svg, degrees.x - sign.x);
	appendStringInfoString(svg, "\" y=\"");
	append_tenths(svg, degrees.y - sign.y + DEGREES_FONT * ring->scale * 35 / 100000);
	appendStringInfo(svg, "\">%d" DEGREE_SIGN "</text>", (int) (decimal / 100000000));
	if (body->retrograde)
	{
		Point		mark = point_at(wheel, body->place, ring->edge - RETROGRADE_DEPTH);

		append_point(svg, "<path stroke-width=\"1.4\" transform=\"translate(",
					 make_point(mark.x - sign.x, mark.y - sign.y));
		appendStringInfoChar(svg, ')');
		if (ring->scale < 1000)
			appendStringInfo(svg, "scale(.%03d)", ring->scale);
		appendStringInfoString(svg, "\" d=\"" RETROGRADE_PATH "\"/>");
	}
	appendStringInfoString(svg, "</g>\n");
}

static void
append_ring(Wheel *wheel, const Ring *ring)
{
	StringInfo	svg = &wheel->svg;

	if (ring->n == 0)
		return;
	appendStringInfoString(svg, "<g stroke=\"currentColor\" stroke-width=\"2.2\" font-size=\"");
	append_tenths(svg, DEGREES_FONT * ring->scale / 1000);
	appendStringInfoString(svg, "\">\n<path stroke-width=\"1\" d=\"");
	for (int i = 0; i < ring->n; i++)
	{
		const RingBody *body = &ring->bodies[i];

		append_radius(wheel, body->longitude, ring->edge, ring->edge - TICK_DEPTH);
		append_point(svg, " ", point_at(wheel, body->place, ring->edge - BEND_DEPTH));
		append_point(svg, " ", point_at(wheel, body->place, ring->edge - LEADER_DEPTH));
	}
	appendStringInfoString(svg, "\"/>\n");
	for (int i = 0; i < ring->n; i++)
		append_body(wheel, ring, &ring->bodies[i]);
	appendStringInfoString(svg, "</g>\n");
}

/*
 * Aspects
 */

typedef struct Line
{
	int			cell;
	AspectNature nature;
	uint32		strength;		/* 1e-6 */
	Point		from;
	Point		to;
	bool		is_loop;
	Point		control;		/* of a loop */
	bool		has_sign;
	Point		sign;
} Line;

/* Where signs stand so far. */
typedef struct Signs
{
	int			n;
	Point	   *points;
} Signs;

/* the distance that the signs of aspects keep from each other, in tenths */
#define ASPECT_SIGN_GAP		210
#define LOOP_STEP			200

static bool
is_free(const Signs *signs, Point point)
{
	for (int i = 0; i < signs->n; i++)
	{
		int			dx = signs->points[i].x - point.x;
		int			dy = signs->points[i].y - point.y;

		if (dx * dx + dy * dy < ASPECT_SIGN_GAP * ASPECT_SIGN_GAP)
			return false;
	}
	return true;
}

/* A point of the line, by the percentage of its length. */
static Point
point_of_line(const Line *line, int percent)
{
	return make_point(line->from.x + (line->to.x - line->from.x) * percent / 100,
					  line->from.y + (line->to.y - line->from.y) * percent / 100);
}

/* The sign of a line stands near its middle, where no sign stands so far. */
static void
place_on_line(const Signs *signs, Line *line)
{
	static const int percents[] = {50, 43, 57, 36, 64, 30, 70, 24, 76};

	for (int i = 0; i < lengthof(percents) && !line->has_sign; i++)
	{
		line->sign = point_of_line(line, percents[i]);
		line->has_sign = is_free(signs, line->sign);
	}
}

/*
 * Two bodies next to each other: a loop from one to the other, as deep as it
 * must be for its sign to be free.  Its deepest point is halfway between the
 * control point and the middle of both ends.
 */
static void
place_on_loop(const Wheel *wheel, const Signs *signs, Line *line, binary_angle middle)
{
	int			depth = wheel->centre / 8;

	line->is_loop = true;
	line->control = point_at(wheel, middle, wheel->centre - 2 * depth);
	for (; depth < wheel->centre; depth += LOOP_STEP)
	{
		Point		control = point_at(wheel, middle, wheel->centre - 2 * depth);

		line->sign.x = (line->from.x + 2 * control.x + line->to.x) / 4;
		line->sign.y = (line->from.y + 2 * control.y + line->to.y) / 4;
		if (is_free(signs, line->sign))
		{
			line->has_sign = true;
			line->control = control;
			return;
		}
	}
}

static int
compare_strength(const void *a, const void *b)
{
	const Line *one = a;
	const Line *other = b;

	if (one->strength != other->strength)
		return one->strength > other->strength ? -1 : 1;
	return one->cell - other->cell;
}

/* The lines of all aspects, the strongest first. */
static Line *
find_lines(const Wheel *wheel, int *n_lines)
{
	const MatrixView *matrix = &wheel->matrix;
	Line	   *lines = palloc(matrix->n * matrix->m * sizeof(Line) + 1);
	Signs		signs = {0};
	int			n = 0;

	for (int cell = 0; cell < matrix->n * matrix->m; cell++)
	{
		uint8		code = matrix->codes[cell];
		Line	   *line;

		if (code == 0)
			continue;
		line = &lines[n++];
		memset(line, 0, sizeof(Line));
		line->cell = cell;
		line->nature = aspect_set_nature(matrix->set, code - 1);
		line->strength = cell_strength_decimal(cell_orb(matrix->deviations[cell]),
											   matrix->set->aspects[code - 1].max_orb);
	}
	qsort(lines, n, sizeof(Line), compare_strength);

	signs.points = palloc(n * sizeof(Point) + 1);
	for (int i = 0; i < n; i++)
	{
		Line	   *line = &lines[i];
		binary_angle a = wheel->rings[SIDE_A].longitudes[line->cell / matrix->m];
		binary_angle b = wheel->rings[SIDE_B].longitudes[line->cell % matrix->m];

		CHECK_FOR_INTERRUPTS();
		line->from = point_at(wheel, a, wheel->centre);
		line->to = point_at(wheel, b, wheel->centre);
		if (angle_separation(a, b) < LOOP_SEPARATION)
			place_on_loop(wheel, &signs, line, a + (int32) (b - a) / 2);
		else
			place_on_line(&signs, line);
		if (line->has_sign)
			signs.points[signs.n++] = line->sign;
	}
	*n_lines = n;
	return lines;
}

/* A stronger aspect has a thicker line. */
static void
append_line(Wheel *wheel, const Line *line)
{
	StringInfo	svg = &wheel->svg;

	appendStringInfoString(svg, "<path stroke-width=\"");
	append_tenths(svg, 8 + (int) (line->strength * INT64CONST(20) / STRENGTH_ONE));
	append_point(svg, "\" d=\"M", line->from);
	if (line->is_loop)
	{
		append_point(svg, "Q", line->control);
		append_point(svg, " ", line->to);
	}
	else
		append_point(svg, "L", line->to);
	appendStringInfoString(svg, "\"><title>");
	append_aspect_words(svg, &wheel->matrix, line->cell);
	appendStringInfoString(svg, "</title></path>\n");
}

/* Paper under the signs, so that lines do not run through them. */
static void
append_halos(Wheel *wheel, const Line *lines, int n)
{
	StringInfo	svg = &wheel->svg;

	appendStringInfoString(svg, "<path class=\"synastry-halo\" stroke=\"#fff\" "
						   "stroke-width=\"21\" d=\"");
	for (int i = 0; i < n; i++)
		if (lines[i].has_sign)
		{
			append_point(svg, "M", lines[i].sign);
			appendStringInfoString(svg, "h.1");
		}
	appendStringInfoString(svg, "\"/>\n");
}

static const char *const dashes[] = {
	[NEUTRAL] = " stroke-dasharray=\".1 4.5\"",
	[HARMONIOUS] = "",
	[CHALLENGING] = " stroke-dasharray=\"8 5\"",
};

/* Lines first, the weakest at the bottom, then signs on top of them. */
static void
append_aspects(Wheel *wheel)
{
	StringInfo	svg = &wheel->svg;
	int			n;
	Line	   *lines = find_lines(wheel, &n);

	if (n == 0)
		return;
	for (int nature = 0; nature < lengthof(dashes); nature++)
	{
		svg_begin_nature(svg, nature);
		appendStringInfo(svg, "%s>\n", dashes[nature]);
		for (int i = n - 1; i >= 0; i--)
			if (lines[i].nature == nature)
				append_line(wheel, &lines[i]);
		appendStringInfoString(svg, "</g>\n");
	}
	append_halos(wheel, lines, n);
	for (int nature = 0; nature < lengthof(dashes); nature++)
	{
		svg_begin_nature(svg, nature);
		appendStringInfoString(svg, " stroke-width=\"1.6\">\n");
		for (int i = 0; i < n; i++)
			if (lines[i].nature == nature && lines[i].has_sign)
			{
				append_aspect_sign(svg, wheel->matrix.set,
								   wheel->matrix.codes[lines[i].cell] - 1, lines[i].sign);
				appendStringInfoChar(svg, '\n');
			}
		appendStringInfoString(svg, "</g>\n");
	}
}

/* What is what, in the corners that the wheel leaves. */
static void
append_legend(Wheel *wheel)
{
	StringInfo	svg = &wheel->svg;
	static const AspectNature order[] = {HARMONIOUS, CHALLENGING, NEUTRAL};

	for (int i = 0; i < lengthof(order); i++)
	{
		int			y = 432 + 26 * i;

		svg_begin_nature(svg, order[i]);
		appendStringInfo(svg, "><path stroke-width=\"3\"%s d=\"M-492 %dH-444\"/>"
						 "<text x=\"-434\" y=\"%d\" font-size=\"22\" text-anchor=\"start\""
						 " stroke=\"none\" fill=\"currentColor\">%s</text></g>\n",
						 dashes[order[i]], y, y + 7, aspect_nature_name(order[i]));
	}
	appendStringInfoString(svg, "<g font-size=\"22\" text-anchor=\"end\" fill=\"currentColor\">"
						   "<text x=\"492\" y=\"465\">A inside</text>"
						   "<text x=\"492\" y=\"491\">B outside</text></g>\n");
}

/*
 * synastry_svg(chart, chart, aspect_set)
 */

static void
wheel_init(Wheel *wheel, const PreparedSet *prepared, const Chart *a, const Chart *b)
{
	ChartView	view;
	int			ascendant = chart_find(a, body_lookup("ascendant", 9));

	chart_view(a, &view);
	wheel->cusps = view_houses(&view);
	wheel->left = ascendant >= 0 && view_has_angles(&view) ? view.longitudes[ascendant] :
		wheel->cusps ? wheel->cusps[0] : 0;
	wheel->centre = wheel->cusps ? HOUSES_EDGE - HOUSES_DEPTH : HOUSES_EDGE;

	matrix_view(matrix_of_pair(prepared, a, b), &wheel->matrix);
	fill_ring(&wheel->rings[SIDE_A], "A", A_EDGE, a, wheel->matrix.ids[SIDE_A], wheel->matrix.n);
	fill_ring(&wheel->rings[SIDE_B], "B", B_EDGE, b, wheel->matrix.ids[SIDE_B], wheel->matrix.m);
}

/* For those who do not see it. */
static void
append_description(Wheel *wheel)
{
	int			counts[] = {0, 0, 0};

	for (int cell = 0; cell < wheel->matrix.n * wheel->matrix.m; cell++)
	{
		uint8		code = wheel->matrix.codes[cell];

		if (code > 0)
			counts[aspect_set_nature(wheel->matrix.set, code - 1)]++;
	}
	appendStringInfo(&wheel->svg,
					 "<desc>A inside: %d bodies%s. B outside: %d bodies. "
					 "Aspects: %d harmonious, %d challenging, %d neutral.</desc>\n",
					 wheel->matrix.n, wheel->cusps ? " and houses" : "", wheel->matrix.m,
					 counts[HARMONIOUS], counts[CHALLENGING], counts[NEUTRAL]);
}

Datum
synastry_svg(PG_FUNCTION_ARGS)
{
	Wheel	   *wheel = palloc0(sizeof(Wheel));

	wheel_init(wheel, prepare_set(fcinfo, 2), PG_GETARG_CHART(0), PG_GETARG_CHART(1));
	initStringInfo(&wheel->svg);
	svg_begin(&wheel->svg, -HALF_PICTURE, -HALF_PICTURE, 2 * HALF_PICTURE, 2 * HALF_PICTURE,
			  "Synastry of two charts");
	append_description(wheel);
	append_frame(wheel);
	append_aspects(wheel);
	for (Side side = SIDE_A; side <= SIDE_B; side++)
		append_ring(wheel, &wheel->rings[side]);
	append_legend(wheel);
	svg_end(&wheel->svg);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(wheel->svg.data, wheel->svg.len));
}
