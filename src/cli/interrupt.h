// interrupt.h - Ctrl-C stops an answer, not the program.
#ifndef HEARTH_CLI_INTERRUPT_H
#define HEARTH_CLI_INTERRUPT_H

#include <stdbool.h>

void interrupt_catch(void); // from now on SIGINT only sets the flag
bool interrupt_seen(void);
void interrupt_reset(void);

#endif
