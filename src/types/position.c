/*
 * position.c
 *		The position of a body, as documents write it.
 *
 * A position is
 *
 *	196.27						a longitude, also as a string
 *	"16°16' Lib"				what zodiac_text.c reads
 *	[196.27], [196.27, 0.99]	a longitude, and a speed
 *	{...}						an object with a longitude, or with a sign and
 *								the degrees within it
 *	null						not known
 *
 * In an object, any part may be null or {"raw": number}, and other attributes
 * are nobody's business.  The longitude counts where there are both a longitude
 * and a sign with degrees; if they contradict each other, nobody knows which
 * one was meant, and it is an error.  Attributes may be wrapped once more, as
 * in {"ChartPosition": {"Ecliptic": {"DecimalDegrees": 196.27}}}.
 *
 * Sources: the documents of kerykeion, immanuel, flatlib,
 * CircularNatalHoroscopeJS, AstroChart, astrologyapi.com and freeastrologyapi.com.
 */
#include "postgres.h"

#include <math.h>

#include "types/position.h"
#include "types/zodiac_text.h"

/* levels of wrapping within one position */
#define MAX_WRAPPING	4

/* longitudes within one position */
#define MAX_LONGITUDES	4

/* a longitude may be this many degrees off the degrees within the sign */
#define MAX_CONTRADICTION	0.01

typedef enum Part
{
	PART_NONE,
	PART_LONGITUDE,
	PART_ANGLE,					/* a longitude if there is no other */
	PART_SIGN,
	PART_SIGN_NUMBER,
	PART_SIGN_DEGREE,			/* degrees within the sign, with decimals */
	PART_DEGREE,				/* the same, perhaps followed by minutes */
	PART_MINUTE,
	PART_SECOND,
	PART_SPEED,
	PART_DECLINATION,
	PART_WRAPPER,
	PART_OF_PLACE,				/* where and when somebody was born */
	PARTS
} Part;

static const KeyList part_words[] = {
	{PART_LONGITUDE,
		"abs_pos absolute_position absolute_degree absolute_longitude longitude "
		"lon ecliptic_longitude zodiac_longitude full_degree full_deg "
	"decimal_degrees start_degree start_deg"},
	{PART_ANGLE, "angle"},
	{PART_SIGN, "sign zodiac_sign sign_name"},
	{PART_SIGN_NUMBER, "sign_num"},
	{PART_SIGN_DEGREE,
		"position pos sign_degree sign_degrees degree_in_sign degrees_in_sign "
		"norm_degree norm_deg sign_longitude sign_lon sign_position sign_pos "
	"position_in_sign"},
	{PART_DEGREE, "degree degrees deg"},
	{PART_MINUTE, "minute minutes min arcminute arcminutes arc_min"},
	{PART_SECOND, "second seconds sec arcsecond arcseconds arc_sec"},
	{PART_SPEED,
		"speed longitude_speed lon_speed speed_longitude speed_in_longitude "
	"daily_motion daily_speed"},
	{PART_DECLINATION, "declination decl dec"},
	{PART_WRAPPER,
		"chart_position ecliptic ecliptic_position ecliptic_coordinates "
	"start_position"},
	{PART_OF_PLACE,
		"city country nation timezone timezone_str tz tz_str utc_offset date time "
	"datetime year month day birth_date birth_time birthday dob"},
};

static KeyTable part_table = KEY_TABLE(part_words);

/* What was found of a position; NULL for what was not. */
typedef struct Parts
{
	const DocumentNode *longitudes[MAX_LONGITUDES];
	int			n_longitudes;
	const DocumentNode *part[PARTS];
} Parts;

static inline bool
is_known(const DocumentNode *node)
{
	return node != NULL && node->kind != DOCUMENT_NULL;
}

/* The number in {"raw": number}; any other value is itself. */
static const DocumentNode *
unwrap_number(const DocumentNode *value)
{
	if (value->kind == DOCUMENT_OBJECT)
	{
		foreach_child(child, value)
		{
			if (child->key_length == strlen("raw") &&
				memcmp(child->key, "raw", strlen("raw")) == 0)
				return child;
		}
	}
	return value;
}

