// bench_streams.h - the parts of `hearth bench` where several requests share the engine.
#ifndef HEARTH_CLI_BENCH_STREAMS_H
#define HEARTH_CLI_BENCH_STREAMS_H

int bench_ledger(int argc, char **argv); // --ledger, likewise
int bench_streams(int argc,
                  char **argv); // --streams and --interrupt; arguments and result as a command's

#endif
