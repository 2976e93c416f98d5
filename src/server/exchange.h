// exchange.h - one HTTP request and its response, between the event loop and a worker.
//
// The loop's thread owns the socket; a worker thread reads the request, which is copied and does not
// change, and writes the response piece by piece.  Writing waits while the client is slow to read,
// and tells when the client has gone; so does exchange_is_gone(), at any time.
#ifndef HEARTH_SERVER_EXCHANGE_H
#define HEARTH_SERVER_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct exchange;
struct listener;

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OPTIONS, HTTP_OTHER };

// ---- the request; borrowed until the exchange is released ----
enum http_method exchange_method(const struct exchange *exchange);
const char *exchange_path(const struct exchange *exchange); // without the query, percent-decoded
struct str exchange_body(const struct exchange *exchange);
void exchange_forget_body(struct exchange *exchange); // the worker has read it
// By lower-case name; NULL when absent.  Takes the exchange as void * to fit api/dialect.h.
const char *exchange_header(void *exchange, const char *name);
const char *exchange_peer(const struct exchange *exchange); // "127.0.0.1"
uint64_t exchange_start_ns(const struct exchange *exchange);

// ---- the response; a worker's ----

const char *exchange_reason(int status); // "Bad Request"

// One more header of the response, before it begins.
void exchange_add_header(struct exchange *exchange, const char *name, const char *value);
// A whole response.  `content_type` may be NULL when there is no body.
void exchange_respond(struct exchange *exchange, int status, const char *content_type,
                      struct str body);
// A streamed one: begin, write..., end.  exchange_write() waits while more than a mebibyte is on its
// way and is false once the client has gone.
void exchange_begin(struct exchange *exchange, int status, const char *content_type);
bool exchange_write(struct exchange *exchange, struct str bytes);
void exchange_end(struct exchange *exchange);

bool exchange_is_gone(struct exchange *exchange);
int exchange_status(const struct exchange *exchange); // as sent; 0 before
void exchange_release(struct exchange *exchange);     // the worker's last call

#endif
