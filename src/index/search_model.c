/*
 * search_model.c
 *		Score models, prepared for searches and kept by the backend.
 *
 * The shape of a model's bounds takes longer to make than all of a search in a
 * small index.  So the last few models are kept, found by their bytes; which
 * of them are in use is counted, and those are not replaced.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "index/search_model.h"

/* most applications rank by one or two models */
#define KEPT_MODELS	4

typedef struct KeptModel
{
	SearchModel search;
	ScoreModel *value;
	MemoryContext context;		/* holds this and all that is prepared */
	int			users;
	uint64		last_use;
} KeptModel;

static KeptModel *kept_models[KEPT_MODELS];
static KeptModel *default_model;
static uint64 uses;

/* in a context of its own, which lives as long as its parent */
static KeptModel *
make_model(const ScoreModel *value, MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "synastry search model",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	KeptModel  *model = palloc0(sizeof(KeptModel));

	model->context = context;
	model->value = palloc(VARSIZE(value));
	memcpy(model->value, value, VARSIZE(value));
	model->search.prepared = prepare_model_once(model->value);
	bound_shape_prepare(&model->search.shape, &model->search.prepared->table);
	MemoryContextSwitchTo(caller);

	/* nothing can fail any more */
	MemoryContextSetParent(context, parent);
	return model;
}

static bool
has_value(const KeptModel *model, const ScoreModel *value)
{
	return VARSIZE(model->value) == VARSIZE(value) &&
		memcmp(model->value, value, VARSIZE(value)) == 0;
}

/* The model if it is kept, else the place for it: NULL if all are in use. */
static KeptModel **
find_place(const ScoreModel *value)
{
	KeptModel **place = NULL;

	for (int i = 0; i < KEPT_MODELS; i++)
	{
		KeptModel **other = &kept_models[i];

		if (*other != NULL && has_value(*other, value))
			return other;
		if (*other != NULL && (*other)->users > 0)
			continue;
		if (place == NULL ||
			(*place != NULL && (*other == NULL || (*other)->last_use < (*place)->last_use)))
			place = other;
	}
	return place;
}

static void
end_use(void *model)
{
	((KeptModel *) model)->users--;
}

/* until the memory context is reset or deleted, in whatever way */
static void
begin_use(KeptModel *model, MemoryContext user)
{
	MemoryContextCallback *callback = MemoryContextAlloc(user, sizeof(MemoryContextCallback));

	callback->func = end_use;
	callback->arg = model;
	MemoryContextRegisterResetCallback(user, callback);
	model->users++;
	model->last_use = ++uses;
}

const SearchModel *
search_model(const ScoreModel *value, MemoryContext user)
{
	KeptModel **place = find_place(value);

	if (place == NULL)
		return &make_model(value, user)->search;
	if (*place == NULL || !has_value(*place, value))
	{
		KeptModel  *model = make_model(value, CacheMemoryContext);

		if (*place != NULL)
			MemoryContextDelete((*place)->context);
		*place = model;
	}
	begin_use(*place, user);
	return &(*place)->search;
}

const SearchModel *
search_default_model(void)
{
	if (default_model == NULL)
		default_model = make_model(preset_model("personal"), CacheMemoryContext);
	return &default_model->search;
}