static void
collect_object(const DocumentNode *object, int depth, Parts *parts)
{
	foreach_child(child, object)
	{
		Part		role = key_role(&part_table, child);
		const DocumentNode *value = unwrap_number(child);

		switch (role)
		{
			case PART_NONE:
				break;
			case PART_LONGITUDE:
				if (parts->n_longitudes < MAX_LONGITUDES)
					parts->longitudes[parts->n_longitudes++] = value;
				break;
			case PART_WRAPPER:
			case PART_SIGN_DEGREE:
			case PART_DEGREE:
				if (value->kind == DOCUMENT_OBJECT)
				{
					if (depth < MAX_WRAPPING)
						collect_object(value, depth + 1, parts);
					break;
				}
				/* FALLTHROUGH */
			default:
				if (!is_known(parts->part[role]))
					parts->part[role] = value;
				break;
		}
	}
}

static void
collect_parts(const DocumentNode *value, Parts *parts)
{
	memset(parts, 0, sizeof(*parts));
	if (value->kind == DOCUMENT_OBJECT)
	{
		collect_object(value, 0, parts);
		if (parts->n_longitudes == 0 && parts->part[PART_ANGLE] != NULL)
			parts->longitudes[parts->n_longitudes++] = parts->part[PART_ANGLE];
	}
	else if (value->kind != DOCUMENT_ARRAY)
		parts->longitudes[parts->n_longitudes++] = value;
	else if (value->n == 1 || value->n == 2)
	{
		parts->longitudes[parts->n_longitudes++] = value->first;
		parts->part[PART_SPEED] = value->first->next;
	}
}

static bool
read_text(const DocumentNode *value, ZodiacText *text)
{
	return (value->kind == DOCUMENT_NUMBER || value->kind == DOCUMENT_STRING) &&
		read_zodiac_text(value->text, value->length, text);
}

bool
read_document_number(const DocumentNode *value, double *number)
{
	ZodiacText	text;

	if (!read_text(value, &text) || text.n != 1 || text.sign != NO_SIGN)
		return false;
	*number = zodiac_text_degrees(&text);
	return true;
}

/* "Libra", or an object that has it among its strings */
static int
find_sign(const DocumentNode *value, int depth)
{
	int			sign = NO_SIGN;

	if (value->kind == DOCUMENT_STRING)
		return zodiac_sign_lookup(value->text, value->length);
	if (value->kind == DOCUMENT_OBJECT && depth < MAX_WRAPPING)
	{
		foreach_child(child, value)
		{
			if (sign == NO_SIGN)
				sign = find_sign(child, depth + 1);
		}
	}
	return sign;
}

/* The sign of a position, by name or by number; NO_SIGN if there is none. */
static int
sign_of_parts(const Parts *parts)
{
	const DocumentNode *name = parts->part[PART_SIGN];
	const DocumentNode *number = parts->part[PART_SIGN_NUMBER];
	int			sign = name ? find_sign(name, 0) : NO_SIGN;
	double		value;

	if (sign == NO_SIGN && number != NULL &&
		read_document_number(number, &value) &&
		value >= 0 && value < SIGNS && value == floor(value))
		sign = (int) value;
	return sign;
}

/* Minutes or seconds behind whole degrees. */
static void
append_part(ZodiacText *text, int n, const DocumentNode *value)
{
	double		number;

	if (text->n != n || !is_known(value) ||
		text->parts[n - 1] != floor(text->parts[n - 1]) ||
		!read_document_number(value, &number))
		return;
	text->parts[n] = number;
	text->n = n + 1;
	text->last_place = (n == 1) ? 1.0 / 60 : 1.0 / 3600;
}

