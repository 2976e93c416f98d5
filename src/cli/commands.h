// commands.h - every command's entry.  argv[0] is the command's name; the result is the exit code.
#ifndef HEARTH_CLI_COMMANDS_H
#define HEARTH_CLI_COMMANDS_H

enum exit_code {
    EXIT_FINE = 0,
    EXIT_FAILED = 1, // it was tried and did not work
    EXIT_USAGE = 2,  // the command line makes no sense
};

int run_command(int argc, char **argv);
int serve_command(int argc, char **argv);
int inspect_command(int argc, char **argv);
int bench_command(int argc, char **argv);
int cache_command(int argc, char **argv);
int eval_command(int argc, char **argv);

#endif
