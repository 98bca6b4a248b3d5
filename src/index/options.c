/*
 * options.c
 *		CREATE INDEX ... WITH (bodies = 'planets, ascendant')
 */
#include "postgres.h"

#include "access/reloptions.h"

#include "index/layout.h"
#include "index/options.h"
#include "types/bodies.h"

#define DEFAULT_BODIES	"planets"

typedef struct IndexOptions
{
	int32		vl_len_;
	int			bodies;			/* offset of the string */
} IndexOptions;

static relopt_kind option_kind;

/* Names of bodies and groups, separated by commas. */
static int
parse_bodies(const char *names, uint16 *ids)
{
	bool		marked[BODY_IDS] = {false};
	int			n = 0;

	for (;;)
	{
		int			length = (int) strcspn(names, ",");
		const char *first = names + strspn(names, " \t\n");
		int			trimmed = (int) (names + length - first);

		while (trimmed > 0 && strchr(" \t\n", first[trimmed - 1]) != NULL)
			trimmed--;
		if (trimmed <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("option \"bodies\" lacks a name"),
					 errhint("Give names of bodies or groups of bodies, separated by commas: \"planets, ascendant\".")));
		mark_bodies(first, trimmed, marked, NULL);
		if (names[length] == '\0')
			break;
		names += length + 1;
	}

	for (int id = 0; id < BODY_IDS; id++)
	{
		if (!marked[id])
			continue;
		if (n == INDEX_MAX_BODIES)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("an index cannot hold more than %d bodies", INDEX_MAX_BODIES),
					 errhint("What a score model weighs beyond the bodies of the index is looked up in the table.")));
		ids[n++] = (uint16) id;
	}
	return n;
}

static void
check_bodies(const char *names)
{
	uint16		ids[INDEX_MAX_BODIES];

	parse_bodies(names, ids);
}

void
index_define_options(void)
{
	option_kind = add_reloption_kind();
	add_string_reloption(option_kind, "bodies",
						 "Bodies, or groups of bodies, whose longitudes the index holds",
						 DEFAULT_BODIES, check_bodies, AccessExclusiveLock);
}

bytea *
index_options(Datum options, bool validate)
{
	static const relopt_parse_elt table[] = {
		{.optname = "bodies",.opttype = RELOPT_TYPE_STRING,.offset = offsetof(IndexOptions, bodies)}
	};

	return build_reloptions(options, validate, option_kind, sizeof(IndexOptions),
							table, lengthof(table));
}

int
index_option_bodies(Relation index, uint16 *ids)
{
	IndexOptions *options = (IndexOptions *) index->rd_options;

	return parse_bodies(options != NULL ? GET_STRING_RELOPTION(options, bodies) : DEFAULT_BODIES,
						ids);
}
