/*
 * composite.h
 *		The chart of the midpoints of two charts.
 */
#ifndef SYNASTRY_COMPOSITE_H
#define SYNASTRY_COMPOSITE_H

#include "types/chart.h"

/*
 * The bodies that both have.  Those exactly opposite get the midpoint with the
 * smaller longitude, or are left out.
 */
extern Chart *composite_of(const ChartView *a, const ChartView *b,
						   bool opposed_unknown);

#endif							/* SYNASTRY_COMPOSITE_H */
