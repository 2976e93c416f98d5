// serve_flags.h - the command line of `hearth serve`: llama-server's spellings, and a few of our own.
//
// One table says how a flag is written, which environment variable means the same, what it takes,
// where the value goes, what it is for and, where it does not do here what it does there, what to say
// about it.  A flag that this server has no use for is a row too: it is taken, its value with it, and
// one line of the log says why.
#ifndef HEARTH_CLI_SERVE_FLAGS_H
#define HEARTH_CLI_SERVE_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

enum { SERVE_LIST_MAX = 32 };

struct serve_list { // of a flag that may come several times
    const char *items[SERVE_LIST_MAX];
    size_t n;
};

struct serve_options { // NULL, NAN and SERVE_UNSET where nothing was said
    const char *model, *synthetic, *hf_repo, *hf_file, *alias, *host, *backend, *cpu;
    const char *gpu_layers, *flash_attention, *reasoning, *reasoning_format, *reasoning_effort;
    const char *api_key, *api_key_file, *chat_template, *chat_template_file, *template_arguments;
    const char *dialect, *log_file, *trace, *replay, *cache_type_k, *cache_type_v, *load_mode;
    const char *allowed_hosts, *cors_origins, *cache_folder;
    int64_t port, n_threads, n_context, n_batch, n_ubatch, n_parallel, sleep_s, sleep_idle_s;
    int64_t n_predict, n_thinking_max, cache_ram_mib, cache_disk_mib, timeout_s, seed, top_k,
        repeat_last_n;
    int64_t verbosity, drain_s, ping_s, n_queue_max;
    int64_t dry_allowed_length, dry_last_n, mirostat;
    double temperature, top_p, min_p, typical_p, top_n_sigma, xtc_probability, xtc_threshold;
    double repeat_penalty, presence_penalty, frequency_penalty, dry_multiplier, dry_base;
    double dynatemp_range, dynatemp_exponent, mirostat_tau, mirostat_eta;
    const char *samplers, *sampler_letters;
    struct serve_list dry_breakers, logit_biases;
    bool locks_memory, no_mmap, no_slots, no_cache, swa_full, no_disk_cache, no_log, no_timestamps,
        no_live_line, wants_welcome, wants_help;
    bool wants_version;
};

#define SERVE_UNSET INT64_MIN

typedef void (*serve_say_fn)(void *context, const char *line);

// Reads the environment, then argv[1..], which wins.  `say` gets a line about each flag that was
// given and means something else here, or nothing.  ERR_ARGUMENT names the flag.
enum err serve_flags_parse(struct serve_options *options, int argc, char **argv, serve_say_fn say,
                           void *context, struct error *error);

void serve_flags_print(FILE *out); // the help, from the table

#endif
