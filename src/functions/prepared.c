/*
 * prepared.c
 *		Arguments that are prepared once and used for many rows.
 */
#include "postgres.h"

#include "nodes/nodeFuncs.h"
#include "utils/memutils.h"

#include "functions/prepared.h"

/* instead of the number of an argument: no argument is behind it */
#define NO_ARGUMENT		(-1)

/* What fn_extra points to: a list of what is prepared, most often of one. */
typedef struct Cached
{
	struct Cached *next;
	MemoryContext context;		/* holds this and all that is prepared */
	int			argno;			/* whose it is, or NO_ARGUMENT */
	bool		constant;		/* the argument cannot change */
	struct varlena *argument;	/* a copy */
	void	   *prepared;
} Cached;

/* Is this argument a constant of the query?  A Param is not. */
static bool
is_constant(FmgrInfo *flinfo, int argno)
{
	Node	   *expression = flinfo ? flinfo->fn_expr : NULL;
	List	   *arguments;

	if (expression == NULL)
		return false;
	if (IsA(expression, FuncExpr))
		arguments = ((FuncExpr *) expression)->args;
	else if (IsA(expression, OpExpr))
		arguments = ((OpExpr *) expression)->args;
	else
		return false;
	return argno < list_length(arguments) && IsA(list_nth(arguments, argno), Const);
}

typedef void *(*PrepareFunction) (const struct varlena *argument);

/* What was prepared for an argument, NULL if nothing was. */
static inline Cached *
find_cached(FunctionCallInfo fcinfo, int argno)
{
	Cached	   *cached = fcinfo->flinfo ? fcinfo->flinfo->fn_extra : NULL;

	while (cached != NULL && unlikely(cached->argno != argno))
		cached = cached->next;
	return cached;
}

/* Takes what was prepared for an argument earlier out of the list. */
static void
forget(FmgrInfo *flinfo, int argno)
{
	for (Cached **link = (Cached **) &flinfo->fn_extra; *link != NULL; link = &(*link)->next)
		if ((*link)->argno == argno)
		{
			Cached	   *old = *link;

			*link = old->next;
			MemoryContextDelete(old->context);
			return;
		}
}

/* Prepares an argument in a memory context of its own and remembers it. */
static pg_noinline void *
remember(FunctionCallInfo fcinfo, int argno, const struct varlena *argument,
		 PrepareFunction prepare)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;
	MemoryContext parent = flinfo ? flinfo->fn_mcxt : CurrentMemoryContext;
	MemoryContext context = AllocSetContextCreate(parent, "synastry prepared argument",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	Cached	   *cached = palloc(sizeof(Cached));

	cached->context = context;
	cached->argno = argno;
	cached->constant = argno == NO_ARGUMENT || is_constant(flinfo, argno);
	cached->argument = palloc(VARSIZE(argument));
	memcpy(cached->argument, argument, VARSIZE(argument));
	cached->prepared = prepare(cached->argument);
	MemoryContextSwitchTo(caller);

	if (flinfo != NULL)
	{
		forget(flinfo, argno);
		cached->next = flinfo->fn_extra;
		flinfo->fn_extra = cached;
	}
	return cached->prepared;
}

/*
 * What is prepared of a value that belongs to an argument, unless that was done
 * at an earlier call.
 */
static inline void *
prepared_value(FunctionCallInfo fcinfo, int argno, const struct varlena *argument,
			   PrepareFunction prepare)
{
	const Cached *cached = find_cached(fcinfo, argno);

	if (cached != NULL && VARSIZE(argument) == VARSIZE(cached->argument) &&
		memcmp(argument, cached->argument, VARSIZE(argument)) == 0)
		return cached->prepared;
	return remember(fcinfo, argno, argument, prepare);
}

/* What is prepared of an argument, now or at an earlier call. */
static inline void *
prepared_argument(FunctionCallInfo fcinfo, int argno, PrepareFunction prepare)
{
	const Cached *cached = find_cached(fcinfo, argno);

	if (likely(cached != NULL && cached->constant))
		return cached->prepared;
	return prepared_value(fcinfo, argno, PG_DETOAST_DATUM(PG_GETARG_DATUM(argno)),
						  prepare);
}

/*
 * Aspect sets
 */

