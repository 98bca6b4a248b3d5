/*
 * document.c
 *		A JSON document as a tree of nodes, and what a key of it means.
 *
 * JSON text goes through PostgreSQL's own parser, so that what is valid, and
 * how an error reads, is the same as for the type json.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "types/bodies.h"
#include "types/document.h"

/* bytes of a value that a message shows */
#define SHOWN_LENGTH	40

/*
 * A tree in the making.  Once it is too large nothing more is added, and there
 * is no root in the end.
 */
typedef struct DocumentBuilder
{
	DocumentNode *root;
	DocumentNode *open;			/* the array or object that is being filled */
	const char *key;			/* of the next node */
	int			key_length;
	int			n;
} DocumentBuilder;

static inline bool
is_too_large(const DocumentBuilder *builder)
{
	return builder->n > MAX_DOCUMENT_NODES;
}

static void
add_node(DocumentBuilder *builder, DocumentKind kind, const char *text,
		 int length)
{
	DocumentNode *parent = builder->open;
	DocumentNode *node;

	CHECK_FOR_INTERRUPTS();
	builder->n++;
	if (is_too_large(builder))
		return;

	node = palloc0(sizeof(DocumentNode));
	node->kind = kind;
	node->text = text;
	node->length = length;
	if (parent == NULL)
		builder->root = node;
	else
	{
		node->parent = parent;
		node->index = parent->n++;
		if (parent->kind == DOCUMENT_OBJECT)
		{
			node->key = builder->key;
			node->key_length = builder->key_length;
		}
		if (parent->last)
			parent->last->next = node;
		else
			parent->first = node;
		parent->last = node;
	}
	if (kind == DOCUMENT_ARRAY || kind == DOCUMENT_OBJECT)
		builder->open = node;
}

static void
close_node(DocumentBuilder *builder)
{
	if (!is_too_large(builder))
		builder->open = builder->open->parent;
}

static DocumentNode *
finish_document(const DocumentBuilder *builder)
{
	return is_too_large(builder) ? NULL : builder->root;
}

/*
 * From JSON text: the actions of the parser
 */

static JsonActionResult
on_object_start(void *state)
{
	add_node(state, DOCUMENT_OBJECT, NULL, 0);
	JSON_ACTION_RETURN();
}

static JsonActionResult
on_array_start(void *state)
{
	add_node(state, DOCUMENT_ARRAY, NULL, 0);
	JSON_ACTION_RETURN();
}

static JsonActionResult
on_end(void *state)
{
	close_node(state);
	JSON_ACTION_RETURN();
}

static JsonActionResult
on_key(void *state, char *key, bool isnull)
{
	DocumentBuilder *builder = state;

	builder->key = key;
	builder->key_length = strlen(key);
	JSON_ACTION_RETURN();
}

static JsonActionResult
on_scalar(void *state, char *token, JsonTokenType type)
{
	DocumentKind kind;

	switch (type)
	{
		case JSON_TOKEN_STRING:
			kind = DOCUMENT_STRING;
			break;
		case JSON_TOKEN_NUMBER:
			kind = DOCUMENT_NUMBER;
			break;
		case JSON_TOKEN_TRUE:
		case JSON_TOKEN_FALSE:
			kind = DOCUMENT_BOOL;
			break;
		default:
			kind = DOCUMENT_NULL;
			break;
	}
	add_node(state, kind, token, strlen(token));
	JSON_ACTION_RETURN();
}

bool
document_from_json(const char *json, int length, DocumentNode **root,
				   Node *escontext)
{
	DocumentBuilder builder = {0};
	JsonSemAction actions = {0};

	actions.semstate = &builder;
	actions.object_start = on_object_start;
	actions.object_end = on_end;
	actions.array_start = on_array_start;
	actions.array_end = on_end;
	actions.object_field_start = on_key;
	actions.scalar = on_scalar;
	if (!pg_parse_json_or_errsave(make_json_lexer(json, length), &actions,
								  escontext))
		return false;
	*root = finish_document(&builder);
	return true;
}

/*
 * From jsonb
 */

static void
add_jsonb_scalar(DocumentBuilder *builder, const JsonbValue *value)
{
	const char *text;

	switch (value->type)
	{
		case jbvString:
			add_node(builder, DOCUMENT_STRING, value->val.string.val,
					 value->val.string.len);
			break;
		case jbvNumeric:
			text = DatumGetCString(DirectFunctionCall1(numeric_out,
													   NumericGetDatum(value->val.numeric)));
			add_node(builder, DOCUMENT_NUMBER, text, strlen(text));
			break;
		case jbvBool:
			text = value->val.boolean ? "true" : "false";
			add_node(builder, DOCUMENT_BOOL, text, strlen(text));
			break;
		default:
			add_node(builder, DOCUMENT_NULL, "null", strlen("null"));
			break;
	}
}

