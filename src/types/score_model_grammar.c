/*
 * score_model_grammar.c
 *		Reading score models (the grammar is in README.md).
 *
 * A preset is text in the same grammar, read by the same functions.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "types/chart.h"
#include "types/decimal.h"
#include "types/scanner.h"
#include "types/score_model.h"

static const struct
{
	const char *name;
	const char *model;
}			model_presets[] =

{
	{"weighted",
		"aspects (modern);"
		"bodies sun 3, moon 3, mercury 2, venus 3, mars 3, jupiter 2,"
		" saturn 1.5, uranus 1, neptune 1, pluto 1;"
		"worth conjunction 4, trine 3, sextile 2, semisextile 1, quincunx -1,"
	" square -2, opposition -3"},
	{"personal", "weighted; pairs slow-slow 0"},

	/* CosmicHub's areas: which bodies speak of what (compatibility_utils.py) */
	{"emotional", "weighted; bodies sun 1, moon 1"},
	{"communication", "weighted; bodies mercury 1, venus 1"},
	{"physical", "weighted; bodies venus 1, mars 1"},
	{"spiritual", "weighted; bodies jupiter 1, neptune 1, pluto 1"},
	{"stability", "weighted; bodies jupiter 1, saturn 1"},
};

/* What an aspect is worth, by its name, because its set may still change. */
typedef struct Worth
{
	char		name[NAMEDATALEN];	/* lower case; of the registry if it is
									 * there */
	int32		worth;
	bool		from_preset;
} Worth;

/*
 * How a pair was named: not, or by a preset; by a group; by the names of both
 * its bodies, which wins.
 */
enum
{
	NOT_NAMED,
	NAMED_BY_GROUP,
	NAMED_BY_NAMES
};

/* The model as far as it has been read. */
typedef struct Draft
{
	Scanner		scanner;
	bool		in_preset;
	AspectSet  *set;
	int32		weights[BODY_IDS];	/* UNKNOWN: does not score */
	int32	   *pairs;			/* BODY_IDS x BODY_IDS, UNKNOWN: not named */
	uint8	   *named;			/* likewise: how a pair was named */
	int			n_worths;
	Worth		worths[MAX_ASPECTS];
	uint8		flags;
	bool		seen_aspects,	/* options given, but for those of a preset */
				seen_bodies,
				seen_worth;
} Draft;

static bool read_model(Draft *draft);

/* A weight or worth: a number of at most 6 places, within +- 1000. */
static bool
read_weight(Draft *draft, const char *what, const char *name, bool negative_too,
			int32 *weight)
{
	double		value;
	int64		scaled;

	if (!scan_number(&draft->scanner, &value))
		return syntax_error(&draft->scanner, "A number is expected.", NULL);
	if (!decimal_to_scaled(value, WEIGHT_PLACES, MAX_WEIGHT, &scaled) ||
		(scaled < 0 && !negative_too))
		ereturn(draft->scanner.escontext, false,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s of \"%s\" is out of range: %.15g", what, name, value),
				 negative_too
				 ? errhint("It is a decimal with at most 6 places between -1000 and 1000.")
				 : errhint("It is a decimal with at most 6 places between 0 and 1000.")));
	*weight = (int32) scaled;
	return true;
}

/* An option that may be given once, but for those of a preset. */
static bool
check_once(Draft *draft, bool *seen, const char *detail)
{
	if (draft->in_preset)
		return true;
	if (*seen)
		return syntax_error(&draft->scanner, detail, NULL);
	*seen = true;
	return true;
}

/* "aspects" "(" set ")" */
static bool
read_aspects(Draft *draft)
{
	Word		set;

	if (!check_once(draft, &draft->seen_aspects, "There is more than one aspect set."))
		return false;
	if (!scan_char(&draft->scanner, '(') ||
		!scan_parenthesised(&draft->scanner, &set))
		return syntax_error(&draft->scanner,
							"An aspect set in parentheses must follow \"aspects\".",
							"Write, for example, \"aspects (modern)\".");
	draft->set = aspect_set_from_text(set.text, set.length,
									  draft->scanner.escontext);
	return draft->set != NULL;
}

/* The bodies that a name or a group stands for. */
static bool
read_name(Draft *draft, bool *marked, Word *word)
{
	memset(marked, 0, BODY_IDS * sizeof(bool));
	if (!scan_word(&draft->scanner, word))
		return syntax_error(&draft->scanner, "The name of a body is expected.", NULL);
	return mark_bodies(word->text, word->length, marked, draft->scanner.escontext);
}

