/*
 * zodiac_text.c
 *		Angles and positions in the zodiac as people write them: 16°16'04" Lib.
 *
 * The text is cut into numbers, marks (°, ', ") and words.  A mark must fit the
 * number before it: the first is degrees, the second minutes, the third
 * seconds.  Symbols are those of UTF-8, and the degree sign of Latin-1 where a
 * character is a byte: elsewhere that byte is a part of another character.
 */
#include "postgres.h"

#include <math.h>

#include "mb/pg_wchar.h"

#include "kernel/kernel.h"
#include "types/decimal.h"
#include "types/zodiac_text.h"

const char *const sign_names[SIGNS] = {
	"aries", "taurus", "gemini", "cancer", "leo", "virgo", "libra",
	"scorpio", "sagittarius", "capricorn", "aquarius", "pisces"
};

/*
 * A sign is known by its glyph, by two letters, or by its name as far as
 * somebody wrote it, from three letters on.
 */
static const struct
{
	const char *name;
	const char *two_letters;
	const char *glyph;
}			zodiac_signs[SIGNS] =

{
	{"aries", "ar", "♈"},
	{"taurus", "ta", "♉"},
	{"gemini", "ge", "♊"},
	{"cancer", "cn", "♋"},
	{"leo", "le", "♌"},
	{"virgo", "vi", "♍"},
	{"libra", "li", "♎"},
	{"scorpio", "sc", "♏"},
	{"sagittarius", "sg", "♐"},
	{"capricornus", "cp", "♑"},
	{"aquarius", "aq", "♒"},
	{"pisces", "pi", "♓"},
};

typedef enum Mark
{
	DEGREES,					/* 0 .. 2 are places in ZodiacText.parts */
	MINUTES,
	SECONDS,
	RETROGRADE,
	NOTHING
} Mark;

typedef struct MarkText
{
	const char *text;
	Mark		mark;
} MarkText;

#define LATIN1_DEGREE	"\xB0"

/*
 * What begins like another one stands before it.  The bytes are those of
 * primes and of quotation marks, two of them for seconds, in UTF-8.
 */
static const MarkText symbols[] = {
	{"°", DEGREES}, {"º", DEGREES}, {"˚", DEGREES}, {LATIN1_DEGREE, DEGREES},
	{"''", SECONDS}, {"\xe2\x80\xb2\xe2\x80\xb2", SECONDS}, {"\xe2\x80\x99\xe2\x80\x99", SECONDS},
	{"\"", SECONDS}, {"\xe2\x80\xb3", SECONDS}, {"\xe2\x80\x9d", SECONDS}, {"\xca\xba", SECONDS},
	{"'", MINUTES}, {"\xe2\x80\xb2", MINUTES}, {"\xe2\x80\x99", MINUTES}, {"\xca\xb9", MINUTES},
	{"℞", RETROGRADE},
	{"\xEF\xB8\x8E", NOTHING}, {"\xEF\xB8\x8F", NOTHING}	/* emoji or text? */
};

static const MarkText words[] = {
	{"d", DEGREES}, {"deg", DEGREES}, {"degree", DEGREES}, {"degrees", DEGREES},
	{"m", MINUTES}, {"min", MINUTES},
	{"s", SECONDS}, {"sec", SECONDS},
	{"r", RETROGRADE}, {"rx", RETROGRADE},
};

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
starts_with(const char *p, const char *end, const char *prefix)
{
	size_t		length = strlen(prefix);

	return (size_t) (end - p) >= length && memcmp(p, prefix, length) == 0;
}

static int
sign_of_word(const char *word, int length)
{
	for (int sign = 0; sign < SIGNS; sign++)
	{
		const char *name = zodiac_signs[sign].name;

		if (length == 2)
			name = zodiac_signs[sign].two_letters;
		if (length >= 2 && length <= strlen(name) &&
			pg_strncasecmp(word, name, length) == 0)
			return sign;
	}
	return NO_SIGN;
}

static bool
starts_with_symbol(const char *p, const char *end, const char *symbol)
{
	if (strcmp(symbol, LATIN1_DEGREE) == 0 &&
		pg_database_encoding_max_length() > 1)
		return false;
	return starts_with(p, end, symbol);
}

