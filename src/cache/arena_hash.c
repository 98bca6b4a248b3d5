/*
 * arena_hash.c
 *		The hash of keys: XXH3-128, compiled in from xxHash's header.
 *
 * It is not cryptographic: who wants two keys with one hash may find them.
 * That costs such a person time and no answer, for the arena compares keys.
 */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "arena.h"

ArenaHash
arena_hash(const void *bytes, size_t length)
{
	XXH128_hash_t hash = XXH3_128bits(bytes, length);

	return (ArenaHash)
	{
		.low = hash.low64,.high = hash.high64
	};
}