/* "bodies" name weight { "," name weight }, instead of the preset's */
static bool
read_bodies(Draft *draft)
{
	bool		by_name[BODY_IDS] = {false};

	if (!check_once(draft, &draft->seen_bodies, "The bodies are listed twice."))
		return false;
	for (int id = 0; id < BODY_IDS; id++)
		draft->weights[id] = UNKNOWN;
	do
	{
		bool		marked[BODY_IDS];
		Word		word;
		int32		weight;
		int			single;

		if (!read_name(draft, marked, &word))
			return false;
		single = body_lookup(word.text, word.length);
		if (!read_weight(draft, "weight",
						 single >= 0 ? body_name(single) :
						 pnstrdup(word.text, Min(word.length, NAMEDATALEN)),
						 false, &weight))
			return false;
		if (single >= 0 && by_name[single])
			ereturn(draft->scanner.escontext, false,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("body \"%s\" is listed twice", body_name(single)),
					 errhint("Give each body one weight.")));

		/* a group does not change what was said of a body by its name */
		for (int id = 0; id < BODY_IDS; id++)
			if (marked[id] && (id == single || !by_name[id]))
				draft->weights[id] = weight;
		if (single >= 0)
			by_name[single] = true;
	} while (scan_char(&draft->scanner, ','));
	return true;
}

static void
allocate_pairs(Draft *draft)
{
	if (draft->pairs != NULL)
		return;
	draft->pairs = palloc(BODY_IDS * BODY_IDS * sizeof(int32));
	draft->named = palloc0(BODY_IDS * BODY_IDS * sizeof(uint8));
	for (int i = 0; i < BODY_IDS * BODY_IDS; i++)
		draft->pairs[i] = UNKNOWN;
}

/* Gives every combination of two lists of bodies a weight. */
static bool
add_pairs(Draft *draft, const bool *first, const bool *second, bool by_names,
		  int32 weight)
{
	for (int a = 0; a < BODY_IDS; a++)
		for (int b = 0; b < BODY_IDS; b++)
		{
			int			pair = Min(a, b) * BODY_IDS + Max(a, b);

			if (!first[a] || !second[b])
				continue;
			if (draft->named[pair] == NAMED_BY_NAMES)
			{
				if (!by_names)
					continue;
				ereturn(draft->scanner.escontext, false,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("pair \"%s-%s\" is listed twice",
								body_name(a), body_name(b)),
						 errhint("Give each pair one weight.")));
			}
			draft->pairs[pair] = weight;
			if (!draft->in_preset)
				draft->named[pair] = by_names ? NAMED_BY_NAMES : NAMED_BY_GROUP;
		}
	return true;
}

/* "pairs" name "-" name weight { "," name "-" name weight } */
static bool
read_pairs(Draft *draft)
{
	allocate_pairs(draft);
	do
	{
		bool		first[BODY_IDS];
		bool		second[BODY_IDS];
		Word		first_word,
					second_word;
		int32		weight;

		CHECK_FOR_INTERRUPTS();
		if (!read_name(draft, first, &first_word))
			return false;
		if (!scan_char(&draft->scanner, '-'))
			return syntax_error(&draft->scanner,
								"A hyphen and a second body are expected.",
								"Write, for example, \"pairs sun-moon 10\".");
		if (!read_name(draft, second, &second_word) ||
			!read_weight(draft, "weight of the pair",
						 psprintf("%.*s-%.*s",
								  Min(first_word.length, NAMEDATALEN), first_word.text,
								  Min(second_word.length, NAMEDATALEN), second_word.text),
						 true, &weight))
			return false;
		if (!add_pairs(draft, first, second,
					   body_lookup(first_word.text, first_word.length) >= 0 &&
					   body_lookup(second_word.text, second_word.length) >= 0,
					   weight))
			return false;
	} while (scan_char(&draft->scanner, ','));
	return true;
}

