/*
 * picture_grid.c
 *		aspect_grid_svg(): the grid that astrologers draw, as a picture.
 *
 * A row for each body of A, a column for each body of B; a cell shows the sign
 * of the aspect and its orb, in the colour of its nature, on a ground that is
 * the stronger the closer the aspect is.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "functions/picture.h"

PG_FUNCTION_INFO_V1(aspect_grid_svg);

/* cells in units; the first row and the first column hold the bodies */
#define CELL_WIDTH		64
#define CELL_HEIGHT		52
#define MARGIN			2

static Point
cell_point(int row, int column, int x, int y)
{
	return make_point((column * CELL_WIDTH + x) * 10, (row * CELL_HEIGHT + y) * 10);
}

/* Paper, lines between all cells, and which side is which. */
static void
append_frame(StringInfo svg, int n, int m)
{
	int			width = (m + 1) * CELL_WIDTH;
	int			height = (n + 1) * CELL_HEIGHT;

	appendStringInfo(svg, "<path class=\"synastry-paper\" fill=\"#fff\" d=\"M0 0H%dV%dH0Z\"/>\n",
					 width, height);
	appendStringInfo(svg, "<path fill=\"currentColor\" fill-opacity=\".06\""
					 " d=\"M0 0H%dV%dH%dV%dH0Z\"/>\n",
					 width, CELL_HEIGHT, CELL_WIDTH, height);
	appendStringInfoString(svg, "<path stroke=\"currentColor\" stroke-opacity=\".3\""
						   " stroke-width=\"1\" d=\"");
	for (int row = 0; row <= n + 1; row++)
		appendStringInfo(svg, "M0 %dH%d", row * CELL_HEIGHT, width);
	for (int column = 0; column <= m + 1; column++)
		appendStringInfo(svg, "M%d 0V%d", column * CELL_WIDTH, height);
	appendStringInfo(svg, "M0 0L%d %d\"/>\n", CELL_WIDTH, CELL_HEIGHT);
	appendStringInfoString(svg, "<g fill=\"currentColor\" font-size=\"17\">"
						   "<text x=\"18\" y=\"44\">A</text>"
						   "<text x=\"46\" y=\"21\">B</text></g>\n");
}

static void
append_header(StringInfo svg, const char *side, int id, Point at)
{
	append_point(svg, "<g transform=\"translate(", at);
	appendStringInfo(svg, ")\"><title>%s ", side);
	append_words(svg, body_name(id));
	appendStringInfoString(svg, "</title>");
	append_body_sign(svg, id, 1000);
	appendStringInfoString(svg, "</g>\n");
}

static void
append_headers(StringInfo svg, const MatrixView *view)
{
	appendStringInfoString(svg, "<g stroke=\"currentColor\" stroke-width=\"2.2\">\n");
	for (int i = 0; i < view->n; i++)
		append_header(svg, "A", view->ids[SIDE_A][i],
					  cell_point(i + 1, 0, CELL_WIDTH / 2, CELL_HEIGHT / 2));
	for (int j = 0; j < view->m; j++)
		append_header(svg, "B", view->ids[SIDE_B][j],
					  cell_point(0, j + 1, CELL_WIDTH / 2, CELL_HEIGHT / 2));
	appendStringInfoString(svg, "</g>\n");
}

static void
append_cell(StringInfo svg, const MatrixView *view, int cell)
{
	int			code = view->codes[cell];
	int32		deviation = view->deviations[cell];
	uint32		strength = cell_strength_decimal(cell_orb(deviation),
												 view->set->aspects[code - 1].max_orb);

	append_point(svg, "<g transform=\"translate(",
				 cell_point(cell / view->m + 1, cell % view->m + 1, 0, 0));
	appendStringInfoString(svg, ")\"><title>");
	append_aspect_words(svg, view, cell);
	appendStringInfo(svg, "</title><path stroke=\"none\" fill=\"currentColor\""
					 " fill-opacity=\".%02d\""
					 " d=\"M1 1H%dV%dH1Z\"/>",
					 5 + (int) (strength * INT64CONST(17) / STRENGTH_ONE),
					 CELL_WIDTH - 1, CELL_HEIGHT - 1);
	append_aspect_sign(svg, view->set, code - 1, make_point(CELL_WIDTH * 5, 190));
	appendStringInfo(svg, "<text x=\"%d\" y=\"44\" stroke=\"none\" fill=\"currentColor\">",
					 CELL_WIDTH / 2);
	append_minutes(svg, cell_orb_minutes(deviation));
	appendStringInfoString(svg, "</text></g>\n");
}

static void
append_cells(StringInfo svg, const MatrixView *view, AspectNature nature)
{
	svg_begin_nature(svg, nature);
	appendStringInfoString(svg, " font-size=\"15\">\n");
	for (int cell = 0; cell < view->n * view->m; cell++)
	{
		int			code = view->codes[cell];

		CHECK_FOR_INTERRUPTS();
		if (code > 0 && aspect_set_nature(view->set, code - 1) == nature)
			append_cell(svg, view, cell);
	}
	appendStringInfoString(svg, "</g>\n");
}

Datum
aspect_grid_svg(PG_FUNCTION_ARGS)
{
	MatrixView	view;
	StringInfoData svg;

	matrix_view(PG_GETARG_ASPECT_MATRIX(0), &view);
	initStringInfo(&svg);
	svg_begin(&svg, -MARGIN, -MARGIN, (view.m + 1) * CELL_WIDTH + 2 * MARGIN,
			  (view.n + 1) * CELL_HEIGHT + 2 * MARGIN, "Aspects between two charts");
	appendStringInfo(&svg, "<desc>%d bodies of A in rows, %d bodies of B in columns.</desc>\n",
					 view.n, view.m);
	append_frame(&svg, view.n, view.m);
	append_headers(&svg, &view);
	append_cells(&svg, &view, NEUTRAL);
	append_cells(&svg, &view, HARMONIOUS);
	append_cells(&svg, &view, CHALLENGING);
	svg_end(&svg);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(svg.data, svg.len));
}