DocumentNode *
document_from_jsonb(Jsonb *jsonb)
{
	DocumentBuilder builder = {0};
	JsonbIterator *iterator = JsonbIteratorInit(&jsonb->root);
	JsonbValue	value;
	JsonbIteratorToken token;

	while (!is_too_large(&builder) &&
		   (token = JsonbIteratorNext(&iterator, &value, false)) != WJB_DONE)
	{
		switch (token)
		{
			case WJB_BEGIN_OBJECT:
				add_node(&builder, DOCUMENT_OBJECT, NULL, 0);
				break;
			case WJB_BEGIN_ARRAY:
				/* a scalar document is an array of its own kind */
				if (!value.val.array.rawScalar)
					add_node(&builder, DOCUMENT_ARRAY, NULL, 0);
				break;
			case WJB_KEY:
				builder.key = value.val.string.val;
				builder.key_length = value.val.string.len;
				break;
			case WJB_VALUE:
			case WJB_ELEM:
				add_jsonb_scalar(&builder, &value);
				break;
			default:
				if (builder.open != NULL)
					close_node(&builder);
				break;
		}
	}
	return finish_document(&builder);
}

/*
 * For messages
 */

/* May a key stand in a jsonpath without quotes? */
static bool
is_plain_key(const char *key, int length)
{
	for (int i = 0; i < length; i++)
	{
		char		c = key[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
			  (c >= '0' && c <= '9' && i > 0)))
			return false;
	}
	return length > 0;
}

void
append_document_path(StringInfo path, const DocumentNode *node)
{
	if (node == NULL || node->parent == NULL)
	{
		appendStringInfoChar(path, '$');
		return;
	}
	check_stack_depth();
	append_document_path(path, node->parent);
	if (node->key == NULL)
		appendStringInfo(path, "[%d]", node->index);
	else if (is_plain_key(node->key, node->key_length))
	{
		appendStringInfoChar(path, '.');
		appendBinaryStringInfo(path, node->key, node->key_length);
	}
	else
	{
		appendStringInfoChar(path, '.');
		escape_json(path, pnstrdup(node->key, node->key_length));
	}
}

const char *
show_document_value(const DocumentNode *node)
{
	int			length;
	const char *more;

	if (node->kind == DOCUMENT_OBJECT)
		return "an object";
	if (node->kind == DOCUMENT_ARRAY)
		return psprintf("an array of %d", node->n);
	length = pg_mbcliplen(node->text, node->length, SHOWN_LENGTH);
	more = (length < node->length) ? "..." : "";
	return (node->kind == DOCUMENT_STRING)
		? psprintf("\"%.*s%s\"", length, node->text, more)
		: psprintf("%.*s%s", length, node->text, more);
}

/*
 * Keys
 */

typedef struct KeyEntry
{
	char		word[FOLDED_NAME_SIZE]; /* hash key */
	int			role;
} KeyEntry;

static HTAB *
make_roles(const KeyTable *table)
{
	HASHCTL		control = {0};
	HTAB	   *roles;

	control.keysize = FOLDED_NAME_SIZE;
	control.entrysize = sizeof(KeyEntry);
	roles = hash_create("synastry keys", 256, &control,
						HASH_ELEM | HASH_STRINGS);
	for (int i = 0; i < table->n; i++)
	{
		for (const char *word = table->lists[i].words; *word != '\0';)
		{
			int			length = strcspn(word, " ");
			char		folded[FOLDED_NAME_SIZE];
			KeyEntry   *entry;
			bool		found;

			fold_name(word, length, folded);
			entry = hash_search(roles, folded, HASH_ENTER, &found);
			Assert(!found);		/* no key has two roles */
			entry->role = table->lists[i].role;
			word += length;
			word += strspn(word, " ");
		}
	}
	return roles;
}

int
key_role(KeyTable *table, const DocumentNode *node)
{
	char		folded[FOLDED_NAME_SIZE];
	const KeyEntry *entry;

	if (node->key == NULL ||
		fold_name(node->key, node->key_length, folded) < 0)
		return 0;
	if (table->roles == NULL)
		table->roles = make_roles(table);
	entry = hash_search(table->roles, folded, HASH_FIND, NULL);
	return entry ? entry->role : 0;
}
