// bench_session.h - the part of `hearth bench` that replays recorded sessions.
#ifndef HEARTH_CLI_BENCH_SESSION_H
#define HEARTH_CLI_BENCH_SESSION_H

int bench_session(int argc, char **argv); // arguments and result as a command's

#endif