/* Marks the bodies that a set lets take part; all if it has no list. */
static bool
mark_side(const AspectSet *set, Side side, bool *takes_part)
{
	const uint16 *ids = aspect_set_bodies(set, side);

	memset(takes_part, ids == NULL, BODY_IDS * sizeof(bool));
	if (ids == NULL)
		return false;
	for (int i = 0; i < set->n_bodies[side]; i++)
		takes_part[ids[i]] = true;
	return true;
}

/* A matrix of the ten planets on both sides, with its cells still to fill. */
static AspectMatrix *
make_planets_matrix(const AspectSet *set)
{
	MatrixView	view;
	AspectMatrix *matrix = matrix_allocate(set, PLANETS, PLANETS, &view);

	memcpy(view.ids[SIDE_A], planet_ids, sizeof(planet_ids));
	memcpy(view.ids[SIDE_B], planet_ids, sizeof(planet_ids));
	return matrix;
}

/*
 * Orbs by body
 */

/* The max orbs of a cell, in the order of the rules. */
static void
fill_orbs(const OrbLimits *limits, const AspectRule *rules, int n, int id_a, int id_b,
		  bool either_way, uint32 *max_orbs)
{
	for (int i = 0; i < n; i++)
	{
		int			k = rules[i].code - 1;
		bool		allowed = orb_allowed(limits, id_a, id_b, k) ||
		(either_way && orb_allowed(limits, id_b, id_a, k));

		max_orbs[i] = allowed ? orb_limit(limits, id_a, id_b, k) : NO_ASPECT;
	}
}

/* Room for the orbs of cells, and for what they lack. */
static CellOrbs
allocate_orbs(int cells, int n, uint32 **max_orbs)
{
	CellOrbs	orbs;

	*max_orbs = palloc(Max(1, cells * n) * sizeof(uint32));
	orbs.cells = cells;
	orbs.max_orbs = *max_orbs;
	orbs.shortfalls = palloc(Max(1, cells * n) * sizeof(uint32));
	return orbs;
}

uint32	   *
prepare_combinations(AspectTable *table, const AspectSet *set, const OrbLimits *limits,
					 const uint16 *ids, int n_ids, bool either_way)
{
	AspectRule	rules[MAX_ASPECTS];
	int			n = aspect_set_rules(set, rules);
	uint32	   *max_orbs;
	CellOrbs	orbs = allocate_orbs(n_ids * n_ids, n, &max_orbs);

	for (int a = 0; a < n_ids; a++)
		for (int b = 0; b < n_ids; b++)
			fill_orbs(limits, rules, n, ids[a], ids[b], either_way,
					  max_orbs + (a * n_ids + b) * n);
	aspect_table_prepare_by_cell(table, rules, n, aspect_set_options(set), &orbs);
	pfree(max_orbs);
	return orbs.shortfalls;
}

static void
prepare_limits(PreparedSet *prepared)
{
	const OrbLimits *limits = prepared->limits;
	AspectTable *planet_table = palloc(sizeof(AspectTable));
	int			n = orb_classes(limits);
	uint16		examples[BODY_IDS];

	for (int class = 0; class < n; class++)
		examples[class] = orb_class_body(limits, class);
	prepared->shortfalls = prepare_combinations(&prepared->table, prepared->set, limits,
												examples, n, false);
	prepared->planet_shortfalls = prepare_combinations(planet_table, prepared->set, limits,
													   planet_ids, PLANETS, false);
	prepared->planet_table = planet_table;
}

static void *
make_prepared_set(const struct varlena *argument)
{
	static uint64 serial = 0;
	PreparedSet *prepared = palloc(sizeof(PreparedSet));
	AspectRule	rules[MAX_ASPECTS];
	int			n;

	prepared->set = (const AspectSet *) argument;
	prepared->serial = ++serial;
	prepared->planet_table = &prepared->table;
	prepared->limits = orb_limits_create(prepared->set);
	if (prepared->limits != NULL)
		prepare_limits(prepared);
	else
	{
		n = aspect_set_rules(prepared->set, rules);
		aspect_table_prepare(&prepared->table, rules, n,
							 aspect_set_options(prepared->set));
	}
	for (Side side = SIDE_A; side <= SIDE_B; side++)
		prepared->listed[side] = mark_side(prepared->set, side,
										   prepared->takes_part[side]);
	prepared->planets = (prepared->listed[SIDE_A] || prepared->listed[SIDE_B])
		? NULL : make_planets_matrix(prepared->set);
	return prepared;
}

const PreparedSet *
prepare_set(FunctionCallInfo fcinfo, int argno)
{
	return prepared_argument(fcinfo, argno, make_prepared_set);
}

