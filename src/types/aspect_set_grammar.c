/*
 * aspect_set_grammar.c
 *		Reading aspect sets (the grammar is in README.md).
 *
 * A preset is text in the same grammar, read by the same functions.
 */
#include "postgres.h"

#include <math.h>

#include "types/aspect_set.h"
#include "types/orbs.h"
#include "types/scanner.h"

/* parts of presets */

#define ASTROLOG_ORBS \
	"luminaries +1, nodes max 2, vertex max 2, stars max 2; first; strict"

#define FLATLIB_ORB(body, orb) \
	body " (conjunction, sextile, square, trine, opposition) " orb

/*
 * Bodies that immanuel has no orb for, Chiron too, have 1 degree.  What it
 * calls points, and angles, start conjunctions only, and of two bodies the
 * faster one starts.  Birth charts do not move, so that mean motions decide: an
 * angle and the vertex come before any other, a node before Saturn, Chiron and
 * those beyond, an apogee before Jupiter too; a lot does not move at all.
 */
#define IMMANUEL_ORBS \
	"planets (conjunction, opposition, square, trine) 10, planets (sextile) 6, planets (quincunx) 3," \
	"angles (conjunction, opposition, square, trine) 10, angles (sextile) 6, angles (quincunx) 3," \
	"nodes 0, mean_lilith 0, true_lilith 0, vertex 0, lots 0, prenatal_syzygy 0"
#define IMMANUEL_PAIR(pair, others) \
	"," pair " (" others ") none"
#define IMMANUEL_RULES(others) \
	"angles (" others ") none, vertex (" others ") none" \
	IMMANUEL_PAIR("nodes-saturn", others) IMMANUEL_PAIR("nodes-outer", others) \
	IMMANUEL_PAIR("mean_lilith-slow", others) IMMANUEL_PAIR("true_lilith-slow", others) \
	IMMANUEL_PAIR("nodes-chiron", others) \
	IMMANUEL_PAIR("mean_lilith-chiron", others) IMMANUEL_PAIR("true_lilith-chiron", others) \
	IMMANUEL_PAIR("nodes-nodes", others) IMMANUEL_PAIR("lots-lots", others) \
	IMMANUEL_PAIR("nodes-mean_lilith", others) IMMANUEL_PAIR("nodes-true_lilith", others) \
	IMMANUEL_PAIR("nodes-lots", others) \
	IMMANUEL_PAIR("mean_lilith-lots", others) IMMANUEL_PAIR("true_lilith-lots", others) \
	IMMANUEL_PAIR("mean_lilith-mean_lilith", others) \
	IMMANUEL_PAIR("mean_lilith-true_lilith", others) \
	IMMANUEL_PAIR("true_lilith-true_lilith", others) \
	"; first"

const AspectPreset aspect_presets[] =
{
#define PRESET(name, set, source) {name, set, source},
#include "types/aspect_presets.h"
#undef PRESET
};
const int	n_aspect_presets = lengthof(aspect_presets);

/* The set as far as it has been read. */
typedef struct Draft
{
	Scanner		scanner;
	AspectDraft aspects[MAX_ASPECTS];
	int			n;
	uint8		flags;
	double		scale;			/* 0: none given */
	bool		listed[2];		/* is there a list of bodies? */
	bool		bodies[2][BODY_IDS];
	OrbDrafts	orbs;			/* by body and by pair */
} Draft;

#define OPTIONS_HINT \
	"Options are scale, bodies, bodies_a, bodies_b, orbs, additions, strict, inclusive, tightest, first, and orbs by body such as \"sun +2\"."

static bool read_set(Draft *draft, bool in_preset);

/* Degrees of an angle or an orb, 0 .. 180. */
static bool
check_arc(Draft *draft, double degrees, const char *what, const char *name)
{
	if (degrees >= 0 && degrees <= 180)
		return true;
	ereturn(draft->scanner.escontext, false,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s of \"%s\" is out of range: %.15g", what, name, degrees),
			 errhint("Angles and orbs are degrees between 0 and 180.")));
}

