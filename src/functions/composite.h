/*
 * composite.h
 *		Midpoints, and the chart of the midpoints of two charts.
 */
#ifndef SYNASTRY_COMPOSITE_H
#define SYNASTRY_COMPOSITE_H

#include "types/chart.h"

/*
 * The nearer midpoint of two longitudes, whichever comes first; half a unit is
 * rounded up.  Opposite ones have two, and the smaller longitude is taken.
 */
extern binary_angle nearer_midpoint(binary_angle a, binary_angle b);

/*
 * The bodies that both have.  Those exactly opposite get the midpoint with the
 * smaller longitude, or are left out.
 */
extern Chart *composite_of(const ChartView *a, const ChartView *b,
						   bool opposed_unknown);

#endif							/* SYNASTRY_COMPOSITE_H */
