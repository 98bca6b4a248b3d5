/*
 * zodiac_text.h
 *		Angles and positions in the zodiac as people write them: 16°16'04" Lib.
 */
#ifndef SYNASTRY_ZODIAC_TEXT_H
#define SYNASTRY_ZODIAC_TEXT_H

#include "postgres.h"

#include "kernel/angle.h"

#define NO_SIGN		(-1)

/* "aries" .. "pisces", as results have them */
extern const char *const sign_names[SIGNS];

typedef struct ZodiacText
{
	int			sign;			/* 0 Aries .. 11 Pisces, or NO_SIGN */
	bool		negative;
	int			n;				/* of the parts, 1 to 3 */
	double		parts[3];		/* degrees, minutes, seconds: magnitudes */
	double		last_place;		/* degrees that a 1 in the last digit stands
								 * for */
} ZodiacText;

/*
 * Reads a number ("196.27", also "NaN"), degrees with minutes and seconds
 * ("-23°00'45\""), and either with the name, the abbreviation or the glyph of a
 * sign before, behind or in the middle ("16°16' Lib", "Libra 16.27",
 * "16♎16"), with "R" or "℞" where a body is retrograde.  Returns false if the
 * text is nothing of this; ranges are not looked at.
 */
extern bool read_zodiac_text(const char *text, int length, ZodiacText *result);

/* "Libra", "lib", "♎": the sign, or NO_SIGN */
extern int	zodiac_sign_lookup(const char *name, int length);

/* Degrees of all parts together; with a sign, from 0 Aries. */
extern double zodiac_text_degrees(const ZodiacText *text);

#endif							/* SYNASTRY_ZODIAC_TEXT_H */