static const AspectPreset *
find_preset(Word word)
{
	for (int i = 0; i < n_aspect_presets; i++)
		if (word_is(word, aspect_presets[i].name))
			return &aspect_presets[i];
	return NULL;
}

static bool
report_unknown_preset(Draft *draft, Word word)
{
	Suggestion	suggestion;

	if (aspect_lookup(word.text, word.length) >= 0)
		return syntax_error(&draft->scanner,
							"An aspect needs a max orb in degrees.",
							"Write, for example, \"trine 8\".");

	suggestion_init(&suggestion, word.text, word.length);
	for (int i = 0; i < n_aspect_presets; i++)
		suggestion_consider(&suggestion, aspect_presets[i].name,
							aspect_presets[i].name);
	ereturn(draft->scanner.escontext, false,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown aspect set \"%.*s\"",
					Min(word.length, NAMEDATALEN), word.text),
			 suggestion.name
			 ? errhint("Perhaps you meant \"%s\".", suggestion.name)
			 : errhint("The presets are listed by synastry_aspect_sets().")));
}

/* Take the aspects and options of a preset into the draft. */
static bool
read_preset(Draft *draft, const AspectPreset *preset)
{
	Scanner		outer = draft->scanner;
	bool		ok;

	scan_start(&draft->scanner, outer.type_name, preset->set,
			   strlen(preset->set), outer.escontext);
	ok = read_set(draft, true);
	Assert(ok);
	draft->scanner = outer;
	return ok;
}

/* Which aspect of the draft has this name? -1 if none. */
static int
find_aspect(const Draft *draft, const AspectDraft *wanted)
{
	for (int i = 0; i < draft->n; i++)
		if (draft->aspects[i].id == wanted->id &&
			(wanted->id >= 0 || strcmp(draft->aspects[i].name, wanted->name) == 0))
			return i;
	return -1;
}

/* Puts an aspect into the draft, or in the place of the preset's. */
static bool
add_aspect(Draft *draft, const AspectDraft *aspect, const char *name)
{
	int			place = find_aspect(draft, aspect);

	if (place >= 0 && !draft->aspects[place].from_preset)
		ereturn(draft->scanner.escontext, false,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("aspect \"%s\" is listed twice", name),
				 errhint("Give each aspect one max orb.")));
	if (place < 0)
		place = draft->n;
	if (place == MAX_ASPECTS)
		ereturn(draft->scanner.escontext, false,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("aspect set has too many aspects"),
				 errdetail("At most %d are allowed.", MAX_ASPECTS)));
	for (int i = 0; i < draft->n; i++)
		if (i != place && draft->aspects[i].angle == aspect->angle)
			ereturn(draft->scanner.escontext, false,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("aspect \"%s\" has the angle of another aspect", name),
					 errdetail("\"%s\" has the same angle.",
							   draft->aspects[i].id >= 0
							   ? aspect_names[draft->aspects[i].id].name
							   : draft->aspects[i].name)));
	draft->aspects[place] = *aspect;
	draft->n = Max(draft->n, place + 1);
	return true;
}

/* The name of an item: one of the registry, or a new one. */
static bool
name_aspect(Draft *draft, Word word, AspectDraft *aspect)
{
	aspect->id = aspect_lookup(word.text, word.length);
	if (aspect->id >= 0)
	{
		aspect->angle = aspect_angle(aspect->id);
		return true;
	}
	if (word.length >= NAMEDATALEN)
		ereturn(draft->scanner.escontext, false,
				(errcode(ERRCODE_NAME_TOO_LONG),
				 errmsg("name of aspect \"%.*s\" is too long",
						NAMEDATALEN, word.text),
				 errdetail("At most %d bytes are allowed.", NAMEDATALEN - 1)));
	for (int i = 0; i < word.length; i++)
		aspect->name[i] = pg_ascii_tolower((unsigned char) word.text[i]);
	return true;
}

static bool
report_unknown_aspect(Draft *draft, const char *name)
{
	const char *suggestion = aspect_suggestion(name, strlen(name));

	ereturn(draft->scanner.escontext, false,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown aspect \"%s\"", name),
			 suggestion
			 ? errhint("Perhaps you meant \"%s\"; an aspect of your own needs an angle: \"%s=51.43 2\".",
					   suggestion, name)
			 : errhint("An aspect of your own needs an angle: \"%s=51.43 2\".", name)));
}

