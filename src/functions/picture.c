/*
 * picture.c
 *		What the pictures have in common: the drawings of the signs, the frame
 *		of an SVG document, numbers and names in it.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "functions/picture.h"

/*
 * Strokes about the origin, 16 units in each direction.  They are drawn with
 * round ends, without fill.
 */
static const char *const zodiac_paths[SIGNS] = {
	/* Aries: the horns of the ram */
	"M-13-3C-16-12-9-15-5-12-1-9 0-3 0 14 0-3 1-9 5-12 9-15 16-12 13-3",
	/* Taurus: the head of the bull */
	"M-12-14C-8-13-8-4 0-4S8-13 12-14M9 5A9 9 0 1 1-9 5 9 9 0 1 1 9 5",
	/* Gemini: two pillars */
	"M-12-13C-5-9 5-9 12-13M-12 13C-5 9 5 9 12 13M-5-10V10M5-10V10",
	/* Cancer: two claws */
	"M-4-4A5 5 0 1 1-14-4 5 5 0 1 1-4-4M4 4A5 5 0 1 1 14 4 5 5 0 1 1 4 4"
	"M-13-7C-8-14 6-14 13-9M13 7C8 14-6 14-13 9",
	/* Leo: mane and tail */
	"M-4 5A4 4 0 1 1-12 5 4 4 0 1 1-4 5"
	"M-5 2C-7-2-11-5-9-9-7-14 4-15 6-9 8-4 3 2 3 8 3 14 11 14 12 9",
	/* Virgo: the maiden with the ear of wheat */
	"M-15-11C-13-13-11-11-11-8V9M-11-8C-10-13-4-13-4-8V9"
	"M-4-8C-3-13 3-13 3-8V6C3 10 6 13 10 14M3-4C6-10 13-9 12-2 11 5 5 9-1 13",
	/* Libra: the scales */
	"M-13 11H13M-13 4H-5C-10 0-9-11 0-11S10 0 5 4H13",
	/* Scorpio: with its sting */
	"M-15-11C-13-13-11-11-11-8V9M-11-8C-10-13-4-13-4-8V9"
	"M-4-8C-3-13 3-13 3-8V7C3 11 7 13 13 9M8 8 13.5 8.7 12.5 14",
	/* Sagittarius: the arrow */
	"M-12 12 12-12M2-12H12V-2M-9-1 1 9",
	/* Capricorn: the goat with the tail of a fish */
	"M-13-11C-9-12-8-8-8-3V6M-8-4C-7-12-1-13-1-6V6C-1 11-3 14-7 14M-1 5C0-1 11-2 11 5S1 11-1 5",
	/* Aquarius: water */
	"M-14-2-8-8-3-2 3-8 8-2 14-8M-14 8-8 2-3 8 3 2 8 8 14 2",
	/* Pisces: two fish, bound */
	"M-11-13C-3-6-3 6-11 13M11-13C3-6 3 6 11 13M-12 0H12",
};

