// white_space.h - what counts as white space around words, in turns, markup and JSON alike.
#ifndef HEARTH_CHAT_WHITE_SPACE_H
#define HEARTH_CHAT_WHITE_SPACE_H

#include "base/str.h"

static inline bool str_is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static inline struct str str_trim(struct str text)
{
    while (text.size && str_is_space(text.data[text.size - 1]))
        text.size--;
    while (text.size && str_is_space(text.data[0]))
        text.data++, text.size--;
    return text;
}

#endif
