// security.h - who may talk to this server.
//
// A page of the web must not reach a server on the reader's own machine: requests name a host that is
// this machine's or an address (DNS rebinding needs a name), and an Origin, if any, must be allowed.
// Keys are compared in constant time.
#ifndef HEARTH_SERVER_SECURITY_H
#define HEARTH_SERVER_SECURITY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct security {
    const char *const *keys; // any of them opens; none: no key is asked
    size_t n_keys;
    const char *const *hosts; // more names that requests may use
    size_t n_hosts;
    const char *const *origins; // pages that may ask and read ("https://example.org")
    size_t n_origins;
};

// Whether an address can be reached from this machine only.
bool security_is_loopback(const char *host);
// ERR_ARGUMENT: listening for others without a key.
enum err security_check_bind(const struct security *security, const char *host,
                             struct error *error);

bool security_allows_host(const struct security *security, const char *host_header);
// `host_header` is the request's own Host: its own pages are always allowed.
bool security_allows_origin(const struct security *security, const char *origin,
                            const char *host_header);
// Only an origin of the list may read answers from a page (CORS).
bool security_is_listed_origin(const struct security *security, const char *origin);
// `authorization` and `api_key` are header values or NULL.
bool security_opens(const struct security *security, const char *authorization,
                    const char *api_key);

#endif