/* "worth" aspect number { "," aspect number }, instead of the preset's */
static bool
read_worth(Draft *draft)
{
	Scanner    *scanner = &draft->scanner;

	if (!check_once(draft, &draft->seen_worth, "The worths are listed twice."))
		return false;
	draft->n_worths = 0;
	do
	{
		Worth	   *worth = &draft->worths[draft->n_worths];
		Word		word;
		int			id;

		if (!scan_word(scanner, &word))
			return syntax_error(scanner, "The name of an aspect is expected.",
								"Write, for example, \"worth trine 3, square -2\".");
		if (draft->n_worths == MAX_ASPECTS || word.length >= NAMEDATALEN)
			return syntax_error(scanner, "There are too many worths, or a name is too long.", NULL);
		id = aspect_lookup(word.text, word.length);
		if (id >= 0)
			strlcpy(worth->name, aspect_names[id].name, NAMEDATALEN);
		else
		{
			for (int i = 0; i < word.length; i++)
				worth->name[i] = pg_ascii_tolower((unsigned char) word.text[i]);
			worth->name[word.length] = '\0';
		}
		worth->from_preset = draft->in_preset;
		for (int i = 0; i < draft->n_worths; i++)
			if (strcmp(draft->worths[i].name, worth->name) == 0)
				ereturn(scanner->escontext, false,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("aspect \"%s\" is listed twice", worth->name),
						 errhint("Give each aspect one worth.")));
		if (!read_weight(draft, "worth", worth->name, true, &worth->worth))
			return false;
		draft->n_worths++;
	} while (scan_char(scanner, ','));
	return true;
}

static bool
read_option(Draft *draft, Word word)
{
	if (word_is(word, "aspects"))
		return read_aspects(draft);
	if (word_is(word, "bodies"))
		return read_bodies(draft);
	if (word_is(word, "pairs"))
		return read_pairs(draft);
	if (word_is(word, "worth"))
		return read_worth(draft);
	if (word_is(word, "constant"))
		draft->flags |= SCORE_MODEL_CONSTANT;
	else if (word_is(word, "linear"))
		draft->flags &= ~SCORE_MODEL_CONSTANT;
	else
	{
		draft->scanner.at = word.text;
		return syntax_error(&draft->scanner,
							"This is not an option of a score model.",
							"Options are aspects, bodies, pairs, worth, linear and constant.");
	}
	return true;
}

/* Takes a preset into the draft; false if there is none of this name. */
static bool
read_preset(Draft *draft, Word word)
{
	for (int i = 0; i < lengthof(model_presets); i++)
		if (word_is(word, model_presets[i].name))
		{
			Scanner		outer = draft->scanner;
			bool		in_preset = draft->in_preset;
			bool		ok;

			draft->in_preset = true;
			scan_start(&draft->scanner, outer.type_name,
					   model_presets[i].model, strlen(model_presets[i].model),
					   outer.escontext);
			ok = read_model(draft);
			Assert(ok);
			draft->scanner = outer;
			draft->in_preset = in_preset;
			return ok;
		}
	return false;
}

static bool
report_unknown_preset(Draft *draft, Word word)
{
	ereturn(draft->scanner.escontext, false,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown score model \"%.*s\"",
					Min(word.length, NAMEDATALEN), word.text),
			 errhint("The presets are personal, weighted, emotional, communication, physical, spiritual and stability; a model of your own is written \"aspects (...); bodies ...; worth ...\".")));
}

/* model = [ preset ] { ";" option } */
static bool
read_model(Draft *draft)
{
	Scanner    *scanner = &draft->scanner;
	bool		first = true;

	do
	{
		Word		word;

		if (!first && scan_end(scanner))
			break;
		if (!scan_word(scanner, &word))
			return syntax_error(scanner, "A preset or an option is expected.",
								"Write, for example, \"personal\" or \"weighted; aspects (major)\".");
		if (first && (scan_end(scanner) || peek_char(scanner, ';')) &&
			!word_is(word, "constant") && !word_is(word, "linear"))
		{
			if (!read_preset(draft, word))
				return report_unknown_preset(draft, word);
		}
		else if (!read_option(draft, word))
			return false;
		first = false;
	} while (scan_char(scanner, ';'));

	if (!scan_end(scanner))
		return syntax_error(scanner, "A comma, a semicolon or the end is expected.", NULL);
	return true;
}

/*
 * The worths in the order of the aspect set.  One that the user gave must be
 * in the set; one of a preset may have lost its aspect.
 */