const PreparedSet *
prepare_default_set(FunctionCallInfo fcinfo)
{
	const Cached *cached = find_cached(fcinfo, NO_ARGUMENT);
	const char *name = "synastry";

	if (likely(cached != NULL))
		return cached->prepared;
	return remember(fcinfo, NO_ARGUMENT,
					(struct varlena *) aspect_set_from_text(name, strlen(name), NULL),
					make_prepared_set);
}

const PreparedSet *
prepare_set_once(const AspectSet *set)
{
	return make_prepared_set((const struct varlena *) set);
}

/* An orb, as a value to compare. */
typedef struct Orb
{
	int32		vl_len_;
	float8		degrees;
} Orb;

/* The five majors within an orb. */
static void *
make_prepared_majors(const struct varlena *argument)
{
	static const char *const majors[] = {"conjunction", "sextile", "square", "trine", "opposition"};
	float8		orb = ((const Orb *) argument)->degrees;
	AspectDraft drafts[lengthof(majors)] = {0};

	for (int i = 0; i < lengthof(drafts); i++)
	{
		drafts[i].id = aspect_lookup(majors[i], strlen(majors[i]));
		drafts[i].angle = aspect_angle(drafts[i].id);
		drafts[i].max_orb = orb;
	}
	return make_prepared_set((struct varlena *) aspect_set_build(drafts, lengthof(drafts),
																 0, NULL, NULL,
																 NULL, NULL));
}

const PreparedSet *
prepare_majors(FunctionCallInfo fcinfo, int argno, float8 orb)
{
	Orb			value = {0};

	SET_VARSIZE(&value, sizeof(value));
	value.degrees = orb;
	return prepared_value(fcinfo, argno, (struct varlena *) &value,
						  make_prepared_majors);
}

/*
 * Score models
 */

/* Rows and columns of the weights: the bodies that score and take part. */
static void
place_bodies(PreparedModel *prepared, const ScoreModel *model, Side side)
{
	const BodyWeight *weights = score_model_bodies(model);
	bool		takes_part[BODY_IDS];

	(void) mark_side(prepared->set, side, takes_part);
	memset(prepared->place[side], -1, sizeof(prepared->place[side]));
	prepared->n[side] = 0;
	for (int i = 0; i < model->n_bodies; i++)
		if (takes_part[weights[i].id])
			prepared->place[side][weights[i].id] = prepared->n[side]++;
}

static bool
places_are_planets(const PreparedModel *prepared, Side side)
{
	for (int id = 0; id < PLANETS; id++)
		if (prepared->place[side][id] != id)
			return false;
	return prepared->n[side] == PLANETS;
}

/* Weights of all cells; returns whether any pair makes a term. */
static bool
fill_weights(PreparedModel *prepared, const ScoreModel *model)
{
	const BodyWeight *scoring = score_model_bodies(model);
	float	   *weight;
	bool		any = false;

	prepared->weights = palloc(Max(1, prepared->n[SIDE_A] * prepared->n[SIDE_B]) *
							   sizeof(float));
	weight = prepared->weights;
	for (int i = 0; i < model->n_bodies; i++)
		for (int j = 0; j < model->n_bodies; j++)
		{
			int			a = scoring[i].id;
			int			b = scoring[j].id;

			if (prepared->place[SIDE_A][a] < 0 || prepared->place[SIDE_B][b] < 0)
				continue;
			*weight = score_model_pair(model, a, b) / (2.0 * WEIGHT_ONE);
			any |= (*weight++ != 0);
		}
	return any;
}

/* The cells of the planets, in the order of the kernel in use. */
static void
arrange_planets(PreparedModel *prepared)
{
	arrange_cells(current_kernel, &prepared->table, prepared->weights,
				  prepared->shortfalls, PLANETS, PLANETS, prepared->arranged);
	prepared->kernel = current_kernel;
}

