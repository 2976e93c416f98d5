// main.c - one binary, one table of commands.
#include "cli/commands.h"
#include "base/memory.h"

#include <stdio.h>
#include <string.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"serve", serve_command, "answers coding agents: Anthropic, OpenAI and llama-server APIs"},
    {"run", run_command, "generate in the terminal"},
    {"inspect", inspect_command, "what is in a model file, and what it needs"},
    {"bench", bench_command, "how fast a model runs here, beside what the machine allows"},
    {"cache", cache_command, "prompt states kept on disk: list, prune, clear"},
    {"eval", eval_command, "log-probabilities, perplexity, hashes of logits"},
};

static void print_help(FILE *out)
{
    fprintf(out, "Hearth runs language models on your own machine, for coding agents.\n\n"
                 "usage: hearth COMMAND [OPTION...]\n\n");
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].help);
    fprintf(out, "\n`hearth COMMAND --help` lists a command's options.\n");
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return EXIT_FINE;
    }
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "hearth: no command '%s'; `hearth --help` lists them\n", argv[1]);
    return EXIT_USAGE;
}
