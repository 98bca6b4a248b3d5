/*
 * bodies.c
 *		The registry of bodies, and how names are compared.
 *
 * Names are looked up in a small open-addressing table that each process
 * fills at the first use: an import of ten million documents looks up a
 * hundred million names.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/memutils.h"
#include "utils/varlena.h"

#include "compat.h"
#include "types/bodies.h"

const Body	bodies[BODY_IDS] =
{
#define BODY(id, name, glyph, abbreviation, groups, aliases) \
	[id] = {name, glyph, abbreviation, groups, aliases},
#include "types/body_list.h"
#undef BODY
};

static const struct
{
	const char *name;
	uint32		group;
}			body_groups[] =

{
	{"planets", IN_PLANETS},
	{"luminaries", IN_LUMINARIES},
	{"personal", IN_PERSONAL},
	{"social", IN_SOCIAL},
	{"outer", IN_OUTER},
	{"slow", IN_SLOW},
	{"nodes", IN_NODES},
	{"angles", IN_ANGLES},
	{"asteroids", IN_ASTEROIDS},
	{"lots", IN_LOTS},
	{"stars", IN_STARS},
};

/* names and aliases by their folded spelling; twice as many slots as names */
#define NAME_SLOTS	1024

typedef struct NameSlot
{
	char		folded[FOLDED_NAME_SIZE];	/* empty: a free slot */
	int			id;
} NameSlot;

static NameSlot *name_slots = NULL;

int
fold_name(const char *name, int length, char *folded)
{
	int			n = 0;

	for (int i = 0; i < length; i++)
	{
		char		c = name[i];

		if (c == ' ' || c == '_' || c == '-')
			continue;
		if (n == FOLDED_NAME_SIZE - 1)
			return -1;
		folded[n++] = (c >= 'A' && c <= 'Z') ? c - 'A' + 'a' : c;
	}
	folded[n] = '\0';
	return n > 0 ? n : -1;
}

bool
in_word_list(const char *folded, const char *words)
{
	while (*words != '\0')
	{
		size_t		length = strcspn(words, " ");
		char		word[FOLDED_NAME_SIZE];

		if (fold_name(words, length, word) > 0 && strcmp(word, folded) == 0)
			return true;
		words += length;
		words += strspn(words, " ");
	}
	return false;
}

/* The slot that holds a folded name, or the free one where it belongs. */
static NameSlot *
find_slot(const char *folded, int length)
{
	uint32		slot = hash_bytes((const unsigned char *) folded, length);

	for (;; slot++)
	{
		NameSlot   *candidate = &name_slots[slot % NAME_SLOTS];

		if (candidate->folded[0] == '\0' || strcmp(candidate->folded, folded) == 0)
			return candidate;
	}
}

static void
add_slot(const char *name, int length, int id)
{
	char		folded[FOLDED_NAME_SIZE];
	int			folded_length = fold_name(name, length, folded);
	NameSlot   *slot;

	Assert(folded_length > 0);
	slot = find_slot(folded, folded_length);
	Assert(slot->folded[0] == '\0');	/* no name stands for two bodies */
	strcpy(slot->folded, folded);
	slot->id = id;
}

static void
fill_slots(void)
{
	name_slots = MemoryContextAllocZero(TopMemoryContext,
										NAME_SLOTS * sizeof(NameSlot));

	for (int id = 0; id < BODY_IDS; id++)
	{
		const char *aliases;

		if (!body_exists(id))
			continue;
		add_slot(body_name(id), strlen(body_name(id)), id);
		for (aliases = bodies[id].aliases; *aliases != '\0';)
		{
			size_t		length = strcspn(aliases, " ");

			add_slot(aliases, length, id);
			aliases += length;
			aliases += strspn(aliases, " ");
		}
	}
}

int
body_lookup(const char *name, int length)
{
	char		folded[FOLDED_NAME_SIZE];
	int			folded_length = fold_name(name, length, folded);
	NameSlot   *slot;

	if (folded_length < 0)
		return -1;
	if (name_slots == NULL)
		fill_slots();
	slot = find_slot(folded, folded_length);
	return slot->folded[0] == '\0' ? -1 : slot->id;
}

uint32
body_group_lookup(const char *name, int length)
{
	char		folded[FOLDED_NAME_SIZE];

	if (fold_name(name, length, folded) < 0)
		return 0;
	for (int i = 0; i < lengthof(body_groups); i++)
		if (strcmp(body_groups[i].name, folded) == 0)
			return body_groups[i].group;
	return 0;
}

void
suggestion_init(Suggestion *suggestion, const char *name, int length)
{
	suggestion->name = NULL;
	suggestion->distance = 0;
	length = fold_name(name, length, suggestion->wanted);
	if (length > 0)
		suggestion->distance = (length + 1) / 3 + 1;
}

void
suggestion_consider(Suggestion *suggestion, const char *spelling,
					const char *name)
{
	char		folded[FOLDED_NAME_SIZE];
	int			length = fold_name(spelling, strlen(spelling), folded);
	int			distance;

	if (suggestion->distance == 0 || length < 0)
		return;
	distance = varstr_levenshtein_less_equal(suggestion->wanted,
											 strlen(suggestion->wanted),
											 folded, length, 1, 1, 1,
											 suggestion->distance, true);
	if (distance < suggestion->distance)
	{
		suggestion->distance = distance;
		suggestion->name = name;
	}
}

const char *
body_suggestion(const char *name, int length)
{
	Suggestion	suggestion;

	suggestion_init(&suggestion, name, length);
	for (int id = 0; id < BODY_IDS; id++)
		if (body_exists(id))
			suggestion_consider(&suggestion, body_name(id), body_name(id));
	return suggestion.name;
}

void
report_unknown_body(const char *name, int length, Node *escontext)
{
	const char *suggestion = body_suggestion(name, length);
	int			shown = pg_mbcliplen(name, length, NAMEDATALEN);

	errsave(escontext,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown body \"%.*s\"", shown, name),
			 suggestion
			 ? errhint("Perhaps you meant \"%s\".", suggestion)
			 : errhint("The names are listed by synastry_bodies().")));
}

bool
mark_bodies(const char *name, int length, bool *marked, Node *escontext)
{
	int			id = body_lookup(name, length);
	uint32		group;

	if (id >= 0)
	{
		marked[id] = true;
		return true;
	}
	group = body_group_lookup(name, length);
	if (group == 0)
	{
		report_unknown_body(name, length, escontext);
		return false;
	}
	for (id = 0; id < BODY_IDS; id++)
		marked[id] |= (bodies[id].groups & group) != 0;
	return true;
}
