/*
 * prepared.h
 *		Arguments that are prepared once and used for many rows.
 *
 * The tables that the kernels read are made from an aspect set or a score
 * model in a microsecond or so, and kept in fn_extra.  An argument that is a
 * constant of the query is prepared at the first call and never looked at
 * again.  Any other argument, a Param too, may change from call to call (a
 * plpgsql variable does, in the same FmgrInfo), so its bytes are compared with
 * those that were prepared.  A function may have several arguments prepared.
 */
#ifndef SYNASTRY_PREPARED_H
#define SYNASTRY_PREPARED_H

#include "postgres.h"

#include "fmgr.h"

#include "synastry.h"
#include "types/aspect_matrix.h"
#include "types/chart.h"
#include "types/orbs.h"
#include "types/score_model.h"
#include "types/score_query.h"

typedef struct PreparedSet
{
	const AspectSet *set;
	uint64		serial;			/* no other prepared set has this number */
	AspectTable table;

	/* orbs by body; NULL if the set has none.  Shortfalls go by classes */
	const OrbLimits *limits;
	uint32	   *shortfalls;		/* groups x classes x classes */

	/* the same for the ten planets alone: often fewer groups, or none */
	const AspectTable *planet_table;
	uint32	   *planet_shortfalls;

	/* who takes part on each side; only looked at if the side has a list */
	bool		listed[2];
	bool		takes_part[2][BODY_IDS];

	/* for two charts of just the planets: all of the result but the cells */
	AspectMatrix *planets;		/* NULL if a side has a list */
} PreparedSet;

typedef struct PreparedModel
{
	const ScoreModel *value;
	const AspectSet *set;
	ScoreTable	table;

	/* row (side A) or column (side B) of a body in weights, -1: none */
	int			n[2];
	int16		place[2][BODY_IDS];
	float	   *weights;		/* n[SIDE_A] x n[SIDE_B] */

	/*
	 * Orbs by body; NULL if the set has none.  The table may have groups
	 * then, and cells lack groups x n[SIDE_A] x n[SIDE_B]: arrange_cells()
	 * wants those of its cells, from model_cells().
	 */
	const OrbLimits *limits;
	uint32	   *shortfalls;

	/*
	 * If just the ten planets score on both sides, and every pair of charts
	 * that have them has a term: their weights as the kernel wants them.
	 */
	bool		planets;
	const Kernel *kernel;		/* that arranged was made for */
	float	   *arranged;
} PreparedModel;

/* the argument is an aspect_set */
extern const PreparedSet *prepare_set(FunctionCallInfo fcinfo, int argno);

/* the default set, "synastry", for aggregates without that argument */
extern const PreparedSet *prepare_default_set(FunctionCallInfo fcinfo);

/* this set, in the current memory context and for as long as the set lives */
extern const PreparedSet *prepare_set_once(const AspectSet *set);

/*
 * conjunction, sextile, square, trine and opposition within an orb (degrees),
 * which is or stands for an argument
 */
extern const PreparedSet *prepare_majors(FunctionCallInfo fcinfo, int argno,
										 float8 orb);

/* the argument is a score_model */
extern PreparedModel *prepare_model(FunctionCallInfo fcinfo, int argno);

/* this model, in the current memory context and for as long as the model lives */
extern PreparedModel *prepare_model_once(const ScoreModel *model);

/* the argument is a score_query; its chart is returned too */
extern PreparedModel *prepare_query(FunctionCallInfo fcinfo, int argno,
									const Chart **chart);

/* a model by its name */
extern const ScoreModel *preset_model(const char *name);

/* the same prepared, always the same in one function: "personal" for <~> */
extern PreparedModel *prepare_preset_model(FunctionCallInfo fcinfo,
										   const char *name);

/*
 * A table for all combinations of some bodies with orbs of their own, in the
 * current memory context; returns what the cells lack.  either_way: it is
 * enough that one of them casts on the other.
 */
extern uint32 *prepare_combinations(AspectTable *table, const AspectSet *set,
									const OrbLimits *limits, const uint16 *ids,
									int n_ids, bool either_way);

/* selection.c: the bodies of one chart that take part, packed */
typedef struct Selection
{
	int			n;
	const binary_angle *longitudes;
	const uint16 *ids;
	binary_angle selected_longitudes[MAX_BODIES];
	uint16		selected_ids[MAX_BODIES];
} Selection;

extern void select_all(const Chart *chart, Selection *selection);
extern void select_for_set(const PreparedSet *prepared, Side side,
						   const Chart *chart, Selection *selection);
extern void select_for_model(const PreparedModel *prepared, Side side,
							 const Chart *chart, Selection *selection);

/*
 * The aspects between two selections, row by row: what current_kernel->matrix()
 * does when all cells have the same limits.
 */
extern void find_cells(const PreparedSet *prepared, const Selection *a,
					   const Selection *b, uint8 *codes, int32 *deviations);
extern void find_model_cells(const PreparedModel *prepared, const Selection *a,
							 const Selection *b, uint8 *codes, int32 *deviations);

/* inside one chart, where a body casts on another or that on this */
extern void find_natal_cells(const PreparedSet *prepared, const Selection *all,
							 uint8 *codes, int32 *deviations);

/*
 * Of a model the cells of some rows and columns, as arrange_cells() takes them:
 * n x m weights, and groups x n x m shortfalls (not looked at, and may be
 * NULL, without groups).  Returns whether any makes a term.
 */
extern bool model_cells(const PreparedModel *prepared, const uint8 *rows, int n,
						const uint8 *columns, int m,
						float *weights, uint32 *shortfalls);

/* aspects.c: the matrix of a pair, by any set */
extern AspectMatrix *matrix_of_pair(const PreparedSet *prepared,
									const Chart *chart_a, const Chart *chart_b);

static inline float
prepared_weight(const PreparedModel *prepared, int id_a, int id_b)
{
	return prepared->weights[prepared->place[SIDE_A][id_a] * prepared->n[SIDE_B] +
							 prepared->place[SIDE_B][id_b]];
}

#endif							/* SYNASTRY_PREPARED_H */