/* The degrees within a sign; false if they cannot be read. */
static bool
read_sign_degree(const Parts *parts, ZodiacText *text)
{
	const DocumentNode *degree = is_known(parts->part[PART_SIGN_DEGREE])
	? parts->part[PART_SIGN_DEGREE] : parts->part[PART_DEGREE];

	if (degree == NULL || !read_text(degree, text))
		return false;
	if (text->sign == NO_SIGN)
		text->sign = sign_of_parts(parts);
	append_part(text, 1, parts->part[PART_MINUTE]);
	append_part(text, 2, parts->part[PART_SECOND]);
	return text->sign != NO_SIGN;
}

/*
 * Errors
 */

static bool
report_invalid(const char *what, const char *whose, const DocumentNode *value,
			   const char *hint, Node *escontext)
{
	ereturn(escontext, false,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid %s of \"%s\": %s", what, whose,
					show_document_value(value)),
			 errhint("%s", hint)));
}

/* What is wrong with something that ought to be a position? */
static bool
report_no_position(const DocumentNode *value, const Parts *parts,
				   const char *whose, Node *escontext)
{
	const DocumentNode *sign = parts->part[PART_SIGN];

	if (parts->n_longitudes == 0 && is_known(sign) &&
		sign_of_parts(parts) == NO_SIGN)
		return report_invalid("sign", whose, sign,
							  "A sign is a name, its first three letters or a glyph; a number counts only as \"sign_num\", from 0 for Aries.",
							  escontext);
	return report_invalid("position", whose, value,
						  "A position is a longitude in degrees, a text such as \"16 Lib 16\", or an object that has a longitude or a sign and degrees within it.",
						  escontext);
}

static bool
check_range(const char *what, double value, double limit, const char *whose,
			Node *escontext)
{
	if (!(value >= 0 && value < limit))
		ereturn(escontext, false,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s of \"%s\" are out of range: %g", what, whose, value),
				 errdetail("They must be at least 0 and less than %g.", limit)));
	return true;
}

/*
 * Some applications call the longitude "degree", beside the sign.  That is
 * unambiguous: from 30 on, it is no degree within a sign.
 */
static bool
is_longitude_in_sign(const ZodiacText *text)
{
	double		degrees = text->parts[0];

	return text->sign != NO_SIGN && !text->negative && degrees >= 30 &&
		degrees >= 30 * text->sign && degrees < 30 * (text->sign + 1);
}

/* Degrees of what was read, after a look at the ranges. */
static bool
compose_degrees(ZodiacText *text, const char *whose, double *degrees,
				Node *escontext)
{
	if (text->n > 1 &&
		!check_range("minutes", text->parts[1], 60, whose, escontext))
		return false;
	if (text->n > 2 &&
		!check_range("seconds", text->parts[2], 60, whose, escontext))
		return false;
	if (is_longitude_in_sign(text))
		text->sign = NO_SIGN;
	if (text->sign != NO_SIGN &&
		!check_range("degrees within the sign",
					 text->negative ? -text->parts[0] : text->parts[0], 30,
					 whose, escontext))
		return false;
	*degrees = zodiac_text_degrees(text);
	return true;
}

/*
 * Do two ways to write one longitude agree?  Applications round and truncate
 * what they show, so a unit of the last digit that was written is allowed.
 */
static bool
agree(const ZodiacText *a, const ZodiacText *b)
{
	double		tolerance = Max(MAX_CONTRADICTION,
								Max(a->last_place, b->last_place));
	binary_angle longitude = angle_from_degrees(zodiac_text_degrees(a));
	binary_angle other = angle_from_degrees(zodiac_text_degrees(b));
	ZodiacText	in_sign = *b;

	if (is_longitude_in_sign(b))
	{
		in_sign.sign = NO_SIGN;
		if (agree(a, &in_sign))
			return true;
	}
	return angle_separation(longitude, other) <= angle_from_arc(tolerance);
}

/*
 * Reading
 */

/* One of perhaps several ways in which the longitude is written. */
static bool
add_reading(const ZodiacText *reading, ZodiacText *text, bool *known,
			const char *whose, Node *escontext)
{
	double		degrees = zodiac_text_degrees(reading);

	if (!*known)
	{
		*known = true;
		*text = *reading;
		return true;
	}
	if (isfinite(degrees) && isfinite(zodiac_text_degrees(text)) &&
		agree(text, reading))
		return true;
	ereturn(escontext, false,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("position of \"%s\" contradicts itself", whose),
			 errdetail("It is at %.8g and at %.8g degrees.",
					   zodiac_text_degrees(text), degrees)));
}

