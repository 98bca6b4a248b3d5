/*
 * binary_text.c
 *		The binary form of the types that are written in a grammar.
 */
#include "postgres.h"

#include "libpq/pqformat.h"

#include "types/binary_text.h"

char *
receive_text(StringInfo message, int version, const char *type_name,
			 int *length)
{
	int			received = pq_getmsgbyte(message);

	if (received != version)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported version of a binary %s: %d",
						type_name, received)));
	return pq_getmsgtext(message, message->len - message->cursor, length);
}

bytea *
send_text(const StringInfo text, int version)
{
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendint8(&message, version);
	pq_sendtext(&message, text->data, text->len);
	return pq_endtypsend(&message);
}
