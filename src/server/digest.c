#include "server/digest.h"

#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"

struct digest {
    EVP_MD_CTX *context;
};

struct digest *digest_open(void)
{
    struct digest *digest = mem_new(struct digest, 1);
    digest->context = EVP_MD_CTX_new();
    EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL);
    return digest;
}

void digest_add(struct digest *digest, struct str text)
{
    uint64_t size = text.size;
    EVP_DigestUpdate(digest->context, &size, sizeof size);
    EVP_DigestUpdate(digest->context, text.data, text.size);
}

struct digest_key digest_close(struct digest *digest)
{
    struct digest_key key;
    EVP_DigestFinal_ex(digest->context, key.bytes, NULL);
    EVP_MD_CTX_free(digest->context);
    free(digest);
    return key;
}