/* The longitude in degrees; not known if it is null. */
static bool
read_longitude(const DocumentNode *value, const Parts *parts,
			   const char *whose, bool *known, double *degrees,
			   Node *escontext)
{
	bool		is_null = false;
	ZodiacText	text;
	ZodiacText	reading;

	*known = false;
	for (int i = 0; i < parts->n_longitudes; i++)
	{
		const DocumentNode *longitude = parts->longitudes[i];

		if (!is_known(longitude))
			is_null = true;
		else if (!read_text(longitude, &reading))
			return report_no_position(longitude, parts, whose, escontext);
		else if (!add_reading(&reading, &text, known, whose, escontext))
			return false;
		else if (reading.last_place < text.last_place)
			text = reading;		/* the one with the most digits counts */
	}
	if (read_sign_degree(parts, &reading) &&
		!add_reading(&reading, &text, known, whose, escontext))
		return false;
	if (*known)
		return compose_degrees(&text, whose, degrees, escontext);

	/* what is null is not known; what is not there at all is an error */
	for (Part part = PART_SIGN; part <= PART_DEGREE; part++)
		is_null |= (parts->part[part] != NULL && !is_known(parts->part[part]));
	return is_null || report_no_position(value, parts, whose, escontext);
}

static bool
read_speed(const DocumentNode *value, const char *whose, int32 *speed,
		   Node *escontext)
{
	double		degrees;

	if (!is_known(value))
		return true;
	if (!read_document_number(value, &degrees))
		return report_invalid("speed", whose, value,
							  "A speed is a number of degrees a day, or null.",
							  escontext);
	return check_speed(degrees, whose, speed, escontext);
}

static bool
read_declination(const DocumentNode *value, const char *whose,
				 int32 *declination, Node *escontext)
{
	ZodiacText	text;
	double		degrees;

	if (!is_known(value))
		return true;
	if (!read_text(value, &text) || text.sign != NO_SIGN)
		return report_invalid("declination", whose, value,
							  "A declination is a number of degrees, or null.",
							  escontext);
	return compose_degrees(&text, whose, &degrees, escontext) &&
		check_declination(degrees, whose, declination, escontext);
}

bool
read_position(const DocumentNode *value, const char *whose, bool *known,
			  ChartBody *body, Node *escontext)
{
	Parts		parts;
	double		degrees;

	body->longitude = 0;
	body->speed = UNKNOWN;
	body->declination = UNKNOWN;
	collect_parts(value, &parts);
	if (!read_longitude(value, &parts, whose, known, &degrees, escontext))
		return false;
	if (!*known)
		return true;
	return check_longitude(degrees, whose, &body->longitude, escontext) &&
		read_speed(parts.part[PART_SPEED], whose, &body->speed, escontext) &&
		read_declination(parts.part[PART_DECLINATION], whose,
						 &body->declination, escontext);
}

bool
looks_like_position(const DocumentNode *value, bool named)
{
	Parts		parts;
	ZodiacText	text;

	collect_parts(value, &parts);
	if (parts.part[PART_OF_PLACE] != NULL)
		return false;

	for (int i = 0; i < parts.n_longitudes; i++)
	{
		if ((parts.longitudes[i] == parts.part[PART_ANGLE] && !named) ||
			!read_text(parts.longitudes[i], &text))
			continue;
		if (value->kind == DOCUMENT_OBJECT || text.sign != NO_SIGN ||
			(text.n == 1 && text.parts[0] <= 360))
			return true;
	}
	return (is_known(parts.part[PART_SIGN]) ||
			is_known(parts.part[PART_SIGN_NUMBER])) &&
		(is_known(parts.part[PART_SIGN_DEGREE]) ||
		 is_known(parts.part[PART_DEGREE]));
}
