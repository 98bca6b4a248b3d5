/*
 * binary_text.h
 *		The binary form of the types that are written in a grammar: a version
 *		byte and the text, so that one reader checks both forms.
 */
#ifndef SYNASTRY_BINARY_TEXT_H
#define SYNASTRY_BINARY_TEXT_H

#include "postgres.h"

#include "lib/stringinfo.h"

/* the text of a message; another version is an error that names the type */
extern char *receive_text(StringInfo message, int version,
						  const char *type_name, int *length);

extern bytea * send_text(const StringInfo text, int version);

#endif							/* SYNASTRY_BINARY_TEXT_H */
