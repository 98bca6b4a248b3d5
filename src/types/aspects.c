/*
 * aspects.c
 *		The registry of aspects.
 */
#include "postgres.h"

#include "types/aspects.h"
#include "types/bodies.h"

const AspectName aspect_names[ASPECT_IDS] =
{
#define ASPECT(id, name, numerator, denominator, nature, glyph, abbreviation, aliases) \
	[id] = {name, numerator, denominator, nature, glyph, abbreviation, aliases},
#include "types/aspect_list.h"
#undef ASPECT
};

int
aspect_lookup(const char *name, int length)
{
	char		folded[FOLDED_NAME_SIZE];

	if (fold_name(name, length, folded) < 0)
		return -1;
	for (int id = 0; id < ASPECT_IDS; id++)
		if (strcmp(aspect_names[id].name, folded) == 0 ||
			in_word_list(folded, aspect_names[id].aliases))
			return id;
	return -1;
}

const char *
aspect_suggestion(const char *name, int length)
{
	Suggestion	suggestion;

	suggestion_init(&suggestion, name, length);
	for (int id = 0; id < ASPECT_IDS; id++)
		suggestion_consider(&suggestion, aspect_names[id].name,
							aspect_names[id].name);
	return suggestion.name;
}

binary_angle
aspect_angle(int id)
{
	return angle_from_arc((double) aspect_names[id].numerator /
						  aspect_names[id].denominator);
}

const char *
aspect_nature_name(AspectNature nature)
{
	static const char *const names[] = {"neutral", "harmonious", "challenging"};

	return names[nature];
}
