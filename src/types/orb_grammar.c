/*
 * orb_grammar.c
 *		Reading orbs by body and by pair, an option of aspect sets (README.md).
 *
 * What is read is kept as it was said, for each body or pair by itself;
 * orb_adjustments.c finds out what counts.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"

#include "types/decimal.h"
#include "types/orbs.h"

/*
 * What was said later by the user wins over a preset, a name over a group, and
 * what is said of some aspects over what is said of all.
 */
#define SAID_OF_ASPECTS	1
#define SAID_OF_NAME	2
#define SAID_BY_USER	4

/* An adjustment in the making, and whom it is for. */
typedef struct Reader
{
	Scanner    *scanner;
	OrbDrafts  *drafts;
	const AspectDraft *aspects;
	int			n;
	bool		in_preset;

	char		who[2 * NAMEDATALEN + 2];	/* for messages */
	bool		first[BODY_IDS];
	bool		second[BODY_IDS];
	bool		pair;
	int			moving;			/* instead of bodies: WHILE_APPLYING, ... */
	OrbDraft	draft;			/* kind, priority, aspects, degrees */
} Reader;

/*
 * Whom
 */

static bool
read_bodies(Reader *reader, Word name, bool *marked, bool *by_name)
{
	memset(marked, 0, BODY_IDS * sizeof(bool));
	*by_name &= body_lookup(name.text, name.length) >= 0;
	return mark_bodies(name.text, name.length, marked, reader->scanner->escontext);
}

/* a hyphen and a letter: a second body, not a number to subtract */
static bool
scan_hyphen(Scanner *scanner, Word *name)
{
	Scanner		start = *scanner;

	if (scan_char(scanner, '-') && scan_word(scanner, name))
		return true;
	*scanner = start;
	return false;
}

static bool
read_who(Reader *reader, Word name)
{
	bool		by_name = true;
	Word		second;

	reader->pair = false;
	reader->moving = word_is(name, "applying") ? WHILE_APPLYING :
		word_is(name, "separating") ? WHILE_SEPARATING : 0;

	snprintf(reader->who, sizeof(reader->who), "%.*s",
			 Min(name.length, NAMEDATALEN), name.text);
	if (reader->moving == 0 && !read_bodies(reader, name, reader->first, &by_name))
		return false;
	reader->pair = reader->moving == 0 && scan_hyphen(reader->scanner, &second);
	if (reader->pair)
	{
		snprintf(reader->who + strlen(reader->who),
				 sizeof(reader->who) - strlen(reader->who), "-%.*s",
				 Min(second.length, NAMEDATALEN), second.text);
		if (!read_bodies(reader, second, reader->second, &by_name))
			return false;
	}
	reader->draft.final = by_name && !reader->in_preset;
	reader->draft.priority = (by_name ? SAID_OF_NAME : 0) |
		(reader->in_preset ? 0 : SAID_BY_USER);
	return true;
}

/*
 * Aspects
 */

static int
find_aspect(const Reader *reader, Word name)
{
	int			id = aspect_lookup(name.text, name.length);

	for (int i = 0; i < reader->n; i++)
		if (id >= 0 ? reader->aspects[i].id == id
			: reader->aspects[i].id < 0 && word_is(name, reader->aspects[i].name))
			return i;
	return -1;
}

/* "(" name { "," name } ")", the parenthesis having been read */
static bool
read_aspects(Reader *reader, uint32 *aspects)
{
	Scanner    *scanner = reader->scanner;

	*aspects = 0;
	do
	{
		Word		name;
		int			place;

		if (!scan_word(scanner, &name))
			return syntax_error(scanner, "The name of an aspect is expected.", NULL);
		place = find_aspect(reader, name);
		if (place < 0)
			ereturn(scanner->escontext, false,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("aspect \"%.*s\" has an orb for \"%s\" but is not in the aspect set",
							Min(name.length, NAMEDATALEN), name.text, reader->who),
					 errhint("Add it to the list of aspects, or leave it out here.")));
		*aspects |= UINT32_C(1) << place;
	} while (scan_char(scanner, ','));
	if (!scan_char(scanner, ')'))
		return syntax_error(scanner, "A comma or a closing parenthesis is expected.", NULL);
	return true;
}

/*
 * What
 */

static bool
read_degrees(Reader *reader, double sign)
{
	Scanner    *scanner = reader->scanner;
	double		degrees;

	if (peek_char(scanner, '+') || peek_char(scanner, '-') ||
		!scan_number(scanner, &degrees))
		return syntax_error(scanner, "An orb in degrees is expected.",
							"Write, for example, \"sun 15\", \"sun +2\", \"sun-moon 10\" or \"pluto max 3\".");
	if (!decimal_to_scaled(degrees * sign, ORB_PLACES, INT64CONST(180) * ORB_ONE,
						   &reader->draft.degrees))
		ereturn(scanner->escontext, false,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("orb of \"%s\" is out of range: %.15g", reader->who, degrees * sign),
				 errhint("It is a decimal with at most %d places, of at most 180 degrees.",
						 ORB_PLACES)));
	return true;
}

