/*
 * grid.c
 *		aspect_grid(): the grid that astrologers draw.
 *
 * A row for each body of A, a column for each body of B; a cell shows the
 * glyph of the aspect and its orb in whole degrees and minutes.  Where the
 * server's encoding has no glyphs, abbreviations stand for them.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "types/aspect_matrix.h"

PG_FUNCTION_INFO_V1(aspect_grid);

/* columns of the screen for a cell such as "bQn 10:05" and a space */
#define CELL_WIDTH	10

static void
append_spaces(StringInfo text, int n)
{
	for (; n > 0; n--)
		appendStringInfoChar(text, ' ');
}

/* Appends a string and fills it up to a width; glyphs are one column wide. */
static void
append_padded(StringInfo text, const char *string, int width)
{
	appendStringInfoString(text, string);
	append_spaces(text, width - pg_mbstrlen(string));
}

/* A line does not end with spaces. */
static void
end_line(StringInfo text)
{
	while (text->len > 0 && text->data[text->len - 1] == ' ')
		text->data[--text->len] = '\0';
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
	int			minutes;

	if (code == 0)
		return pstrdup(glyphs ? "·" : ".");
	aspect = &view->set->aspects[code - 1];
	if (aspect->id == CUSTOM_ASPECT)
		sign = pnstrdup(aspect_set_name(view->set, code - 1), 3);
	else
		sign = glyphs ? aspect_names[aspect->id].glyph : aspect_names[aspect->id].abbreviation;
	minutes = (int) (arc_to_degrees(cell_orb(view->deviations[cell])) * 60);
	return psprintf(glyphs ? "%s %d°%02d'" : "%s %d:%02d", sign,
					minutes / 60, minutes % 60);
}

Datum
aspect_grid(PG_FUNCTION_ARGS)
{
	MatrixView	view;
	StringInfoData grid;
	bool		glyphs = GetDatabaseEncoding() == PG_UTF8;
	int			label_width = 0;

	matrix_view(PG_GETARG_ASPECT_MATRIX(0), &view);
	initStringInfo(&grid);
	for (int i = 0; i < view.n; i++)
		label_width = Max(label_width,
						  pg_mbstrlen(body_label(view.ids[SIDE_A][i], glyphs, true)) + 2);

	append_spaces(&grid, label_width);
	for (int j = 0; j < view.m; j++)
		append_padded(&grid, body_label(view.ids[SIDE_B][j], glyphs, false), CELL_WIDTH);
	end_line(&grid);
	for (int i = 0; i < view.n; i++)
	{
		appendStringInfoChar(&grid, '\n');
		append_padded(&grid, body_label(view.ids[SIDE_A][i], glyphs, true), label_width);
		for (int j = 0; j < view.m; j++)
			append_padded(&grid, cell_label(&view, i * view.m + j, glyphs), CELL_WIDTH);
		end_line(&grid);
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(grid.data, grid.len));
}