/* The sign whose glyph stands here. */
static int
sign_of_glyph(const char *p, const char *end)
{
	for (int sign = 0; sign < SIGNS; sign++)
		if (starts_with(p, end, zodiac_signs[sign].glyph))
			return sign;
	return NO_SIGN;
}

int
zodiac_sign_lookup(const char *name, int length)
{
	int			sign = sign_of_word(name, length);

	return (sign == NO_SIGN) ? sign_of_glyph(name, name + length) : sign;
}

/* A number is the next part. */
static const char *
read_part(const char *p, const char *end, ZodiacText *result)
{
	static const double units[] = {1, 1.0 / 60, 1.0 / 3600};
	const char *after;
	const char *point;
	double		value;

	/* only the last part may have decimals */
	if (result->n == lengthof(units) ||
		(result->n > 0 && result->parts[result->n - 1] != floor(result->parts[result->n - 1])))
		return NULL;
	after = read_decimal(p, end, &value);
	if (after == NULL)
		return NULL;
	result->negative |= (*p == '-');
	result->parts[result->n] = fabs(value);

	result->last_place = units[result->n++];
	point = memchr(p, '.', after - p);
	for (int places = point ? after - point - 1 : 0; places > 0; places--)
		result->last_place /= 10;
	return after;
}

static bool
add_sign(ZodiacText *result, int sign)
{
	if (sign == NO_SIGN || result->sign != NO_SIGN)
		return false;
	result->sign = sign;
	return true;
}

/* What a mark says must be so: is the number before it the right one? */
static bool
check_mark(const ZodiacText *result, Mark mark)
{
	return mark == NOTHING ||
		(mark == RETROGRADE ? result->n > 0 : result->n == mark + 1);
}

static const char *
read_word(const char *p, const char *end, ZodiacText *result)
{
	const char *after = p;
	int			length;

	while (after < end && is_letter(*after))
		after++;
	length = after - p;
	for (int i = 0; i < lengthof(words); i++)
		if (strlen(words[i].text) == length &&
			pg_strncasecmp(p, words[i].text, length) == 0)
			return check_mark(result, words[i].mark) ? after : NULL;
	return add_sign(result, sign_of_word(p, length)) ? after : NULL;
}

static const char *
read_symbol(const char *p, const char *end, ZodiacText *result)
{
	int			sign = sign_of_glyph(p, end);

	for (int i = 0; i < lengthof(symbols); i++)
		if (starts_with_symbol(p, end, symbols[i].text))
			return check_mark(result, symbols[i].mark)
				? p + strlen(symbols[i].text) : NULL;
	return add_sign(result, sign) ? p + strlen(zodiac_signs[sign].glyph) : NULL;
}

/* A colon parts degrees from minutes; a comma is one only before a space. */
static inline bool
is_separator(const char *p, const char *end)
{
	return is_space(*p) || *p == ':' ||
		(*p == ',' && p + 1 < end && is_space(p[1]));
}

bool
read_zodiac_text(const char *text, int length, ZodiacText *result)
{
	const char *end = text + length;
	const char *p = skip_space(text, end);
	bool		marked = false;

	memset(result, 0, sizeof(*result));
	result->sign = NO_SIGN;

	/* words that are numbers */
	if (parse_decimal(text, length, &result->parts[0]) &&
		!isfinite(result->parts[0]))
	{
		result->negative = (result->parts[0] < 0);
		result->parts[0] = fabs(result->parts[0]);
		result->n = 1;
		return true;
	}

	while (p != NULL && p < end)
	{
		if (is_separator(p, end))
			marked |= !is_space(*p++);
		else if (is_digit(*p) || *p == '.' ||
				 ((*p == '-' || *p == '+') && result->n == 0))
			p = read_part(p, end, result);
		else if (is_letter(*p))
			p = read_word(p, end, result);
		else
		{
			p = read_symbol(p, end, result);
			marked = true;
		}
	}

	/* "12 30" might be anything */
	return p != NULL && result->n > 0 &&
		(result->n == 1 || marked || result->sign != NO_SIGN);
}

double
zodiac_text_degrees(const ZodiacText *text)
{
	double		degrees = text->parts[0] + text->parts[1] / 60 +
	text->parts[2] / 3600;

	if (text->negative)
		degrees = -degrees;
	return (text->sign == NO_SIGN) ? degrees : 30 * text->sign + degrees;
}
