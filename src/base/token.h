// token.h - the number of a token in a vocabulary, wherever one is passed.
#ifndef HEARTH_BASE_TOKEN_H
#define HEARTH_BASE_TOKEN_H

#include <stdint.h>

typedef int32_t token_id; // >= 0; TOKEN_NONE where there is none

#define TOKEN_NONE ((token_id)-1)

#endif
