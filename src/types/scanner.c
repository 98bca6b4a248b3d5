/*
 * scanner.c
 *		Reading the grammars of aspect sets and score models.
 */
#include "postgres.h"

#include <ctype.h>

#include "mb/pg_wchar.h"

#include "types/decimal.h"
#include "types/scanner.h"

void
scan_start(Scanner *scanner, const char *type_name, const char *text,
		   int length, Node *escontext)
{
	scanner->type_name = type_name;
	scanner->text = text;
	scanner->at = text;
	scanner->end = text + length;
	scanner->escontext = escontext;
}

bool
scan_end(Scanner *scanner)
{
	scanner->at = skip_space(scanner->at, scanner->end);
	return scanner->at == scanner->end;
}

bool
peek_char(Scanner *scanner, char c)
{
	return !scan_end(scanner) && *scanner->at == c;
}

bool
scan_char(Scanner *scanner, char c)
{
	if (!peek_char(scanner, c))
		return false;
	scanner->at++;
	return true;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
scan_word(Scanner *scanner, Word *word)
{
	const char *p;

	if (scan_end(scanner) || !is_letter(*scanner->at))
		return false;
	for (p = scanner->at; p < scanner->end; p++)
		if (!is_letter(*p) && !is_digit(*p) && *p != '_')
			break;
	word->text = scanner->at;
	word->length = p - scanner->at;
	scanner->at = p;
	return true;
}

bool
scan_number(Scanner *scanner, double *value)
{
	const char *after;

	/* a word such as "infinity" is a word here */
	if (scan_end(scanner) || is_letter(*scanner->at))
		return false;
	after = read_decimal(scanner->at, scanner->end, value);
	if (after == NULL)
		return false;
	scanner->at = after;
	return true;
}

bool
scan_parenthesised(Scanner *scanner, Word *content)
{
	int			depth = 1;

	for (const char *p = scanner->at; p < scanner->end; p++)
	{
		depth += (*p == '(') - (*p == ')');
		if (depth == 0)
		{
			content->text = scanner->at;
			content->length = p - scanner->at;
			scanner->at = p + 1;
			return true;
		}
	}
	return false;
}

bool
word_is(Word word, const char *text)
{
	return word.length == strlen(text) &&
		pg_strncasecmp(word.text, text, word.length) == 0;
}

bool
syntax_error(Scanner *scanner, const char *detail, const char *hint)
{
	if (scan_end(scanner))
		ereturn(scanner->escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", scanner->type_name),
				 errdetail("%s", detail),
				 hint ? errhint("%s", hint) : 0));
	else
	{
		int			rest = scanner->end - scanner->at;
		int			shown = pg_mbcliplen(scanner->at, rest, 40);

		ereturn(scanner->escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s at \"%.*s\"",
						scanner->type_name, shown, scanner->at),
				 errdetail("%s", detail),
				 hint ? errhint("%s", hint) : 0));
	}
}
