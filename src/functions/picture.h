/*
 * picture.h
 *		What the pictures have in common: signs drawn as strokes, colours,
 *		numbers in SVG.
 *
 * A picture is SVG 1.1 in ASCII, so that it is the same in every encoding, and
 * made of integers, so that it is the same on every machine.  Nothing in it
 * depends on fonts but digits and abbreviations.  The text in it is names of
 * the registries and of aspects, which are letters, digits and underscores:
 * nothing has to be escaped.
 */
#ifndef SYNASTRY_PICTURE_H
#define SYNASTRY_PICTURE_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "types/aspect_matrix.h"

/* Coordinates are tenths of a unit of the picture, y downwards. */
typedef struct Point
{
	int			x;
	int			y;
} Point;

static inline Point
make_point(int x, int y)
{
	Point		point = {x, y};

	return point;
}

/* bodies and signs of the zodiac are drawn within this, in units */
#define SIGN_SIZE			32
/* aspects within this */
#define ASPECT_SIGN_SIZE	16

#define DEGREE_SIGN			"&#176;"

/*
 * The root element with its style; the viewBox is in whole units.  Ink is
 * currentColor: dark on light paper, light on dark paper where the reader
 * prefers a dark scheme.
 */
extern void svg_begin(StringInfo svg, int x, int y, int width, int height,
					  const char *title);
extern void svg_end(StringInfo svg);

/* opens a group in the colour of a nature */
extern void svg_begin_nature(StringInfo svg, AspectNature nature);

/* -12.3 */
extern void append_tenths(StringInfo svg, int tenths);

/* a command of a path, or of a transformation, with its point: M-12.3 4 */
extern void append_point(StringInfo svg, const char *command, Point point);

/* a name of a registry as words: "true node" */
extern void append_words(StringInfo svg, const char *name);

/* 2 degrees 03' of whole minutes */
extern void append_minutes(StringInfo svg, int minutes);

/* "sun trine moon 2 degrees 03'" */
extern void append_aspect_words(StringInfo svg, const MatrixView *view, int cell);

/*
 * Signs about the origin of the coordinates; scale in 1/1000.  The text of an
 * abbreviation stands for a body or an aspect that has no drawing.
 */
extern void append_zodiac_sign(StringInfo svg, int sign, Point at);
extern void append_body_sign(StringInfo svg, int id, int scale);
extern void append_aspect_sign(StringInfo svg, const AspectSet *set, int i, Point at);

/* a path of a body that stands beside one that moves backwards */
#define RETROGRADE_PATH	"M-4 6V-6H0C5-6 5 0 0 0H-4M0 0L5 6M1 6L5 1"

/*
 * The orb of a cell in whole minutes, which are cut off like those of a clock.
 * In integers: 2.05 degrees are 2 degrees 3 minutes, 2.05 * 60 is below 123.
 */
static inline int
cell_orb_minutes(int32 deviation)
{
	return (int) (arc_to_decimal(cell_orb(deviation)) * UINT64CONST(60) / 1000000);
}

/* picture_ring.c: bodies side by side on a ring */
extern int	ring_spread(const binary_angle *longitudes, int n, int width, int radius,
						binary_angle *places);

/* the angle that a width has on a circle; both in tenths, the scale in 1/1000 */
extern binary_angle ring_angle(int width, int radius, int scale);

#endif							/* SYNASTRY_PICTURE_H */