static bool
settle_worths(Draft *draft, int32 *worths)
{
	bool		any = false;

	memset(worths, 0, MAX_ASPECTS * sizeof(int32));
	for (int w = 0; w < draft->n_worths; w++)
	{
		const Worth *worth = &draft->worths[w];
		bool		found = false;

		for (int i = 0; i < draft->set->n && !found; i++)
			if (strcmp(worth->name, aspect_set_name(draft->set, i)) == 0)
			{
				worths[i] = worth->worth;
				any |= (worth->worth != 0);
				found = true;
			}
		if (!found && !worth->from_preset)
			ereturn(draft->scanner.escontext, false,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("aspect \"%s\" is worth something but is not in the aspect set",
							worth->name),
					 errhint("Add it: \"aspects (modern, %s 2)\", or leave out its worth.",
							 worth->name)));
	}
	if (!any)
		ereturn(draft->scanner.escontext, false,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no aspect of the score model is worth anything"),
				 errhint("Add, for example, \"worth trine 3, square -2\".")));
	return true;
}

/* Pairs of bodies that do not score: an error, or, of a preset, dropped. */
static bool
settle_pairs(Draft *draft)
{
	for (int i = 0; draft->pairs != NULL && i < BODY_IDS * BODY_IDS; i++)
	{
		int			a = i / BODY_IDS;
		int			b = i % BODY_IDS;

		if (draft->pairs[i] == UNKNOWN ||
			(draft->weights[a] != UNKNOWN && draft->weights[b] != UNKNOWN))
			continue;
		if (draft->named[i] != NOT_NAMED)
			ereturn(draft->scanner.escontext, false,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("pair \"%s-%s\" has a weight but body \"%s\" does not score",
							body_name(a), body_name(b),
							body_name(draft->weights[a] == UNKNOWN ? a : b)),
					 errhint("List the body: \"bodies ..., %s 1\".",
							 body_name(draft->weights[a] == UNKNOWN ? a : b))));
		draft->pairs[i] = UNKNOWN;
	}
	return true;
}

/* No cell may be worth more than MAX_CELL_SCORE points. */
static bool
check_cells(const ScoreModel *model, Node *escontext)
{
	const BodyWeight *weights = score_model_bodies(model);
	int64		max_worth = 0;

	for (int i = 0; i < model->n_worths; i++)
		max_worth = Max(max_worth, llabs(model->worths[i]));
	for (int i = 0; i < model->n_bodies; i++)
		for (int j = i; j < model->n_bodies; j++)
		{
			int64		pair = score_model_pair(model, weights[i].id, weights[j].id);
			double		points = (double) llabs(pair) / (2.0 * WEIGHT_ONE) *
			max_worth / WEIGHT_ONE;

			if (points > MAX_CELL_SCORE)
				ereturn(escontext, false,
						(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						 errmsg("an aspect between \"%s\" and \"%s\" is worth too much: %.10g points",
								body_name(weights[i].id), body_name(weights[j].id), points),
						 errhint("Weight times worth may be at most %d.", MAX_CELL_SCORE)));
		}
	return true;
}

static bool
check_complete(Draft *draft)
{
	int			n = 0;

	if (draft->set == NULL)
		return syntax_error(&draft->scanner, "The model has no aspects.",
							"Start from a preset, or add \"aspects (modern)\".");
	for (int id = 0; id < BODY_IDS; id++)
		n += (draft->weights[id] != UNKNOWN);
	if (n == 0)
		return syntax_error(&draft->scanner, "The model has no bodies.",
							"Start from a preset, or add \"bodies planets 1\".");
	if (n > MAX_BODIES)
		ereturn(draft->scanner.escontext, false,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("score model has too many bodies"),
				 errdetail("It has %d, and at most %d are allowed.", n, MAX_BODIES)));
	return true;
}

ScoreModel *
score_model_from_text(const char *text, int length, Node *escontext)
{
	Draft	   *draft = palloc0(sizeof(Draft));
	int32		worths[MAX_ASPECTS];
	ScoreModel *model;

	scan_start(&draft->scanner, "score_model", text, length, escontext);
	for (int id = 0; id < BODY_IDS; id++)
		draft->weights[id] = UNKNOWN;
	if (!read_model(draft) || !check_complete(draft) ||
		!settle_worths(draft, worths) || !settle_pairs(draft))
		return NULL;
	model = score_model_build(draft->set, worths, draft->weights, draft->pairs,
							  draft->flags);
	if (!check_cells(model, escontext))
		return NULL;
	return model;
}
