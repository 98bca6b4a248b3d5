/*
 * cells_document.h
 *		Values with cells as JSON: {"aspects": "...", "a": [...], "b": [...], ...},
 *		an aspect set, the bodies of both sides, and what the type has in its
 *		cells.
 *
 * Each function that returns false or NULL has reported why.
 */
#ifndef SYNASTRY_CELLS_DOCUMENT_H
#define SYNASTRY_CELLS_DOCUMENT_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

#include "types/aspect_matrix.h"

/* the beginning of the text of a value, up to the bodies */
extern void cells_begin_text(StringInfo text, const AspectSet *set);
extern void cells_append_names(StringInfo text, const char *key, const uint16 *ids, int n);

typedef struct CellsDocument
{
	const char *type;			/* for messages */
	Node	   *escontext;
	JsonbContainer *root;
	AspectSet  *set;
	JsonbContainer *names[2];
	int			n[2];
} CellsDocument;

/* reads what all have, but for the ids; does not limit their number */
extern bool cells_open(CellsDocument *document, const char *type, char *text,
					   Node *escontext);

extern bool cells_malformed(const CellsDocument *document, const char *detail);

/* the array under a key */
extern JsonbContainer *cells_array(const CellsDocument *document, const char *key);

/* element i of an array, which must be an array of this length */
extern JsonbContainer *cells_row(const CellsDocument *document, JsonbContainer *array,
								 int i, int length, const char *detail);

/* the ids of the bodies of a side, in their order */
extern bool cells_read_names(const CellsDocument *document, Side side, uint16 *ids);

#endif							/* SYNASTRY_CELLS_DOCUMENT_H */
