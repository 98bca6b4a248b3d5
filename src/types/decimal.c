/*
 * decimal.c
 *		Decimal numbers in text, faster than strtod() and equal to it.
 *
 * A decimal of at most 2^53 and at most 22 places is one exact integer divided
 * by one exact power of ten: a single correctly rounded division gives what
 * strtod() gives (W. D. Clinger, "How to read floating point numbers
 * accurately", 1990).  That is every longitude that an ephemeris prints.  All
 * other numbers go to strtod() itself.
 */
#include "postgres.h"

#include <math.h>

#include "lib/stringinfo.h"

#include "types/decimal.h"

static const double powers_of_ten[] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
};

#define MAX_EXACT_INTEGER	(UINT64CONST(1) << 53)

/* "nan", "inf" or "infinity" after the sign, as strtod() would read it */
static const char *
read_word(const char *text, const char *end, bool negative, double *value)
{
	static const char *const words[] = {"infinity", "inf", "nan"};

	for (int i = 0; i < lengthof(words); i++)
	{
		size_t		length = strlen(words[i]);

		if (end - text >= (ptrdiff_t) length &&
			pg_strncasecmp(text, words[i], length) == 0)
		{
			*value = (words[i][0] == 'n') ? NAN : negative ? -INFINITY : INFINITY;
			return text + length;
		}
	}
	return NULL;
}

/* The slow way, for what the fast way cannot do. */
static double
convert_slowly(const char *text, const char *end)
{
	char		buffer[64];
	char	   *copy = buffer;
	double		value;

	if (end - text >= (ptrdiff_t) sizeof(buffer))
		copy = palloc(end - text + 1);
	memcpy(copy, text, end - text);
	copy[end - text] = '\0';
	value = strtod(copy, NULL);
	if (copy != buffer)
		pfree(copy);
	return value;
}

const char *
read_decimal(const char *text, const char *end, double *value)
{
	const char *p = text;
	bool		negative = false;
	bool		exact = true;
	uint64		digits = 0;
	int			n_digits = 0;
	int			places = 0;

	if (p < end && (*p == '-' || *p == '+'))
		negative = (*p++ == '-');

	for (bool fraction = false; p < end; p++)
	{
		if (*p >= '0' && *p <= '9')
		{
			n_digits++;
			if (digits > MAX_EXACT_INTEGER / 10 - 1)
				exact = false;
			else
				digits = digits * 10 + (*p - '0');
			places += fraction;
		}
		else if (*p == '.' && !fraction)
			fraction = true;
		else
			break;
	}
	if (n_digits == 0)
		return read_word(p, end, negative, value);

	/* an exponent belongs to the number only if it has digits */
	if (p < end && (*p == 'e' || *p == 'E'))
	{
		const char *q = p + 1;

		if (q < end && (*q == '-' || *q == '+'))
			q++;
		if (q < end && *q >= '0' && *q <= '9')
		{
			exact = false;
			while (q < end && *q >= '0' && *q <= '9')
				q++;
			p = q;
		}
	}

	if (exact && places < lengthof(powers_of_ten))
	{
		*value = (double) digits / powers_of_ten[places];
		if (negative)
			*value = -*value;
	}
	else
		*value = convert_slowly(text, p);
	return p;
}

bool
parse_decimal(const char *text, int length, double *value)
{
	const char *end = text + length;
	const char *p = read_decimal(skip_space(text, end), end, value);

	return p != NULL && skip_space(p, end) == end;
}

bool
decimal_to_scaled(double value, int places, int64 limit, int64 *scaled)
{
	double		product = value * powers_of_ten[places];

	if (!(fabs(product) <= (double) limit))
		return false;
	*scaled = (int64) (product < 0 ? product - 0.5 : product + 0.5);

	/* the decimal that was written has no more places than we keep */
	return (double) *scaled / powers_of_ten[places] == value;
}

int
scaled_to_text(int64 scaled, int places, char *text)
{
	char		digits[SCALED_TEXT_SIZE];
	uint64		magnitude = scaled < 0 ? -(uint64) scaled : (uint64) scaled;
	int			n = 0;
	char	   *p = text;

	while (places > 0 && magnitude % 10 == 0)
	{
		magnitude /= 10;
		places--;
	}
	while (magnitude > 0 || n <= places)
	{
		digits[n++] = '0' + magnitude % 10;
		magnitude /= 10;
	}
	if (scaled < 0)
		*p++ = '-';
	while (n > 0)
	{
		*p++ = digits[--n];
		if (n == places && n > 0)
			*p++ = '.';
	}
	*p = '\0';
	return p - text;
}
