/*
 * grid.c
 *		aspect_grid(): the grid that astrologers draw.
 *
 * A row for each body of A, a column for each body of B; a cell shows the
 * glyph of the aspect and its orb in whole degrees and minutes.  Where the
 * server's encoding has no glyphs, abbreviations stand for them.  In colour,
 * for terminals: codes of ECMA-48 around what is not blank.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "functions/picture.h"
#include "types/aspect_matrix.h"

PG_FUNCTION_INFO_V1(aspect_grid);
PG_FUNCTION_INFO_V1(aspect_grid_in_color);

/*
 * Of the eight colours that every terminal has, those that are told apart by
 * most eyes, on dark ground and on light; a terminal's own scheme decides what
 * they are.
 */
#define COLOR_END	"\033[0m"
static const char *const nature_colors[] = {
	[NEUTRAL] = "\033[33m",
	[HARMONIOUS] = "\033[36m",
	[CHALLENGING] = "\033[31m",
};
static const char *const name_color = "\033[1m";
static const char *const empty_color = "\033[2m";

typedef struct Label
{
	const char *text;
	const char *color;
} Label;

static Label
make_label(const char *text, const char *color)
{
	Label		label = {text, color};

	return label;
}

/* Appends a label and fills it up to a width; glyphs are one column wide. */
static void
append_padded(StringInfo text, const Label *label, int width, bool in_color)
{
	if (in_color && label->text[0] != '\0')
		appendStringInfo(text, "%s%s" COLOR_END, label->color, label->text);
	else
		appendStringInfoString(text, label->text);
	appendStringInfoSpaces(text, width - pg_mbstrlen(label->text));
}

/* A line does not end with spaces. */
static void
trim(StringInfo text)
{
	while (text->len > 0 && text->data[text->len - 1] == ' ')
		text->data[--text->len] = '\0';
}

static void
end_line(StringInfo text)
{
	trim(text);
	appendStringInfoChar(text, '\n');
}

/* A body: glyph and name for a row, glyph alone for a column. */
static Label
body_label(int id, bool glyphs, bool with_name)
{
	const char *sign = glyphs ? bodies[id].glyph : bodies[id].abbreviation;

	return make_label(with_name ? psprintf("%s %s", sign, body_name(id)) : sign, name_color);
}

/* The aspect and its orb, whose minutes are cut off like those of a clock. */
static Label
cell_label(const MatrixView *view, int cell, bool glyphs)
{
	uint8		code = view->codes[cell];
	const SetAspect *aspect;
	const char *sign;
	int			minutes;

	if (code == 0)
		return make_label(glyphs ? "·" : ".", empty_color);
	aspect = &view->set->aspects[code - 1];
	if (aspect->id == CUSTOM_ASPECT)
		sign = pnstrdup(aspect_set_name(view->set, code - 1), 3);
	else
		sign = glyphs ? aspect_names[aspect->id].glyph : aspect_names[aspect->id].abbreviation;
	minutes = cell_orb_minutes(view->deviations[cell]);
	return make_label(psprintf(glyphs ? "%s%2d°%02d'" : "%s%2d:%02d", sign,
							   minutes / 60, minutes % 60),
					  nature_colors[aspect_set_nature(view->set, code - 1)]);
}

/* The grid as labels: n + 1 rows of m + 1, the first ones names of bodies. */
static Label *
grid_labels(const MatrixView *view, bool glyphs)
{
	Label	   *labels = palloc((view->n + 1) * (view->m + 1) * sizeof(Label));
	Label	   *next = labels;

	*next++ = make_label("", name_color);
	for (int j = 0; j < view->m; j++)
		*next++ = body_label(view->ids[SIDE_B][j], glyphs, false);
	for (int i = 0; i < view->n; i++)
	{
		*next++ = body_label(view->ids[SIDE_A][i], glyphs, true);
		for (int j = 0; j < view->m; j++)
			*next++ = cell_label(view, i * view->m + j, glyphs);
	}
	return labels;
}

static text *
draw_grid(const AspectMatrix *matrix, bool in_color)
{
	bool		glyphs = GetDatabaseEncoding() == PG_UTF8;
	MatrixView	view;
	Label	   *labels;
	int			n_labels;
	int			name_width = 0;
	int			cell_width = 0;
	StringInfoData grid;

	matrix_view(matrix, &view);
	labels = grid_labels(&view, glyphs);
	n_labels = (view.n + 1) * (view.m + 1);
	for (int i = 0; i < n_labels; i++)
	{
		int		   *width = (i % (view.m + 1) == 0) ? &name_width : &cell_width;

		*width = Max(*width, pg_mbstrlen(labels[i].text) + 1);
	}

	initStringInfo(&grid);
	for (int i = 0; i < n_labels; i++)
	{
		bool		is_name = (i % (view.m + 1) == 0);

		if (is_name && i > 0)
			end_line(&grid);
		append_padded(&grid, &labels[i], is_name ? name_width : cell_width, in_color);
	}
	trim(&grid);
	return cstring_to_text_with_len(grid.data, grid.len);
}

/* aspect_grid(aspect_matrix) */
Datum
aspect_grid(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(draw_grid(PG_GETARG_ASPECT_MATRIX(0), false));
}

/* aspect_grid(aspect_matrix, bool) */
Datum
aspect_grid_in_color(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(draw_grid(PG_GETARG_ASPECT_MATRIX(0), PG_GETARG_BOOL(1)));
}
