// transcript.h - the events of an answer as one text, so that tests compare strings.
//
// Deltas of one kind are joined; ids are left out.  Lines look like
//     think|words        text|words       call|Name|{"a":1}        cut|Name|{"a        stop|end
// with newlines and backslashes of the words written \n and \\.
#ifndef HEARTH_TESTS_CHAT_TRANSCRIPT_H
#define HEARTH_TESTS_CHAT_TRANSCRIPT_H

#include "base/buf.h"
#include "chat/chat.h"
#include "chat/output_parser.h"
#include "tests/test.h"

struct transcript {
    struct buf out;
    enum chat_event_kind last;
    bool has_last;
    struct buf name, args, signature;
    bool in_call;
};

static inline void transcript_words(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '\n')
            buf_append_text(out, "\\n");
        else if (c == '\\')
            buf_append_text(out, "\\\\");
        else
            buf_append_byte(out, c);
    }
}

static inline void transcript_sink(void *context, const struct chat_event *event)
{
    static const char *const stops[] = {"none", "end", "calls", "sequence", "max", "cancelled"};
    struct transcript *t = context;
    bool goes_on = t->has_last && t->last == event->kind;
    switch (event->kind) {
    case CHAT_EVENT_THINKING:
    case CHAT_EVENT_TEXT:
        if (!goes_on)
            buf_append_text(&t->out, event->kind == CHAT_EVENT_TEXT ? "\ntext|" : "\nthink|");
        transcript_words(&t->out, event->text);
        break;
    case CHAT_EVENT_THINKING_END:
        buf_append_text(&t->out, "\nthought");
        break;
    case CHAT_EVENT_CALL_START:
        assert_false(t->in_call);
        t->in_call = true;
        buf_append_text(&t->out, "\ncall|");
        buf_append(&t->out, event->name.data, event->name.size);
        buf_append_byte(&t->out, '|');
        buf_reset(&t->args);
        break;
    case CHAT_EVENT_CALL_ARGS:
        assert_true(t->in_call);
        transcript_words(&t->out, event->text);
        buf_append(&t->args, event->text.data, event->text.size);
        break;
    case CHAT_EVENT_CALL_END:
    case CHAT_EVENT_CALL_CUT:
        assert_true(t->in_call);
        t->in_call = false;
        buf_append_text(&t->out, event->kind == CHAT_EVENT_CALL_END ? "|whole" : "|cut");
        break;
    case CHAT_EVENT_STOP:
        assert_false(t->in_call);
        buf_printf(&t->out, "\nstop|%s", stops[event->stop]);
        break;
    }
    t->last = event->kind;
    t->has_last = true;
}

static inline void transcript_release(struct transcript *t)
{
    buf_release(&t->out);
    buf_release(&t->name);
    buf_release(&t->args);
    buf_release(&t->signature);
    *t = (struct transcript){0};
}

#endif
