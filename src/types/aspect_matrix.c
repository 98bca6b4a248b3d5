/*
 * aspect_matrix.c
 *		The aspect matrix: layout, binary form, casts.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "types/aspect_matrix.h"
#include "types/jsonb_writer.h"
#include "types/orbs.h"

PG_FUNCTION_INFO_V1(aspect_matrix_recv);
PG_FUNCTION_INFO_V1(aspect_matrix_send);
PG_FUNCTION_INFO_V1(aspect_matrix_codes);
PG_FUNCTION_INFO_V1(aspect_matrix_to_jsonb);
PG_FUNCTION_INFO_V1(aspect_matrix_transpose);

/* bytes before the embedded set */
#define MATRIX_HEADER	offsetof(AspectMatrix, set)

void
matrix_view(const AspectMatrix *matrix, MatrixView *view)
{
	char	   *next = (char *) matrix + MATRIX_HEADER + INTALIGN(matrix->set_size);

	view->n = matrix->n;
	view->m = matrix->m;
	view->set = (const AspectSet *) matrix->set;
	view->ids[SIDE_A] = (uint16 *) next;
	view->ids[SIDE_B] = view->ids[SIDE_A] + view->n;
	next += INTALIGN((view->n + view->m) * sizeof(uint16));
	view->deviations = (int32 *) next;
	view->codes = (uint8 *) (view->deviations + view->n * view->m);
}

/* Everything before the deviations. */
static inline Size
head_size(Size set_size, int n, int m)
{
	return MATRIX_HEADER + INTALIGN(set_size) + INTALIGN((n + m) * sizeof(uint16));
}

AspectMatrix *
matrix_allocate(const AspectSet *set, int n, int m, MatrixView *view)
{
	Size		head = head_size(VARSIZE(set), n, m);
	Size		size = head + n * m * (sizeof(int32) + sizeof(uint8));
	AspectMatrix *matrix = palloc(size);

	memset(matrix, 0, head);
	SET_VARSIZE(matrix, size);
	matrix->version = ASPECT_MATRIX_VERSION;
	matrix->n = n;
	matrix->m = m;
	matrix->set_size = VARSIZE(set);
	memcpy(matrix->set, set, VARSIZE(set));
	matrix_view(matrix, view);
	return matrix;
}

AspectMatrix *
matrix_allocate_like(const AspectMatrix *other, MatrixView *view)
{
	AspectMatrix *matrix = palloc(VARSIZE(other));

	memcpy(matrix, other, head_size(other->set_size, other->n, other->m));
	matrix_view(matrix, view);
	return matrix;
}

uint32
cell_strength_decimal(binary_angle orb, binary_angle max_orb)
{
	uint64		rest;

	if (max_orb == 0)
		return STRENGTH_ONE;
	if (orb >= max_orb)
		return 0;
	rest = max_orb - orb;
	return (rest * 2 * STRENGTH_ONE + max_orb) / (2 * (uint64) max_orb);
}

double
cell_strength(binary_angle orb, binary_angle max_orb)
{
	return (double) cell_strength_decimal(orb, max_orb) / STRENGTH_ONE;
}

/*
 * Is this a matrix that aspect_matrix() could have made?  Where there is an
 * aspect the separation is known, and the set must give the same answer for
 * it.
 */

/* Ids ascending, known, and among those that the set lets take part. */
static const char *
check_ids(const MatrixView *view, Side side, int n)
{
	const uint16 *ids = view->ids[side];
	const uint16 *listed = aspect_set_bodies(view->set, side);

	for (int i = 0; i < n; i++)
	{
		if (!body_exists(ids[i]))
			return "A body is not in the registry.";
		if (i > 0 && ids[i] <= ids[i - 1])
			return "The bodies of a side are not in the order of the registry.";
		if (listed != NULL)
		{
			int			k = 0;

			while (k < view->set->n_bodies[side] && listed[k] != ids[i])
				k++;
			if (k == view->set->n_bodies[side])
				return "A body does not take part in the aspect set.";
		}
	}
	return NULL;
}

/* The table of a single cell, where orbs depend on its bodies. */
static void
prepare_cell(const MatrixView *view, const OrbLimits *limits, int cell, AspectTable *table)
{
	AspectRule	rules[MAX_ASPECTS];
	int			n = aspect_set_rules(view->set, rules);
	int			id_a = view->ids[SIDE_A][cell / view->m];
	int			id_b = view->ids[SIDE_B][cell % view->m];
	int			known = 0;

	for (int i = 0; i < n; i++)
	{
		int			k = rules[i].code - 1;

		rules[known] = rules[i];
		rules[known].max_orb = orb_limit(limits, id_a, id_b, k);
		known += rules[known].max_orb != NO_ASPECT && orb_allowed(limits, id_a, id_b, k);
	}
	aspect_table_prepare(table, rules, known, aspect_set_options(view->set));
}

