/*
 * grid.c
 *		aspect_grid(): the grid that astrologers draw.
 *
 * A row for each body of A, a column for each body of B; a cell shows the
 * glyph of the aspect and its orb in whole degrees and minutes.  Where the
 * server's encoding has no glyphs, abbreviations stand for them.
 */
#include "postgres.h"

#include <math.h>

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "types/aspect_matrix.h"

PG_FUNCTION_INFO_V1(aspect_grid);

/* Appends a string and fills it up to a width; glyphs are one column wide. */
static void
append_padded(StringInfo text, const char *string, int width)
{
	appendStringInfoString(text, string);
	appendStringInfoSpaces(text, width - pg_mbstrlen(string));
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
static char *
body_label(int id, bool glyphs, bool with_name)
{
	const char *sign = glyphs ? bodies[id].glyph : bodies[id].abbreviation;

	return with_name ? psprintf("%s %s", sign, body_name(id)) : pstrdup(sign);
}

/* The aspect and its orb, whose minutes are cut off like those of a clock. */
static char *
cell_label(const MatrixView *view, int cell, bool glyphs)
{
	uint8		code = view->codes[cell];
	const SetAspect *aspect;
	const char *sign;
	int			millionths;
	int			minutes;

	if (code == 0)
		return pstrdup(glyphs ? "·" : ".");
	aspect = &view->set->aspects[code - 1];
	if (aspect->id == CUSTOM_ASPECT)
		sign = pnstrdup(aspect_set_name(view->set, code - 1), 3);
	else
		sign = glyphs ? aspect_names[aspect->id].glyph : aspect_names[aspect->id].abbreviation;

	/*
	 * in integers: 2.05 degrees are 2 degrees 3 minutes, 2.05 * 60 is below
	 * 123
	 */
	millionths = (int) rint(arc_to_degrees(cell_orb(view->deviations[cell])) * 1e6);
	minutes = (int) (millionths * INT64CONST(60) / 1000000);
	return psprintf(glyphs ? "%s%2d°%02d'" : "%s%2d:%02d", sign,
					minutes / 60, minutes % 60);
}

/* The grid as strings: n + 1 rows of m + 1, the first ones names of bodies. */
static char **
grid_labels(const MatrixView *view, bool glyphs)
{
	char	  **labels = palloc((view->n + 1) * (view->m + 1) * sizeof(char *));
	char	  **next = labels;

	*next++ = "";
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

Datum
aspect_grid(PG_FUNCTION_ARGS)
{
	bool		glyphs = GetDatabaseEncoding() == PG_UTF8;
	MatrixView	view;
	char	  **labels;
	int			n_labels;
	int			name_width = 0;
	int			cell_width = 0;
	StringInfoData grid;

	matrix_view(PG_GETARG_ASPECT_MATRIX(0), &view);
	labels = grid_labels(&view, glyphs);
	n_labels = (view.n + 1) * (view.m + 1);
	for (int i = 0; i < n_labels; i++)
	{
		int		   *width = (i % (view.m + 1) == 0) ? &name_width : &cell_width;

		*width = Max(*width, pg_mbstrlen(labels[i]) + 1);
	}

	initStringInfo(&grid);
	for (int i = 0; i < n_labels; i++)
	{
		bool		is_name = (i % (view.m + 1) == 0);

		if (is_name && i > 0)
			end_line(&grid);
		append_padded(&grid, labels[i], is_name ? name_width : cell_width);
	}
	trim(&grid);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(grid.data, grid.len));
}
