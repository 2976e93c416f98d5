// digest.h - is this the same as that?  SHA-256 over pieces of text, each with its length in front, so
// that neighbours cannot be confused.
#ifndef HEARTH_SERVER_DIGEST_H
#define HEARTH_SERVER_DIGEST_H

#include <stdbool.h>
#include <string.h>

#include "base/str.h"

struct digest_key {
    unsigned char bytes[32];
};

static inline bool digest_equal(const struct digest_key *a, const struct digest_key *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

struct digest; // in the making

struct digest *digest_open(void);
void digest_add(struct digest *digest, struct str text);
struct digest_key digest_close(struct digest *digest);

#endif
