/*
 * aspect_matrix.h
 *		The aspect matrix: its layout.
 *
 * The layout is described in README.md.
 */
#ifndef SYNASTRY_ASPECT_MATRIX_H
#define SYNASTRY_ASPECT_MATRIX_H

#include "postgres.h"

#include "types/aspect_set.h"

#define ASPECT_MATRIX_VERSION	1

typedef struct AspectMatrix
{
	int32		vl_len_;
	uint8		version;
	uint8		n;				/* rows: bodies of side A */
	uint8		m;				/* columns: bodies of side B */
	uint8		reserved;
	uint32		set_size;
	char		set[FLEXIBLE_ARRAY_MEMBER];
	/* then ids of A and of B, deviations, codes: see MatrixView */
} AspectMatrix;

#define DatumGetAspectMatrix(datum)	((const AspectMatrix *) PG_DETOAST_DATUM(datum))
#define PG_GETARG_ASPECT_MATRIX(n)	DatumGetAspectMatrix(PG_GETARG_DATUM(n))

/* Where everything is. */
typedef struct MatrixView
{
	int			n;
	int			m;
	const AspectSet *set;
	uint16	   *ids[2];			/* n of side A, then m of side B */
	int32	   *deviations;		/* n x m */
	uint8	   *codes;			/* n x m */
} MatrixView;

extern void matrix_view(const AspectMatrix *matrix, MatrixView *view);

/* a matrix of this shape with its set; the rest is for the caller to fill */
extern AspectMatrix *matrix_allocate(const AspectSet *set, int n, int m,
									 MatrixView *view);

/* one with the set and the bodies of another; the cells are for the caller */
extern AspectMatrix *matrix_allocate_like(const AspectMatrix *other,
										  MatrixView *view);

/*
 * Could aspect_matrix() have made this?  If not, an error of this SQLSTATE.
 */
extern bool matrix_check(const MatrixView *view, int sqlstate, Node *escontext);

/* the orb and the separation of a cell that has an aspect */
static inline binary_angle
cell_orb(int32 deviation)
{
	return deviation < 0 ? -(uint32) deviation : (uint32) deviation;
}

static inline binary_angle
cell_separation(const AspectSet *set, uint8 code, int32 deviation)
{
	return set->aspects[code - 1].angle + (uint32) deviation;
}

/*
 * 1 - orb / max_orb, 0 .. 1, rounded to 6 decimals; 1 if max_orb is 0.  The
 * same as an integer, in units of 1e-6.
 */
#define STRENGTH_PLACES	6
#define STRENGTH_ONE	1000000
extern double cell_strength(binary_angle orb, binary_angle max_orb);
extern uint32 cell_strength_decimal(binary_angle orb, binary_angle max_orb);

#endif							/* SYNASTRY_ASPECT_MATRIX_H */