/* "casts" or "receives", then "none" or aspects */
static bool
read_allowed(Reader *reader, OrbKind kind)
{
	Scanner    *scanner = reader->scanner;
	Word		word;

	if (reader->pair || reader->moving != 0)
		return syntax_error(scanner, "Only a body casts or receives.",
							"Say it of each body, or give a pair \"none\".");
	reader->draft.kind = kind;
	reader->draft.aspects = 0;
	if (scan_char(scanner, '('))
		return read_aspects(reader, &reader->draft.aspects);
	if (scan_word(scanner, &word) && word_is(word, "none"))
		return true;
	return syntax_error(scanner, "Aspects in parentheses, or \"none\", are expected.",
						"Write, for example, \"angles casts none\" or \"chiron receives (conjunction)\".");
}

static bool
read_what(Reader *reader)
{
	Scanner    *scanner = reader->scanner;
	OrbDraft   *draft = &reader->draft;
	Word		word;

	draft->aspects = ALL_ASPECTS;
	if (scan_char(scanner, '('))
	{
		if (!read_aspects(reader, &draft->aspects))
			return false;
		draft->priority |= SAID_OF_ASPECTS;
	}
	else if (scan_word(scanner, &word))
	{
		if (word_is(word, "casts"))
			return read_allowed(reader, CASTS);
		if (word_is(word, "receives"))
			return read_allowed(reader, RECEIVES);
		scanner->at = word.text;
	}

	draft->kind = ORB_ADDITION;
	if (scan_char(scanner, '+'))
		return read_degrees(reader, 1);
	if (scan_char(scanner, '-'))
		return read_degrees(reader, -1);
	draft->kind = OWN_ORB;
	if (!scan_word(scanner, &word))
		return read_degrees(reader, 1);
	draft->kind = ORB_MAXIMUM;
	if (word_is(word, "max"))
		return read_degrees(reader, 1);
	draft->kind = NO_ORB;
	if (word_is(word, "none"))
		return true;
	scanner->at = word.text;
	return syntax_error(scanner, "What an orb is for a body is expected.",
						"It is a number, +number, -number, max number, none, casts or receives.");
}

/*
 * Keeping
 */

static bool
add_draft(Reader *reader, int first, int second)
{
	OrbDrafts  *drafts = reader->drafts;

	if (drafts->n == MAX_ORB_DRAFTS)
		ereturn(reader->scanner->escontext, false,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("aspect set has too many orbs by body"),
				 errdetail("At most %d are allowed.", MAX_ORB_DRAFTS)));
	if (drafts->n == drafts->room)
	{
		drafts->room = Max(64, 2 * drafts->room);
		drafts->items = drafts->items == NULL
			? palloc(drafts->room * sizeof(OrbDraft))
			: repalloc(drafts->items, drafts->room * sizeof(OrbDraft));
	}
	reader->draft.first = first;
	reader->draft.second = second;
	reader->draft.number = drafts->n;
	drafts->items[drafts->n++] = reader->draft;
	return true;
}

/* each body, or each pair of different lists once */
static bool
add_drafts(Reader *reader)
{
	if (reader->moving != 0)
		return add_draft(reader, reader->moving, ANY_BODY);
	for (int a = 0; a < BODY_IDS; a++)
	{
		if (!reader->pair && reader->first[a] && !add_draft(reader, a, ANY_BODY))
			return false;
		for (int b = a; reader->pair && b < BODY_IDS; b++)
			if (((reader->first[a] && reader->second[b]) ||
				 (reader->first[b] && reader->second[a])) &&
				!add_draft(reader, a, b))
				return false;
	}
	return true;
}

/* adjustment { "," adjustment } */
bool
read_orbs(Scanner *scanner, Word name, OrbDrafts *drafts,
		  const AspectDraft *aspects, int n, bool in_preset)
{
	Reader		reader = {
		.scanner = scanner,
		.drafts = drafts,
		.aspects = aspects,
		.n = n,
		.in_preset = in_preset
	};

	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		memset(&reader.draft, 0, sizeof(reader.draft));
		if (!read_who(&reader, name) || !read_what(&reader) || !add_drafts(&reader))
			return false;
		if (!scan_char(scanner, ','))
			return true;
		if (!scan_word(scanner, &name))
			return syntax_error(scanner, "The name of a body is expected.", NULL);
	}
}

bool
scale_orbs(OrbDrafts *drafts, double scale, Node *escontext)
{
	for (int i = 0; i < drafts->n; i++)
	{
		OrbDraft   *draft = &drafts->items[i];
		double		scaled = rint(draft->degrees * scale);

		if (fabs(scaled) > 180.0 * ORB_ONE)
			ereturn(escontext, false,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("scaled orb of \"%s\" is out of range: %.15g",
							orb_subject_name(draft->first), scaled / ORB_ONE),
					 errhint("Angles and orbs are degrees between 0 and 180.")));
		draft->degrees = (int64) scaled;
	}
	return true;
}
