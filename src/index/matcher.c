/*
 * matcher.c
 *		What a query is worth to the charts of an index: scores and bounds.
 *
 * Prepared once per search, in a few microseconds: most of it is the table of
 * bounds.  A score is a sum over pairs of bodies, so that the roles of the
 * sides may be exchanged: for the bounds the chart of the query is the one
 * that is compared with many.
 */
#include "postgres.h"

#include "index/matcher.h"

/* so that tables of 256 bytes begin where a cache line does */
#define LINE	64

/* 0 for bodies that do not take part */
static float
weight_of(const PreparedModel *model, int id, int query_id)
{
	return model->place[SIDE_A][id] < 0 ? 0 : prepared_weight(model, id, query_id);
}

/* Fills the row of a body; returns whether it scores. */
static bool
fill_row(const Matcher *matcher, int id, float *row)
{
	bool		any = false;

	for (int i = 0; i < matcher->query.n; i++)
	{
		row[i] = weight_of(matcher->model, id, matcher->query.ids[i]);
		any |= row[i] != 0;
	}
	return any;
}

/* What the cells of bodies lack of the largest orbs, group by group. */
static uint32 *
find_shortfalls(const Matcher *matcher, const uint16 *ids)
{
	const PreparedModel *model = matcher->model;
	int			cells = matcher->n * matcher->query.n;
	int			groups = model->table.aspects.groups;
	uint32	   *shortfalls = palloc0((groups * cells + 1) * sizeof(uint32));
	uint32	   *shortfall = shortfalls;

	for (int group = 0; group < groups; group++)
		for (int j = 0; j < matcher->n; j++)
			for (int i = 0; i < matcher->query.n; i++, shortfall++)
			{
				int			row = model->place[SIDE_A][ids[j]];
				int			column = model->place[SIDE_B][matcher->query.ids[i]];

				if (row >= 0)
					*shortfall = model->shortfalls[(group * model->n[SIDE_A] + row) *
												   model->n[SIDE_B] + column];
			}
	return shortfalls;
}

static float *
allocate_arranged(const Matcher *matcher)
{
	Size		size = arranged_size(matcher->kernel, &matcher->model->table, matcher->n,
									 matcher->query.n);

	return palloc((size + 1) * sizeof(float));
}

static void
arrange(const Matcher *matcher, const float *weights, float *arranged)
{
	arrange_cells(matcher->kernel, &matcher->model->table, weights, matcher->shortfalls,
				  matcher->n, matcher->query.n, arranged);
}

static bool
prepare_weights(Matcher *matcher, const uint16 *ids)
{
	int			cells = matcher->n * matcher->query.n;
	bool		any = false;

	matcher->weights = palloc((cells + 1) * sizeof(float));
	matcher->partial = palloc((cells + 1) * sizeof(float));
	for (int j = 0; j < matcher->n; j++)
		any |= fill_row(matcher, ids[j], matcher->weights + j * matcher->query.n);
	matcher->shortfalls = find_shortfalls(matcher, ids);
	matcher->arranged = allocate_arranged(matcher);
	matcher->arranged_partial = allocate_arranged(matcher);
	arrange(matcher, matcher->weights, matcher->arranged);
	return any;
}

static BoundTable *
allocate_table(void)
{
	const Size	offset = offsetof(BoundTable, worth);
	char	   *memory = palloc(sizeof(BoundTable) + LINE);

	return (BoundTable *) (TYPEALIGN(LINE, memory + offset) - offset);
}

static void
prepare_bounds(Matcher *matcher, const SearchModel *model)
{
	const Selection *query = &matcher->query;
	int			n = matcher->n;
	float	   *transposed = palloc((n * query->n + 1) * sizeof(float));

	for (int j = 0; j < n; j++)
		for (int i = 0; i < query->n; i++)
			transposed[i * n + j] = matcher->weights[j * query->n + i];
	matcher->table = allocate_table();
	bound_table_prepare(matcher->kernel, matcher->table, &model->shape, query->longitudes,
						query->n, transposed, n);
	matcher->maxima = palloc(bound_maxima_size(n));
	bound_maxima_prepare(matcher->maxima, matcher->table);
}

/* the most that a body may add, wherever it stands; nothing if it is missing */
static int64
most_of_body(const Matcher *matcher, const SearchModel *model, const float *row,
			 BoundTable *table)
{
	int64		most;
	uint8		worth = 0;

	bound_table_prepare(matcher->kernel, table, &model->shape, matcher->query.longitudes,
						matcher->query.n, row, 1);
	for (int code = 0; code < BOUND_CODES; code++)
		worth = Max(worth, table->worth[0][code]);
	most = table->base + table->unit * worth;
	return Max(most, 0);
}

/* bodies that the model weighs, but the index does not hold */
static void
prepare_outside(Matcher *matcher, const SearchModel *model, const uint16 *ids)
{
	float		row[MAX_BODIES];
	BoundTable *table = NULL;

	matcher->inexact = false;
	matcher->most_outside = 0;
	for (int id = 0, j = 0; id < BODY_IDS; id++)
	{
		if (j < matcher->n && ids[j] == id)
		{
			j++;
			continue;
		}
		if (matcher->model->place[SIDE_A][id] < 0 || !fill_row(matcher, id, row))
			continue;
		if (table == NULL)
			table = allocate_table();
		matcher->inexact = true;
		matcher->most_outside += most_of_body(matcher, model, row, table);
	}
}

void
matcher_prepare(Matcher *matcher, const SearchModel *model, const Chart *query,
				const uint16 *ids, int n)
{
	bool		any;

	matcher->kernel = current_kernel;
	matcher->model = model->prepared;
	matcher->n = n;
	select_for_model(matcher->model, SIDE_B, query, &matcher->query);
	any = prepare_weights(matcher, ids);
	prepare_bounds(matcher, model);
	prepare_outside(matcher, model, ids);
	matcher->scores_complete = any || matcher->inexact;

	/* no body is present: nothing is arranged for that */
	matcher->present = 0;
	matcher->scores_partial = matcher->inexact;
	memset(matcher->partial, 0, n * matcher->query.n * sizeof(float));
	arrange(matcher, matcher->partial, matcher->arranged_partial);
}

/* Bodies that a chart does not have get weights of 0. */
static void
arrange_partial(Matcher *matcher, uint32 present)
{
	int			columns = matcher->query.n;
	bool		any = false;

	for (int j = 0; j < matcher->n; j++)
	{
		bool		has = (present >> j & 1) != 0;

		for (int i = j * columns; i < (j + 1) * columns; i++)
		{
			matcher->partial[i] = has ? matcher->weights[i] : 0;
			any |= matcher->partial[i] != 0;
		}
	}
	arrange(matcher, matcher->partial, matcher->arranged_partial);
	matcher->present = present;
	matcher->scores_partial = any || matcher->inexact;
}

/* charts that lack bodies mostly lack the same ones */
bool
matcher_scores_partial(Matcher *matcher, uint32 present)
{
	if (present != matcher->present)
		arrange_partial(matcher, present);
	return matcher->scores_partial;
}

int64
matcher_score_partial(Matcher *matcher, const binary_angle *row, uint32 present)
{
	if (present != matcher->present)
		arrange_partial(matcher, present);
	return matcher->kernel->score(&matcher->model->table, row, matcher->n,
								  matcher->query.longitudes, matcher->query.n,
								  matcher->arranged_partial);
}
