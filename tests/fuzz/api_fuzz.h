// api_fuzz.h - what the fuzz targets of all dialects do: read the body, and answer it both ways.
#ifndef HEARTH_TESTS_FUZZ_API_FUZZ_H
#define HEARTH_TESTS_FUZZ_API_FUZZ_H

#include <math.h>
#include <stdlib.h>

#include "api/dialect.h"
#include "api/sampling_fields.h"

static inline void fuzz_event(struct reply *reply, enum chat_event_kind kind, struct str text)
{
    struct chat_event event = {
        .kind = kind, .text = text, .id = STR("id"), .name = text, .stop = CHAT_STOP_END_TURN};
    reply_add(reply, 0, &event);
}

// The last bytes of the body come back as the answer, so writers see the same odd strings.
static inline void fuzz_answer(const struct api_dialect *dialect, struct api_request *request,
                               struct str text, bool is_stream)
{
    struct reply reply;
    request->is_stream = is_stream;
    reply_init(&reply, dialect, request, 1, 1, 0);
    sampling_wish_apply(&reply.sampling, &request->sampling);
    reply_start(&reply);
    reply_beat(&reply);
    if (request->task == API_CHAT) {
        fuzz_event(&reply, CHAT_EVENT_THINKING, text);
        fuzz_event(&reply, CHAT_EVENT_THINKING_END, text);
        fuzz_event(&reply, CHAT_EVENT_CALL_START, text);
        fuzz_event(&reply, CHAT_EVENT_CALL_ARGS, STR("{\"a\":1}"));
        fuzz_event(&reply, CHAT_EVENT_CALL_END, text);
    }
    reply_add_token(&reply, 0, 7);
    struct token_report top = {.id = 1, .bytes = text, .logprob = -INFINITY};
    struct token_report report = {.id = 7, .bytes = text, .logprob = NAN, .top = &top, .n_top = 1};
    reply_report(&reply, 0, &report);
    fuzz_event(&reply, CHAT_EVENT_TEXT, text);
    fuzz_event(&reply, CHAT_EVENT_STOP, text);
    reply_finish(&reply);
    struct json_object *body = NULL;
    struct error error;
    if (!is_stream && json_read(&body, (struct str){reply.out.data, reply.out.size}, &error))
        abort(); // a whole answer is always JSON
    json_object_put(body);
    reply_release(&reply);
}

static inline int fuzz_dialect(const struct api_dialect *dialect, const uint8_t *data, size_t size)
{
    struct api_request request;
    struct error error;
    struct str text = {(const char *)data, size};
    api_request_init(&request);
    if (!api_request_parse(&request, text, &error) && !dialect->read(&request, &error)) {
        struct str tail = str_slice(text, size > 40 ? size - 40 : 0, size);
        fuzz_answer(dialect, &request, tail, false);
        fuzz_answer(dialect, &request, tail, true);
    }
    api_request_release(&request);
    return 0;
}

#endif
