/*
 * composite.h
 *		Midpoints, and the chart of the midpoints of two charts.
 */
#ifndef SYNASTRY_COMPOSITE_H
#define SYNASTRY_COMPOSITE_H

#include "types/chart.h"

/* the share of the second chart, of 2^32 */
#define WHOLE_SHARE		(UINT64_C(1) << 32)
#define HALF_SHARE		(UINT64_C(1) << 31)

/*
 * The cusp that lies on the shorter arc between both; the others follow it, so
 * that they ascend.  With none each lies on its own shorter arc, in order or
 * not.
 */
typedef enum CompositeAnchor
{
	ANCHOR_MIDHEAVEN,
	ANCHOR_ASCENDANT,
	ANCHOR_NONE
} CompositeAnchor;

typedef struct CompositeOptions
{
	uint64		share;
	CompositeAnchor anchor;
	bool		opposed_unknown;	/* else of two points the smaller
									 * longitude */
} CompositeOptions;

/* what composite(a, b) does */
static const CompositeOptions default_composite = {
	HALF_SHARE, ANCHOR_MIDHEAVEN, false
};

/*
 * The bodies that both have, and if both have cusps, these.  Those exactly
 * opposite get the point with the smaller longitude, or are left out.
 */
extern Chart *composite_of(const ChartView *a, const ChartView *b,
						   const CompositeOptions *options);

/*
 * The nearer midpoint of two longitudes, whichever comes first; half a unit is
 * rounded up.  Opposite ones have two, and the smaller longitude is taken.
 */
extern binary_angle nearer_midpoint(binary_angle a, binary_angle b);

#endif							/* SYNASTRY_COMPOSITE_H */
