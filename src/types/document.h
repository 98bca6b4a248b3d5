/*
 * document.h
 *		A JSON document as a tree of nodes, and what a key of it means.
 *
 * A document that comes as JSON text and one that comes as jsonb become the
 * same tree.  Keys stand in the order of the document, and one that occurs
 * twice in a text occurs twice here.
 */
#ifndef SYNASTRY_DOCUMENT_H
#define SYNASTRY_DOCUMENT_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/hsearch.h"
#include "utils/jsonb.h"

#include "compat.h"

/*
 * A document with more nodes is not read.  The largest that applications are
 * known to write have some ten thousand, and a node takes 128 bytes.
 */
#define MAX_DOCUMENT_NODES	262144

typedef enum DocumentKind
{
	DOCUMENT_NULL,
	DOCUMENT_BOOL,
	DOCUMENT_NUMBER,
	DOCUMENT_STRING,
	DOCUMENT_ARRAY,
	DOCUMENT_OBJECT
} DocumentKind;

typedef struct DocumentNode
{
	DocumentKind kind;
	const char *text;			/* of a scalar, as it was written */
	int			length;

	struct DocumentNode *parent;
	int			index;			/* place among the children of the parent */
	const char *key;			/* NULL unless the parent is an object */
	int			key_length;
	struct DocumentNode *next;

	int			n;				/* children */
	struct DocumentNode *first;
	struct DocumentNode *last;
} DocumentNode;

#define foreach_child(child, node) \
	for (const DocumentNode *child = (node)->first; child != NULL; child = child->next)

/*
 * The document of a JSON text; false after a soft error.  A document that is
 * too large has no root.
 */
extern bool document_from_json(const char *json, int length,
							   DocumentNode **root, Node *escontext);
extern DocumentNode *document_from_jsonb(Jsonb *jsonb);

/* Appends where a node stands, as a jsonpath: $.planets[3].longitude */
extern void append_document_path(StringInfo path, const DocumentNode *node);

/* A value as messages show it: short, and no whole document. */
extern const char *show_document_value(const DocumentNode *node);

/*
 * What keys mean: lists of words, each with a role (not zero).  Keys are
 * compared as the names of bodies are, without regard to case, spaces, hyphens
 * and underscores.
 */
typedef struct KeyList
{
	int			role;
	const char *words;			/* separated by spaces */
} KeyList;

typedef struct KeyTable
{
	const KeyList *lists;
	int			n;
	HTAB	   *roles;			/* made at the first use */
} KeyTable;

#define KEY_TABLE(lists) {lists, lengthof(lists), NULL}

/* the role of a node by its key, 0 if it has none */
extern int	key_role(KeyTable *table, const DocumentNode *node);

#endif							/* SYNASTRY_DOCUMENT_H */
