// store_folder.h - what is in the disk cache's folder, and what of it goes first.
//
// FOLDER/MODEL/NAME, MODEL being the model's key in hex and NAME as store_file.h says.  Files appear
// whole (by rename) and never change, so any number of programs may read, write and remove here at
// once without a lock; a file that has gone since it was listed is no error.  Any thread.
//
// Beside them lie FOLDER/answers-FINGERPRINT, what chats with a model have answered, in their own words
// (chat/turn_journal.h): without them states are not found again.  They grow, count and go like the
// rest.
#ifndef HEARTH_ENGINE_STORE_FOLDER_H
#define HEARTH_ENGINE_STORE_FOLDER_H

#include <stddef.h>

#include "engine/store_file.h"

struct store_entry {
    struct store_file file; // n_start is 0
    struct store_key model;
    bool is_answers;      // then neither file nor model is set, but this:
    uint64_t fingerprint; // of the model
    uint64_t size;        // bytes
    int64_t used_ns;      // last written or read, since 1970
    int64_t worth_ns;     // the same, but no older than what builds on it; see the .c file
    bool has_states, leads_to_states; // chunks: states build on it, or on chunks behind it
};

struct store_listing {
    struct store_entry *entries; // [n_entries]; those of one model together, shorter ones first;
                                 // answers before all
    size_t n_entries, capacity;
    uint64_t size; // of all
};

// Makes the folder and the model's folder inside it (unless NULL), for nobody else to read.
enum err store_folder_make(const char *folder, const struct store_key *model, struct error *error);
// Full path; false when it is too long.
bool store_folder_path(char *path, size_t size, const char *folder,
                       const struct store_entry *entry);
bool store_folder_answers_path(char *path, size_t size, const char *folder, uint64_t fingerprint);

// Lists the states of one model, or everything with NULL.  A folder that is not there is empty.
void store_folder_list(struct store_listing *listing, const char *folder,
                       const struct store_key *model);
void store_listing_release(struct store_listing *listing);

// Removes the least useful until at most size_max bytes are left, with 0 everything, and what
// interrupted writers left behind.  Returns the bytes left; *n_removed may be NULL.
uint64_t store_folder_prune(const char *folder, uint64_t size_max, size_t *n_removed);

// What the files of a folder may take when nobody says: a fifth of what is free or theirs already, at
// most 32 GiB.
uint64_t store_folder_default_size(const char *folder);

#endif