/* the ten planets, and the points that nearly every chart has */
static const char *const body_paths[] = {
	"M12 0A12 12 0 1 1-12 0 12 12 0 1 1 12 0M1 0A1 1 0 1 1-1 0 1 1 0 1 1 1 0",
	"M6-13A13 13 0 1 0 6 13 16 16 0 0 1 6-13",
	"M6-3A6 6 0 1 1-6-3 6 6 0 1 1 6-3M0 3V15M-5 9H5M-6-15A6 6 0 0 0 6-15",
	"M8-6A8 8 0 1 1-8-6 8 8 0 1 1 8-6M0 2V15M-6 9H6",
	"M6 4A9 9 0 1 1-12 4 9 9 0 1 1 6 4M3.5-2.5 13-12M5-12H13V-4",
	"M-11-8C-10-15 1-15 1-7 1-1-4 4-11 6H12M7-12V14",
	"M-5-14V8M-11-9H2M-5-1C-2-7 8-7 8 0 8 5 3 7 3 11 3 14 7 15 10 12",
	"M-10-13V2M10-13V2M-10-5H10M0-13V6M4 10A4 4 0 1 1-4 10 4 4 0 1 1 4 10",
	"M-11-12C-11 6 11 6 11-12M0-13V14M-6 8H6M-14-9-11-13-8-9M-3-9 0-13 3-9M8-9 11-13 14-9",
	"M5-9A5 5 0 1 1-5-9 5 5 0 1 1 5-9M-11-9C-11 6 11 6 11-9M0 2V15M-6 9H6",
	/* true_node */
	"M-6 10A3 3 0 1 1-12 10 3 3 0 1 1-6 10"
	"M12 10A3 3 0 1 1 6 10 3 3 0 1 1 12 10M-8 7C-24-18 24-18 8 7",
	NULL,
	/* true_south_node */
	"M-6-10A3 3 0 1 1-12-10 3 3 0 1 1-6-10"
	"M12-10A3 3 0 1 1 6-10 3 3 0 1 1 12-10M-8-7C-24 18 24 18 8-7",
	NULL,
	/* chiron */
	"M6 10A6 5 0 1 1-6 10 6 5 0 1 1 6 10M0 5V-15M0-5 8-13M0-5 8 2",
	/* mean_lilith */
	"M3-14A8.5 8.5 0 1 0 3 3 10 10 0 0 1 3-14M-2 3V15M-7 9H3",
};

/* half as large */
static const char *const aspect_paths[] = {
	"M2 3A5 5 0 1 1-8 3 5 5 0 1 1 2 3M.5-.5 7-7",
	("M-1.5 5A3.3 3.3 0 1 1-8.1 5 3.3 3.3 0 1 1-1.5 5"
	 "M8.1-5A3.3 3.3 0 1 1 1.5-5 3.3 3.3 0 1 1 8.1-5M-2.5 2.7 2.5-2.7"),
	"M0-7.5 8 6H-8Z",
	"M-6.5-6.5H6.5V6.5H-6.5Z",
	"M0-8V8M-7-4 7 4M-7 4 7-4",
	"M-7-5H7M-6 6 0-5 6 6",
	"M-7 5H7M-6-6 0 5 6-6",
	"M6-7-6 6H7",
};

/*
 * Colours that differ for every kind of colour vision, after Okabe and Ito
 * (Color Universal Design, 2008), the orange a little darker to be read as
 * text; lines differ by their dashes too.
 */
static const struct
{
	const char *name;
	const char *colour;
	const char *dark;			/* on dark paper */
}			natures[] =

{
	[NEUTRAL] = {"neutral", "#565d6b", "#aab1c0"},
	[HARMONIOUS] = {"harmonious", "#0072b2", "#5cb8ec"},
	[CHALLENGING] = {"challenging", "#c24f00", "#ff9452"},
};

void
svg_begin(StringInfo svg, int x, int y, int width, int height, const char *title)
{
	appendStringInfo(svg,
					 "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"%d %d %d %d\""
					 " role=\"img\""
					 " class=\"synastry-svg\" color=\"#1c2333\" fill=\"none\" stroke-width=\"2\""
					 " stroke-linecap=\"round\" stroke-linejoin=\"round\""
					 " font-family=\"Helvetica,Arial,sans-serif\" text-anchor=\"middle\">\n"
					 "<title>%s</title>\n",
					 x, y, width, height, title);
	appendStringInfoString(svg,
						   "<style type=\"text/css\">@media(prefers-color-scheme:dark){"
						   ".synastry-svg{color:#e6e9f0}"
						   ".synastry-paper{fill:#12151d}.synastry-halo{stroke:#12151d}");
	for (int nature = 0; nature < lengthof(natures); nature++)
		appendStringInfo(svg, ".synastry-%s{color:%s}", natures[nature].name,
						 natures[nature].dark);
	appendStringInfoString(svg, "}</style>\n");
}

void
svg_end(StringInfo svg)
{
	appendStringInfoString(svg, "</svg>");
}

