/*
 * position.h
 *		The position of a body, as documents write it.
 */
#ifndef SYNASTRY_POSITION_H
#define SYNASTRY_POSITION_H

#include "postgres.h"

#include "types/chart.h"
#include "types/document.h"

/*
 * Reads the position of a body or of a cusp; whose is for messages.  Returns
 * false after a soft error.  A position that is not known (null) is none.
 */
extern bool read_position(const DocumentNode *value, const char *whose,
						  bool *known, ChartBody *body, Node *escontext);

/*
 * Is this a position?  Where it is known what it would be the position of, an
 * angle will do.
 */
extern bool looks_like_position(const DocumentNode *value, bool named);

/* the text of a number or of a string that is a number; else false */
extern bool read_document_number(const DocumentNode *value, double *number);

#endif							/* SYNASTRY_POSITION_H */