/* The table of the aspects and what they are worth; the bodies are placed. */
static void
prepare_worths(PreparedModel *prepared, const ScoreModel *model)
{
	AspectTableOptions options = aspect_set_options(prepared->set);
	bool		constant = (model->flags & SCORE_MODEL_CONSTANT) != 0;
	AspectRule	rules[MAX_ASPECTS];
	int			n = score_model_rules(model, rules);
	uint32	   *max_orbs;
	CellOrbs	orbs;

	prepared->limits = orb_limits_create(prepared->set);
	prepared->shortfalls = NULL;
	if (prepared->limits == NULL)
	{
		score_table_prepare(&prepared->table, rules, n, options, constant);
		return;
	}

	orbs = allocate_orbs(prepared->n[SIDE_A] * prepared->n[SIDE_B], n, &max_orbs);
	for (int a = 0; a < BODY_IDS; a++)
		for (int b = 0; b < BODY_IDS; b++)
			if (prepared->place[SIDE_A][a] >= 0 && prepared->place[SIDE_B][b] >= 0)
				fill_orbs(prepared->limits, rules, n, a, b, false,
						  max_orbs + (prepared->place[SIDE_A][a] * prepared->n[SIDE_B] +
									  prepared->place[SIDE_B][b]) * n);
	score_table_prepare_by_cell(&prepared->table, rules, n, options, constant, &orbs);
	prepared->shortfalls = orbs.shortfalls;
	pfree(max_orbs);
}

static PreparedModel *
make_model(const ScoreModel *model)
{
	PreparedModel *prepared = palloc(sizeof(PreparedModel));
	bool		any;

	prepared->value = model;
	prepared->set = score_model_set(model);
	place_bodies(prepared, model, SIDE_A);
	place_bodies(prepared, model, SIDE_B);
	prepare_worths(prepared, model);
	any = fill_weights(prepared, model);
	prepared->planets = any && places_are_planets(prepared, SIDE_A) &&
		places_are_planets(prepared, SIDE_B);
	prepared->kernel = NULL;
	if (prepared->planets)
	{
		Size		size = 0;

		/* the setting may change: room for the widest */
		for (int i = 0; kernels[i] != NULL; i++)
			size = Max(size, arranged_size(kernels[i], &prepared->table, PLANETS, PLANETS));
		prepared->arranged = palloc(size * sizeof(float));
		arrange_planets(prepared);
	}
	return prepared;
}

/* the same for every function: the kernel may have been changed since */
static inline PreparedModel *
up_to_date(PreparedModel *prepared)
{
	if (unlikely(prepared->planets && prepared->kernel != current_kernel))
		arrange_planets(prepared);
	return prepared;
}

static void *
make_prepared_model(const struct varlena *argument)
{
	return make_model((const ScoreModel *) argument);
}

PreparedModel *
prepare_model_once(const ScoreModel *model)
{
	return make_model(model);
}

PreparedModel *
prepare_model(FunctionCallInfo fcinfo, int argno)
{
	return up_to_date(prepared_argument(fcinfo, argno, make_prepared_model));
}

/*
 * Score queries
 */

typedef struct PreparedQuery
{
	PreparedModel *model;
	const Chart *chart;
} PreparedQuery;

static void *
make_prepared_query(const struct varlena *argument)
{
	const ScoreQuery *query = (const ScoreQuery *) argument;
	PreparedQuery *prepared = palloc(sizeof(PreparedQuery));

	prepared->model = make_model(score_query_model(query));
	prepared->chart = score_query_chart(query);
	return prepared;
}

PreparedModel *
prepare_query(FunctionCallInfo fcinfo, int argno, const Chart **chart)
{
	PreparedQuery *prepared = prepared_argument(fcinfo, argno, make_prepared_query);

	*chart = prepared->chart;
	return up_to_date(prepared->model);
}

/* the presets that functions ask for: they are read once, not once a query */
static struct
{
	const char *name;
	ScoreModel *model;			/* NULL: not read so far */
}			presets[] =

{
	{"personal", NULL},
	{"weighted", NULL}
};

const ScoreModel *
preset_model(const char *name)
{
	for (int i = 0; i < lengthof(presets); i++)
	{
		ScoreModel *model;

		if (strcmp(presets[i].name, name) != 0)
			continue;
		if (presets[i].model == NULL)
		{
			model = score_model_from_text(name, strlen(name), NULL);
			presets[i].model = memcpy(MemoryContextAlloc(TopMemoryContext, VARSIZE(model)),
									  model, VARSIZE(model));
			pfree(model);
		}
		return presets[i].model;
	}
	return score_model_from_text(name, strlen(name), NULL);
}

PreparedModel *
prepare_preset_model(FunctionCallInfo fcinfo, const char *name)
{
	const Cached *cached = find_cached(fcinfo, NO_ARGUMENT);

	if (likely(cached != NULL))
		return up_to_date(cached->prepared);
	return remember(fcinfo, NO_ARGUMENT,
					(const struct varlena *) preset_model(name), make_prepared_model);
}