void
svg_begin_nature(StringInfo svg, AspectNature nature)
{
	appendStringInfo(svg, "<g class=\"synastry-%s\" color=\"%s\" stroke=\"currentColor\"",
					 natures[nature].name, natures[nature].colour);
}

void
append_tenths(StringInfo svg, int tenths)
{
	char		digits[16];

	if (tenths < 0)
		appendStringInfoChar(svg, '-');
	appendBinaryStringInfo(svg, digits, pg_ltoa(abs(tenths) / 10, digits));
	if (tenths % 10 != 0)
	{
		appendStringInfoChar(svg, '.');
		appendStringInfoChar(svg, '0' + abs(tenths) % 10);
	}
}

void
append_point(StringInfo svg, const char *command, Point point)
{
	appendStringInfoString(svg, command);
	append_tenths(svg, point.x);
	if (point.y >= 0)
		appendStringInfoChar(svg, ' ');
	append_tenths(svg, point.y);
}

void
append_words(StringInfo svg, const char *name)
{
	for (const char *p = name; *p != '\0'; p++)
		appendStringInfoChar(svg, *p == '_' ? ' ' : *p);
}

void
append_minutes(StringInfo svg, int minutes)
{
	appendStringInfo(svg, "%d" DEGREE_SIGN "%02d'", minutes / 60, minutes % 60);
}

void
append_aspect_words(StringInfo svg, const MatrixView *view, int cell)
{
	append_words(svg, body_name(view->ids[SIDE_A][cell / view->m]));
	appendStringInfoChar(svg, ' ');
	append_words(svg, aspect_set_name(view->set, view->codes[cell] - 1));
	appendStringInfoChar(svg, ' ');
	append_words(svg, body_name(view->ids[SIDE_B][cell % view->m]));
	appendStringInfoChar(svg, ' ');
	append_minutes(svg, cell_orb_minutes(view->deviations[cell]));
}

static const char *
body_path(int id)
{
	return id < lengthof(body_paths) ? body_paths[id] : NULL;
}

/* An abbreviation is no wider than a sign: the size of its letters in tenths. */
static int
letter_size(const char *abbreviation)
{
	return Min(220, 500 / (int) strlen(abbreviation));
}

void
append_zodiac_sign(StringInfo svg, int sign, Point at)
{
	append_point(svg, "<path transform=\"translate(", at);
	appendStringInfo(svg, ")\" d=\"%s\"/>\n", zodiac_paths[sign]);
}

void
append_body_sign(StringInfo svg, int id, int scale)
{
	const char *path = body_path(id);
	int			letters = letter_size(bodies[id].abbreviation) * scale / 1000;

	if (path != NULL)
	{
		appendStringInfoString(svg, "<path ");
		if (scale < 1000)
			appendStringInfo(svg, "transform=\"scale(.%03d)\" ", scale);
		appendStringInfo(svg, "d=\"%s\"/>", path);
		return;
	}
	appendStringInfoString(svg, "<text stroke=\"none\" fill=\"currentColor\" y=\"");
	append_tenths(svg, letters * 35 / 100);
	appendStringInfoString(svg, "\" font-size=\"");
	append_tenths(svg, letters);
	appendStringInfo(svg, "\">%s</text>", bodies[id].abbreviation);
}

void
append_aspect_sign(StringInfo svg, const AspectSet *set, int i, Point at)
{
	int			id = set->aspects[i].id;

	if (id < lengthof(aspect_paths))
	{
		append_point(svg, "<path transform=\"translate(", at);
		appendStringInfo(svg, ")\" d=\"%s\"/>", aspect_paths[id]);
		return;
	}
	appendStringInfoString(svg, "<text stroke=\"none\" fill=\"currentColor\" "
						   "font-size=\"13\" x=\"");
	append_tenths(svg, at.x);
	appendStringInfoString(svg, "\" y=\"");
	append_tenths(svg, at.y + 45);
	appendStringInfo(svg, "\">%.3s</text>",
					 id == CUSTOM_ASPECT ? aspect_set_name(set, i) : aspect_names[id].abbreviation);
}
