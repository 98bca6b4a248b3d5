/*
 * decimal.h
 *		Decimal numbers in text, faster than strtod() and equal to it.
 */
#ifndef SYNASTRY_DECIMAL_H
#define SYNASTRY_DECIMAL_H

#include "postgres.h"

/*
 * Reads a decimal number ("12", "-1.5", ".5", "1e-3", also "nan" and
 * "infinity" in any case) at the start of a text that ends at end.  Returns the
 * first character after it, or NULL if there is no number.  The value is the
 * double nearest to the decimal, which is infinite if that is too large.
 */
extern const char *read_decimal(const char *text, const char *end,
								double *value);

/* Does the whole text, but for surrounding space, form one decimal number? */
extern bool parse_decimal(const char *text, int length, double *value);

/*
 * A number with at most so many places as digits of the result: "1.5" with 6
 * places is 1500000.  Returns false if the value has more places or is larger
 * in magnitude than limit.
 */
extern bool decimal_to_scaled(double value, int places, int64 limit,
							  int64 *scaled);

/* Appends scaled / 10^places as its shortest decimal. */
extern int	scaled_to_text(int64 scaled, int places, char *text);

/* enough for any scaled_to_text() */
#define SCALED_TEXT_SIZE	24

/* white space as the JSON and array grammars know it */
static inline bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' ||
		c == '\v';
}

static inline const char *
skip_space(const char *text, const char *end)
{
	while (text < end && is_space(*text))
		text++;
	return text;
}

#endif							/* SYNASTRY_DECIMAL_H */
