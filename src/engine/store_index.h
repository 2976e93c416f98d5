// store_index.h - which files of one model the disk cache has, found by key.
//
// Made from a listing of the folder and kept up to date by who writes and reads.  The folder may know
// better: a file listed may be gone when it is opened, and files of other programs are not seen until
// the next listing, some seconds later.  No lock of its own.
#ifndef HEARTH_ENGINE_STORE_INDEX_H
#define HEARTH_ENGINE_STORE_INDEX_H

#include "engine/store_folder.h"

struct store_known {
    struct store_file file; // n_start is 0
    bool is_pending;        // being written: not to be read yet
    bool is_gone;           // forgotten
};

struct store_index {
    struct store_known *files; // [n_files] in no order, those that are gone among them
    size_t n_files, capacity;
    uint32_t *slots; // [n_slots] 1 + a place in `files`, or 0; open addressing by key
    size_t n_slots;  // a power of two
};

struct store_match {   // what to read to continue a sequence
    uint32_t n_tokens; // behind these
    uint32_t n_chunks; // whole chunks from the start
    bool has_state;    // and then this file
    struct store_file state;
    bool has_other; // of other tokens behind the chunks that are known: this file
    struct store_file other;
};

void store_index_release(struct store_index *index);
// Takes over what a listing of the folder says; files that are being written stay.
void store_index_fill(struct store_index *index, const struct store_listing *listing);
// NULL when it is not known.  Valid until the index changes.
struct store_known *store_index_find(const struct store_index *index, const struct store_key *key);
struct store_known *store_index_add(struct store_index *index, const struct store_file *file,
                                    bool is_pending);
void store_index_forget(struct store_index *index, const struct store_key *key);
size_t store_index_size(const struct store_index *index); // bytes of RAM

// The longest prefix of the tokens, at most n_max, that files which can be read hold whole; and, for
// people, what there is instead where the tokens part from it.  `chain` is that of the tokens.
void store_index_match(const struct store_index *index, const struct store_shape *shape,
                       struct store_match *match, const struct store_chain *chain,
                       const token_id *tokens, uint32_t n_max);

#endif
