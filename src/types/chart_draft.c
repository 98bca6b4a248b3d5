/*
 * chart_draft.c
 *		A chart that is put together row by row.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "types/chart_draft.h"

/* room at first: planets, nodes, angles and some more */
#define FIRST_CAPACITY	24

static void
make_room(DraftBodies *draft, MemoryContext context)
{
	int			capacity = draft->capacity == 0 ? FIRST_CAPACITY : 2 * draft->capacity;
	uint16	   *ids = MemoryContextAlloc(context, capacity * sizeof(uint16));
	ChartBody  *bodies = MemoryContextAlloc(context, capacity * sizeof(ChartBody));

	if (draft->n > 0)
	{
		memcpy(ids, draft->ids, draft->n * sizeof(uint16));
		memcpy(bodies, draft->bodies, draft->n * sizeof(ChartBody));
		pfree(draft->ids);
		pfree(draft->bodies);
	}
	draft->ids = ids;
	draft->bodies = bodies;
	draft->capacity = capacity;
}

/* A body that is there already: the builder knows how two are merged. */
static void
merge_body(ChartBody *known, int id, const ChartBody *body)
{
	ChartBuilder builder;

	chart_builder_init(&builder);
	(void) chart_builder_add(&builder, id, known, NULL);
	(void) chart_builder_add(&builder, id, body, NULL);
	*known = builder.bodies[id];
}

void
draft_add(DraftBodies *draft, int id, const ChartBody *body,
		  MemoryContext context)
{
	for (int i = 0; i < draft->n; i++)
		if (draft->ids[i] == id)
		{
			merge_body(&draft->bodies[i], id, body);
			return;
		}
	if (draft->n == MAX_BODIES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("chart has too many bodies"),
				 errdetail("At most %d are allowed.", MAX_BODIES)));
	if (draft->n == draft->capacity)
		make_room(draft, context);
	draft->ids[draft->n] = id;
	draft->bodies[draft->n] = *body;
	draft->n++;
}

void
draft_add_chart(DraftBodies *draft, const Chart *chart, MemoryContext context)
{
	ChartView	view;

	chart_view(chart, &view);
	if (view.cusps != NULL || view.uncertainty != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the state of an aggregate of positions has no house cusps and no uncertainty")));
	for (int i = 0; i < view.n; i++)
	{
		ChartBody	body = {
			view.longitudes[i],
			view.speeds ? view.speeds[i] : UNKNOWN,
			view.declinations ? view.declinations[i] : UNKNOWN
		};

		draft_add(draft, view.ids[i], &body, context);
	}
}

Chart *
draft_to_chart(const DraftBodies *draft)
{
	ChartBuilder builder;

	chart_builder_init(&builder);
	for (int i = 0; i < draft->n; i++)
		(void) chart_builder_add(&builder, draft->ids[i], &draft->bodies[i], NULL);
	return chart_builder_finish(&builder, NULL);
}

/*
 * The expanded form of a chart
 */

static Size
get_flat_size(ExpandedObjectHeader * header)
{
	ChartDraft *draft = (ChartDraft *) header;

	if (draft->flat == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(header->eoh_context);

		draft->flat = draft_to_chart(&draft->content);
		MemoryContextSwitchTo(caller);
	}
	return VARSIZE(draft->flat);
}

static void
flatten_into(ExpandedObjectHeader * header, void *result, Size allocated_size)
{
	ChartDraft *draft = (ChartDraft *) header;

	/* made by get_flat_size() */
	Assert(draft->flat != NULL && VARSIZE(draft->flat) == allocated_size);
	memcpy(result, draft->flat, allocated_size);
}

static const ExpandedObjectMethods draft_methods = {get_flat_size, flatten_into};

ChartDraft *
chart_draft_begin(MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "synastry chart draft",
												  ALLOCSET_SMALL_SIZES);
	ChartDraft *draft = MemoryContextAllocZero(context, sizeof(ChartDraft));

	EOH_init_header(&draft->header, &draft_methods, context);
	return draft;
}

ChartDraft *
chart_draft_for_update(Datum datum, MemoryContext parent)
{
	ChartDraft *draft;

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)))
	{
		draft = (ChartDraft *) DatumGetEOHP(datum);
		if (draft->header.eoh_methods == &draft_methods)
		{
			if (draft->flat != NULL)
			{
				pfree(draft->flat);
				draft->flat = NULL;
			}
			return draft;
		}
	}
	draft = chart_draft_begin(parent);
	draft_add_chart(&draft->content, DatumGetChart(datum), draft->header.eoh_context);
	return draft;
}