static const char *
check_cells(const MatrixView *view)
{
	AspectRule	rules[MAX_ASPECTS];
	AspectTable table;
	int			n_rules = aspect_set_rules(view->set, rules);
	const OrbLimits *limits = orb_limits_create(view->set);

	aspect_table_prepare(&table, rules, n_rules, aspect_set_options(view->set));
	for (int i = 0; i < view->n * view->m; i++)
	{
		uint8		code = view->codes[i];
		int32		deviation = view->deviations[i];
		binary_angle separation;
		binary_angle zero = 0;
		uint8		code_found;
		int32		deviation_found;

		if (code == 0)
		{
			if (deviation != 0)
				return "A cell without aspect has a deviation.";
			continue;
		}
		if (code > view->set->n)
			return "A code is not that of an aspect of the set.";
		separation = cell_separation(view->set, code, deviation);
		if (separation > HALF_TURN)
			return "A separation is beyond 180 degrees.";
		if (limits != NULL)
			prepare_cell(view, limits, i, &table);
		kernel_by_name("scalar")->matrix(&table, &separation, 1, &zero, 1,
										 &code_found, &deviation_found);
		if (code_found != code)
			return "A deviation is not within the orb of its aspect.";
	}
	return NULL;
}

bool
matrix_check(const MatrixView *view, int sqlstate, Node *escontext)
{
	const char *fault = check_ids(view, SIDE_A, view->n);

	if (fault == NULL)
		fault = check_ids(view, SIDE_B, view->m);
	if (fault == NULL)
		fault = check_cells(view);
	if (fault == NULL)
		return true;
	ereturn(escontext, false,
			(errcode(sqlstate),
			 errmsg("invalid aspect matrix"),
			 errdetail("%s", fault)));
}

/*
 * Binary form: version, n, m, a reserved byte; the ids of both sides; codes;
 * deviations; the set as its text.
 */
Datum
aspect_matrix_send(PG_FUNCTION_ARGS)
{
	MatrixView	view;
	StringInfoData text;
	StringInfoData message;

	matrix_view(PG_GETARG_ASPECT_MATRIX(0), &view);
	initStringInfo(&text);
	aspect_set_to_text(view.set, &text);

	pq_begintypsend(&message);
	pq_sendint8(&message, ASPECT_MATRIX_VERSION);
	pq_sendint8(&message, view.n);
	pq_sendint8(&message, view.m);
	pq_sendint8(&message, 0);
	for (int i = 0; i < view.n + view.m; i++)
		pq_sendint16(&message, view.ids[SIDE_A][i]);
	pq_sendbytes(&message, (char *) view.codes, view.n * view.m);
	for (int i = 0; i < view.n * view.m; i++)
		pq_sendint32(&message, view.deviations[i]);
	pq_sendtext(&message, text.data, text.len);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/* The set, which follows the cells. */
static AspectSet *
receive_set(const StringInfo message, int cells_size)
{
	StringInfoData rest = *message;
	char	   *text;
	int			length;

	(void) pq_getmsgbytes(&rest, cells_size);
	text = pq_getmsgtext(&rest, rest.len - rest.cursor, &length);
	return aspect_set_from_text(text, length, NULL);
}

Datum
aspect_matrix_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(message);
	int			n = pq_getmsgbyte(message);
	int			m = pq_getmsgbyte(message);
	int			reserved = pq_getmsgbyte(message);
	AspectSet  *set;
	AspectMatrix *matrix;
	MatrixView	view;

	if (version != ASPECT_MATRIX_VERSION || reserved != 0 ||
		n > MAX_BODIES || m > MAX_BODIES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of an aspect matrix"),
				 errdetail("The header is not that of version %d.",
						   ASPECT_MATRIX_VERSION)));

	set = receive_set(message, (n + m) * sizeof(uint16) +
					  n * m * (sizeof(uint8) + sizeof(int32)));
	matrix = matrix_allocate(set, n, m, &view);
	for (int i = 0; i < n + m; i++)
		view.ids[SIDE_A][i] = pq_getmsgint(message, 2);
	pq_copymsgbytes(message, (char *) view.codes, n * m);
	for (int i = 0; i < n * m; i++)
		view.deviations[i] = (int32) pq_getmsgint(message, 4);
	message->cursor = message->len; /* receive_set() read the rest */
	(void) matrix_check(&view, ERRCODE_INVALID_BINARY_REPRESENTATION, NULL);
	PG_RETURN_POINTER(matrix);
}

