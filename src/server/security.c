#include "server/security.h"

#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

// The host of "host", "host:port", "[::1]" or "[::1]:port"; false when it does not fit.
static bool split_host(const char *text, char *host, size_t size)
{
    size_t start = text[0] == '[', end = start ? strcspn(text, "]") : strcspn(text, ":");
    if (end - start >= size || end == start)
        return false;
    memcpy(host, text + start, end - start);
    host[end - start] = 0;
    return true;
}

static bool is_address(const char *host)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

static bool is_local_name(const char *host)
{
    size_t size = strlen(host);
    return strcasecmp(host, "localhost") == 0 ||
           (size > 10 && strcasecmp(host + size - 10, ".localhost") == 0);
}

bool security_is_loopback(const char *host)
{
    unsigned char bytes[16];
    static const unsigned char one[16] = {[15] = 1};
    if (inet_pton(AF_INET, host, bytes) == 1)
        return bytes[0] == 127;
    if (inet_pton(AF_INET6, host, bytes) == 1)
        return memcmp(bytes, one, 16) == 0;
    return is_local_name(host);
}

enum err security_check_bind(const struct security *security, const char *host, struct error *error)
{
    if (security->n_keys || security_is_loopback(host))
        return OK;
    return fail(error, ERR_ARGUMENT,
                "--host %s lets others in: give a key with --api-key or --api-key-file", host);
}

bool security_allows_host(const struct security *security, const char *host_header)
{
    char host[256];
    if (!host_header) // HTTP/1.0 tools; a browser always sends it
        return true;
    if (!split_host(host_header, host, sizeof host))
        return false;
    if (is_address(host) || is_local_name(host))
        return true;
    for (size_t i = 0; i < security->n_hosts; i++)
        if (strcasecmp(security->hosts[i], host) == 0)
            return true;
    return false;
}

bool security_is_listed_origin(const struct security *security, const char *origin)
{
    for (size_t i = 0; i < security->n_origins; i++)
        if (strcasecmp(security->origins[i], origin) == 0)
            return true;
    return false;
}

bool security_allows_origin(const struct security *security, const char *origin,
                            const char *host_header)
{
    if (!origin || security_is_listed_origin(security, origin))
        return true;
    const char *host = strstr(origin, "://");
    return host && host_header && strcasecmp(host + 3, host_header) == 0;
}

static bool is_equal(const char *a, const char *b)
{
    unsigned char digests[2][SHA256_DIGEST_LENGTH]; // of equal length, whatever the keys are
    SHA256((const unsigned char *)a, strlen(a), digests[0]);
    SHA256((const unsigned char *)b, strlen(b), digests[1]);
    return CRYPTO_memcmp(digests[0], digests[1], sizeof digests[0]) == 0;
}

bool security_opens(const struct security *security, const char *authorization, const char *api_key)
{
    if (security->n_keys == 0)
        return true;
    const char *given[2] = {NULL, api_key};
    if (authorization && strncasecmp(authorization, "Bearer ", 7) == 0)
        given[0] = authorization + 7;
    bool opens = false;
    for (size_t i = 0; i < security->n_keys; i++) // all of them, so that time tells nothing
        for (size_t j = 0; j < 2; j++)
            if (given[j])
                opens |= is_equal(security->keys[i], given[j]);
    return opens;
}
