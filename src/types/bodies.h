/*
 * bodies.h
 *		The registry of bodies: ids, names, glyphs, groups.
 */
#ifndef SYNASTRY_BODIES_H
#define SYNASTRY_BODIES_H

#include "postgres.h"

#include "nodes/nodes.h"

#include "kernel/kernel.h"

/* ids 0 .. PLANETS - 1 are the ten planets, Sun to Pluto */
#define PLANETS		10

/* ids that code asks for by name */
#define ASCENDANT	17
#define MIDHEAVEN	18
#define VERTEX		21
#define ANTI_VERTEX	22
#define EAST_POINT	62

/* one more than the largest id of the registry */
#define BODY_IDS	201

/* groups of bodies, as bits */
#define IN_PLANETS		0x0001
#define IN_LUMINARIES	0x0002
#define IN_PERSONAL		0x0004
#define IN_SOCIAL		0x0008
#define IN_OUTER		0x0010
#define IN_SLOW			0x0020
#define IN_NODES		0x0040
#define IN_ANGLES		0x0080
#define IN_ASTEROIDS	0x0100
#define IN_LOTS			0x0200
#define IN_STARS		0x0400

typedef struct Body
{
	const char *name;			/* NULL: no body has this id */
	const char *glyph;			/* UTF-8 */
	const char *abbreviation;	/* ASCII */
	uint32		groups;
	const char *aliases;		/* separated by spaces */
} Body;

/* indexed by id */
extern const Body bodies[BODY_IDS];

static inline bool
body_exists(int id)
{
	return id >= 0 && id < BODY_IDS && bodies[id].name != NULL;
}

static inline const char *
body_name(int id)
{
	return bodies[id].name;
}

/*
 * Does the body go round with the daily turn of the sky?  Angles and the points
 * that are made of them do: a degree in about four minutes.
 */
static inline bool
body_turns_daily(int id)
{
	return (bodies[id].groups & (IN_ANGLES | IN_LOTS)) != 0 ||
		id == VERTEX || id == ANTI_VERTEX || id == EAST_POINT;
}

/* id of a name or an alias, in any case and spelling; -1 if there is none */
extern int	body_lookup(const char *name, int length);

/* the bits of a group by its name, 0 if there is none */
extern uint32 body_group_lookup(const char *name, int length);

/*
 * Marks a body, or the members of a group, in an array of BODY_IDS; an unknown
 * name is an error.
 */
extern bool mark_bodies(const char *name, int length, bool *marked,
						Node *escontext);

/* an unknown body: the error, with a suggestion */
extern void report_unknown_body(const char *name, int length, Node *escontext);

/* the name of the registry that looks most like this one, NULL if none does */
extern const char *body_suggestion(const char *name, int length);

/*
 * A name as it is compared: lower case, without spaces, hyphens and
 * underscores.  Returns the length, or -1 if it is empty or does not fit.
 */
#define FOLDED_NAME_SIZE	64
extern int	fold_name(const char *name, int length, char *folded);

/* is the word, folded, among these words separated by spaces? */
extern bool in_word_list(const char *folded, const char *words);

/*
 * The most similar name so far.  A name is similar if about a third of its
 * letters must change at most: two of five, so that exchanged ones count.
 */
typedef struct Suggestion
{
	char		wanted[FOLDED_NAME_SIZE];
	int			distance;
	const char *name;
} Suggestion;

extern void suggestion_init(Suggestion *suggestion, const char *name, int length);
extern void suggestion_consider(Suggestion *suggestion, const char *spelling,
								const char *name);

#endif							/* SYNASTRY_BODIES_H */