/* aspect_matrix -> int[]: the codes, n x m */
Datum
aspect_matrix_codes(PG_FUNCTION_ARGS)
{
	MatrixView	view;
	Datum	   *codes;
	int			dimensions[2];
	int			lower_bounds[2] = {1, 1};

	matrix_view(PG_GETARG_ASPECT_MATRIX(0), &view);
	if (view.n == 0 || view.m == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(INT4OID));

	codes = palloc(view.n * view.m * sizeof(Datum));
	for (int i = 0; i < view.n * view.m; i++)
		codes[i] = Int32GetDatum(view.codes[i]);
	dimensions[0] = view.n;
	dimensions[1] = view.m;
	PG_RETURN_ARRAYTYPE_P(construct_md_array(codes, NULL, 2, dimensions,
											 lower_bounds, INT4OID,
											 sizeof(int32), true, TYPALIGN_INT));
}

/* transpose(aspect_matrix): the same with A and B exchanged */
Datum
aspect_matrix_transpose(PG_FUNCTION_ARGS)
{
	MatrixView	view;
	MatrixView	result;
	AspectMatrix *matrix;

	matrix_view(PG_GETARG_ASPECT_MATRIX(0), &view);
	matrix = matrix_allocate(aspect_set_transpose(view.set), view.m, view.n,
							 &result);
	memcpy(result.ids[SIDE_A], view.ids[SIDE_B], view.m * sizeof(uint16));
	memcpy(result.ids[SIDE_B], view.ids[SIDE_A], view.n * sizeof(uint16));
	for (int i = 0; i < view.n; i++)
		for (int j = 0; j < view.m; j++)
		{
			result.codes[j * view.n + i] = view.codes[i * view.m + j];
			result.deviations[j * view.n + i] = view.deviations[i * view.m + j];
		}
	PG_RETURN_POINTER(matrix);
}

/*
 * aspect_matrix -> jsonb, for people and front ends: {"a": names, "b": names,
 * "aspects": the set, "cells": n rows of m times null or {aspect, orb, nature}}
 */

static void
write_names(JsonbWriter *writer, const uint16 *ids, int n)
{
	jsonb_begin_array(writer, n);
	for (int i = 0; i < n; i++)
		jsonb_write_string(writer, body_name(ids[i]));
	jsonb_end(writer);
}

static void
write_cell(JsonbWriter *writer, const AspectSet *set, uint8 code, int32 deviation)
{
	static JsonbKeys keys = JSONB_KEYS("orb", "aspect", "nature");

	if (code == 0)
	{
		jsonb_write_null(writer);
		return;
	}
	jsonb_begin_object(writer, &keys);
	jsonb_write_decimal(writer, arc_to_decimal(cell_orb(deviation)), ARC_PLACES);
	jsonb_write_string(writer, aspect_set_name(set, code - 1));
	jsonb_write_string(writer, aspect_nature_name(aspect_set_nature(set, code - 1)));
	jsonb_end(writer);
}

Datum
aspect_matrix_to_jsonb(PG_FUNCTION_ARGS)
{
	static JsonbKeys keys = JSONB_KEYS("a", "b", "cells", "aspects");
	MatrixView	view;
	StringInfoData set_text;
	JsonbWriter writer;

	matrix_view(PG_GETARG_ASPECT_MATRIX(0), &view);
	initStringInfo(&set_text);
	aspect_set_to_text(view.set, &set_text);

	jsonb_writer_init(&writer, 1024 + 32 * view.n * view.m);
	jsonb_begin_object(&writer, &keys);
	write_names(&writer, view.ids[SIDE_A], view.n);
	write_names(&writer, view.ids[SIDE_B], view.m);
	jsonb_begin_array(&writer, view.n);
	for (int i = 0; i < view.n; i++)
	{
		jsonb_begin_array(&writer, view.m);
		for (int j = 0; j < view.m; j++)
			write_cell(&writer, view.set, view.codes[i * view.m + j],
					   view.deviations[i * view.m + j]);
		jsonb_end(&writer);
	}
	jsonb_end(&writer);
	jsonb_write_string(&writer, set_text.data);
	jsonb_end(&writer);
	PG_RETURN_JSONB_P(jsonb_writer_finish(&writer));
}
