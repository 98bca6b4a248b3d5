/*
 * chart_keys.c
 *		What keys and names mean in the documents of applications.
 *
 * The lists hold what kerykeion, the Astrologer API, immanuel, flatlib,
 * CircularNatalHoroscopeJS, AstroChart, astrologyapi.com and
 * freeastrologyapi.com write, and what people call such things themselves.  Add
 * a word where it belongs.  A word under OTHER_MATTERS is for numbers that would
 * pass for a longitude, for objects that would pass for a position, and for what
 * chart_problems() need not mention.
 */
#include "postgres.h"

#include "types/bodies.h"
#include "types/chart.h"
#include "types/chart_keys.h"

static const KeyList key_words[] = {
	{CUSPS, "cusps houses house_cusps"},
	{UNCERTAINTY, "uncertainty"},

	/* envelopes, persons, charts, lists of bodies */
	{WRAPPER, "data result results response output content"},
	{WRAPPER, "subject person native profile"},
	{WRAPPER, "chart chart_data birth_chart natal natal_chart radix horoscope"},
	{WRAPPER,
		"planets points bodies objects positions placements astros all "
		"celestial_points celestial_bodies planet_positions planetary_positions "
		"luminaries asteroids nodes lunar_nodes lots arabic_parts stars "
	"fixed_stars angles axes"},

	/* who */
	{OTHER_MATTERS,
		"id uuid guid name first_name last_name full_name username user email "
		"phone gender sex title label description notes note comment tags image "
	"avatar color url svg"},
	/* when */
	{OTHER_MATTERS,
		"age year month day hour minute second minutes seconds min sec date time "
		"datetime timestamp dob julian_day julian jd jd_ut delta_t "
	"sidereal_time lst dst day_of_week time_known"},
	/* where */
	{OTHER_MATTERS,
		"lat latitude lng lon long longitude alt altitude elevation city town "
		"state nation country zip zip_code postal_code location place "
		"coordinates coords geo geopos origin observer timezone tz tzone tz_str "
	"utc_offset offset"},
	/* how */
	{OTHER_MATTERS,
		"type chart_type zodiac zodiac_type sidereal_mode house house_system "
		"houses_system houses_system_identifier houses_system_name "
		"perspective_type orb orbs armc ramc obliquity ephemeris settings config "
		"options active_points active_aspects houses_names_list "
	"planets_names_list axial_cusps_names_list"},
	/* what follows from the positions */
	{OTHER_MATTERS,
		"aspects lunar_phase moon_phase sun_sign moon_sign rising_sign "
		"elements modalities qualities polarities weightings dignities shape "
		"patterns element_distribution quality_distribution zodiac_cusps "
	"zodiac_signs diurnal is_diurnal sect"},
	/* how the document came here */
	{OTHER_MATTERS,
		"status status_code code success error errors message meta metadata "
	"version count total index score rank input request query params cached"},
};

static KeyTable key_table = KEY_TABLE(key_words);

/* other matters by how their keys begin and end, folded */
static const char *const other_beginnings[] = {"birth", "placeof", "ayanam", "iso"};
static const char *const other_endings[] = {
	"id", "name", "date", "time", "year", "count", "version", "index", "score",
	"offset", "sign"
};

/* keys under which an object says what it is, the best first */
static const KeyList name_words[] = {
	{1, "name"},
	{2, "body planet point planet_name body_name point_name planet_en"},
	{3, "key id label"},
};

static KeyTable name_table = KEY_TABLE(name_words);

/* keys under which a house says its number */
static const KeyList number_words[] = {
	{1, "number num house house_number house_id house_num id name key"},
};

static KeyTable number_table = KEY_TABLE(number_words);

static const char *const ordinals[HOUSES] = {
	"first", "second", "third", "fourth", "fifth", "sixth",
	"seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"
};

/* Is this key well known, and of no chart? */
static bool
is_other_matter(const DocumentNode *node)
{
	char		folded[FOLDED_NAME_SIZE];
	int			length = fold_name(node->key, node->key_length, folded);

	if (length < 0)
		return false;
	for (int i = 0; i < lengthof(other_beginnings); i++)
		if (strncmp(folded, other_beginnings[i], strlen(other_beginnings[i])) == 0)
			return true;
	for (int i = 0; i < lengthof(other_endings); i++)
	{
		int			ending = strlen(other_endings[i]);

		if (length > ending &&
			strcmp(folded + length - ending, other_endings[i]) == 0)
			return true;
	}
	return false;
}

ChartKey
chart_key(const DocumentNode *node)
{
	ChartKey	meaning = key_role(&key_table, node);

	if (meaning == NOT_KNOWN && node->key && is_other_matter(node))
		meaning = OTHER_MATTERS;
	return meaning;
}

/* "1", "2nd", "twelfth": the number of a house, 0 if it is none */
static int
parse_house_number(const char *folded)
{
	static const char *const endings[] = {"", "st", "nd", "rd", "th"};
	char	   *end;
	long		number;

	for (int house = 1; house <= HOUSES; house++)
		if (strcmp(folded, ordinals[house - 1]) == 0)
			return house;
	if (*folded < '1' || *folded > '9')
		return 0;
	number = strtol(folded, &end, 10);
	if (number <= HOUSES)
		for (int i = 0; i < lengthof(endings); i++)
			if (strcmp(end, endings[i]) == 0)
				return number;
	return 0;
}

int
house_lookup(const char *name, int length, bool among_houses)
{
	static const char *const words[] = {"house", "cusp"};
	char		folded[FOLDED_NAME_SIZE];
	char	   *rest = folded;
	bool		named = among_houses;

	if (fold_name(name, length, folded) < 0)
		return 0;
	for (int i = 0; i < lengthof(words); i++)
	{
		char	   *word = strstr(rest, words[i]);

		if (word == NULL)
			continue;
		named = true;
		if (word == rest)
			rest += strlen(words[i]);
		else
			*word = '\0';
	}
	return named ? parse_house_number(rest) : 0;
}

/* The string that a value is or, as in {"en": "Sun"}, holds; else NULL. */
static const DocumentNode *
find_string(const DocumentNode *value)
{
	if (value->kind == DOCUMENT_STRING)
		return value;
	if (value->kind == DOCUMENT_OBJECT)
	{
		foreach_child(child, value)
		{
			if (child->kind == DOCUMENT_STRING)
				return child;
		}
	}
	return NULL;
}

const DocumentNode *
find_name(const DocumentNode *object, int *id)
{
	const DocumentNode *best = NULL;
	int			best_rank = 0;

	*id = -1;
	if (object->kind != DOCUMENT_OBJECT)
		return NULL;
	foreach_child(child, object)
	{
		int			rank = key_role(&name_table, child);
		const DocumentNode *name = rank ? find_string(child) : NULL;

		if (name == NULL)
			continue;
		*id = body_lookup(name->text, name->length);
		if (*id >= 0)
			return name;
		if (best == NULL || rank < best_rank)
		{
			best = name;
			best_rank = rank;
		}
	}
	return best;
}

int
number_of_house(const DocumentNode *node)
{
	int			house = 0;

	if (node->key)
		house = house_lookup(node->key, node->key_length, true);
	if (node->kind == DOCUMENT_OBJECT)
	{
		foreach_child(child, node)
		{
			if (house == 0 && child->text && key_role(&number_table, child))
				house = house_lookup(child->text, child->length, true);
		}
	}
	if (house == 0 && node->key == NULL)
		house = node->index + 1;
	return house;
}
