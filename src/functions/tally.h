/*
 * tally.h
 *		Counting the aspects of pairs of charts.
 */
#ifndef SYNASTRY_TALLY_H
#define SYNASTRY_TALLY_H

#include "postgres.h"

#include "functions/prepared.h"
#include "types/aspect_tally.h"

/* counts one pair; the set is that of the state */
extern void tally_count(TallyState *state, const PreparedSet *prepared,
						const Chart *chart_a, const Chart *chart_b);

#endif							/* SYNASTRY_TALLY_H */