/* item = name [ "=" angle ] orb; the name has been read */
static bool
read_item(Draft *draft, Word word, bool in_preset)
{
	Scanner    *scanner = &draft->scanner;
	AspectDraft aspect = {.from_preset = in_preset};
	const char *name;

	if (!name_aspect(draft, word, &aspect))
		return false;
	name = aspect.id >= 0 ? aspect_names[aspect.id].name : aspect.name;

	if (scan_char(scanner, '='))
	{
		double		angle;

		if (!scan_number(scanner, &angle))
			return syntax_error(scanner, "An angle in degrees must follow \"=\".", NULL);
		if (!check_arc(draft, angle, "angle", name))
			return false;
		aspect.angle = angle_from_arc(angle);
	}
	else if (aspect.id < 0)
	{
		/* if what follows the word fits, it is the word that is wrong */
		if (!scan_number(scanner, &aspect.max_orb) && !scan_end(scanner) &&
			!peek_char(scanner, ',') && !peek_char(scanner, ';'))
			return syntax_error(scanner, "A max orb in degrees, or \"=\" and an angle, is expected.",
								"Names are letters, digits and underscores.");
		return report_unknown_aspect(draft, name);
	}

	if (!scan_number(scanner, &aspect.max_orb))
		return syntax_error(scanner, "An aspect needs a max orb in degrees.",
							"Write, for example, \"trine 8\".");
	return check_arc(draft, aspect.max_orb, "max orb", name) &&
		add_aspect(draft, &aspect, name);
}

/* list = preset { "," item } | item { "," item } */
static bool
read_list(Draft *draft, bool in_preset)
{
	Scanner    *scanner = &draft->scanner;
	bool		first = true;

	do
	{
		Word		word;

		if (!scan_word(scanner, &word))
			return syntax_error(scanner, "The name of an aspect is expected.",
								"Write, for example, \"conjunction 8, trine 7\", or the name of a preset such as \"modern\".");
		if (first && (scan_end(scanner) || peek_char(scanner, ',') ||
					  peek_char(scanner, ';')))
		{
			const AspectPreset *preset = find_preset(word);

			if (preset == NULL)
				return report_unknown_preset(draft, word);
			if (!read_preset(draft, preset))
				return false;
		}
		else if (!read_item(draft, word, in_preset))
			return false;
		first = false;
	} while (scan_char(scanner, ','));
	return true;
}

/* names and groups after "bodies", for one or both sides */
static bool
read_bodies(Draft *draft, bool side_a, bool side_b)
{
	Scanner    *scanner = &draft->scanner;
	bool		marked[BODY_IDS] = {false};

	do
	{
		Word		word;

		if (!scan_word(scanner, &word))
			return syntax_error(scanner, "The name of a body is expected.", NULL);
		if (!mark_bodies(word.text, word.length, marked, scanner->escontext))
			return false;
	} while (scan_char(scanner, ','));

	for (Side side = SIDE_A; side <= SIDE_B; side++)
	{
		if (!(side == SIDE_A ? side_a : side_b))
			continue;
		if (draft->listed[side])
			return syntax_error(scanner, "The bodies of a side are listed twice.", NULL);
		draft->listed[side] = true;
		memcpy(draft->bodies[side], marked, sizeof(marked));
	}
	return true;
}

static bool
read_scale(Draft *draft)
{
	double		scale;

	if (!scan_number(&draft->scanner, &scale))
		return syntax_error(&draft->scanner, "A number must follow \"scale\".", NULL);
	if (draft->scale != 0)
		return syntax_error(&draft->scanner, "There is more than one scale.", NULL);
	if (!(scale > 0 && scale <= 180))
		ereturn(draft->scanner.escontext, false,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("scale of the orbs is out of range: %.15g", scale),
				 errhint("The scale is greater than 0 and at most 180.")));
	draft->scale = scale;
	return true;
}

