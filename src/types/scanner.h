/*
 * scanner.h
 *		Reading the grammars of aspect sets and score models (README.md).
 *
 * Every function skips white space first.  The scan_ functions consume what
 * they find and return true, or leave everything as it is and return false.
 */
#ifndef SYNASTRY_SCANNER_H
#define SYNASTRY_SCANNER_H

#include "postgres.h"

#include "compat.h"

typedef struct Scanner
{
	const char *type_name;		/* for messages */
	const char *text;			/* the whole input */
	const char *at;				/* next character */
	const char *end;
	Node	   *escontext;
} Scanner;

/* a word of the input */
typedef struct Word
{
	const char *text;
	int			length;
} Word;

extern void scan_start(Scanner *scanner, const char *type_name,
					   const char *text, int length, Node *escontext);

extern bool scan_end(Scanner *scanner);
extern bool scan_char(Scanner *scanner, char c);
extern bool peek_char(Scanner *scanner, char c);

/* a letter, then letters, digits and underscores */
extern bool scan_word(Scanner *scanner, Word *word);
extern bool scan_number(Scanner *scanner, double *value);

/* everything up to the parenthesis that closes the one just scanned */
extern bool scan_parenthesised(Scanner *scanner, Word *content);

extern bool word_is(Word word, const char *text);

/*
 * A syntax error at the current place: always returns false.  detail and hint
 * are whole sentences; the hint may be NULL.
 */
extern bool syntax_error(Scanner *scanner, const char *detail, const char *hint);

#endif							/* SYNASTRY_SCANNER_H */