/* one of some words, whose number becomes part of the flags */
static bool
read_combination(Draft *draft, const char *const *words, int n, uint8 mask, int shift,
				 const char *detail)
{
	Word		word;

	if (scan_word(&draft->scanner, &word))
	{
		for (int i = 0; i < n; i++)
			if (word_is(word, words[i]))
			{
				draft->flags = (draft->flags & ~mask) | (i << shift);
				return true;
			}
		draft->scanner.at = word.text;
	}
	return syntax_error(&draft->scanner, detail, NULL);
}

static bool
read_option(Draft *draft, bool in_preset)
{
	static const char *const orbs[] = {"mean", "max", "min", "sum"};
	static const char *const additions[] = {"sum", "max", "min"};
	Scanner    *scanner = &draft->scanner;
	Word		word;

	if (!scan_word(scanner, &word))
		return syntax_error(scanner, "An option is expected.", OPTIONS_HINT);
	if (word_is(word, "scale"))
		return read_scale(draft);
	if (word_is(word, "bodies"))
		return read_bodies(draft, true, true);
	if (word_is(word, "bodies_a"))
		return read_bodies(draft, true, false);
	if (word_is(word, "bodies_b"))
		return read_bodies(draft, false, true);
	if (word_is(word, "orbs"))
		return read_combination(draft, orbs, lengthof(orbs),
								ASPECT_SET_ORBS, ASPECT_SET_ORBS_SHIFT,
								"After \"orbs\" mean, max, min or sum is expected.");
	if (word_is(word, "additions"))
		return read_combination(draft, additions, lengthof(additions),
								ASPECT_SET_ADDITIONS, ASPECT_SET_ADDITIONS_SHIFT,
								"After \"additions\" sum, max or min is expected.");

	if (word_is(word, "strict"))
		draft->flags |= ASPECT_SET_STRICT;
	else if (word_is(word, "inclusive"))
		draft->flags &= ~ASPECT_SET_STRICT;
	else if (word_is(word, "first"))
		draft->flags |= ASPECT_SET_FIRST;
	else if (word_is(word, "tightest"))
		draft->flags &= ~ASPECT_SET_FIRST;
	else
	{
		if (word_is(word, "applying") || word_is(word, "separating") ||
			body_lookup(word.text, word.length) >= 0 ||
			body_group_lookup(word.text, word.length) != 0)
			return read_orbs(scanner, word, &draft->orbs, draft->aspects, draft->n,
							 in_preset);
		scanner->at = word.text;
		return syntax_error(scanner, "This is not an option of an aspect set.", OPTIONS_HINT);
	}
	return true;
}

/* set = list { ";" option } [ ";" ] */
static bool
read_set(Draft *draft, bool in_preset)
{
	Scanner    *scanner = &draft->scanner;

	if (!read_list(draft, in_preset))
		return false;
	while (scan_char(scanner, ';') && !scan_end(scanner))
		if (!read_option(draft, in_preset))
			return false;
	if (!scan_end(scanner))
		return syntax_error(scanner, "A comma, a semicolon or the end is expected.", NULL);
	return true;
}

static bool
apply_scale(Draft *draft)
{
	for (int i = 0; i < draft->n && draft->scale != 0; i++)
	{
		AspectDraft *aspect = &draft->aspects[i];

		aspect->max_orb *= draft->scale;
		if (!check_arc(draft, aspect->max_orb, "scaled max orb",
					   aspect->id >= 0 ? aspect_names[aspect->id].name : aspect->name))
			return false;
	}
	return draft->scale == 0 ||
		scale_orbs(&draft->orbs, draft->scale, draft->scanner.escontext);
}

AspectSet *
aspect_set_from_text(const char *text, int length, Node *escontext)
{
	Draft		draft = {.n = 0};

	scan_start(&draft.scanner, "aspect_set", text, length, escontext);
	if (!read_set(&draft, false) || !apply_scale(&draft))
		return NULL;
	return aspect_set_build(draft.aspects, draft.n, draft.flags,
							draft.listed[SIDE_A] ? draft.bodies[SIDE_A] : NULL,
							draft.listed[SIDE_B] ? draft.bodies[SIDE_B] : NULL,
							&draft.orbs, escontext);
}
