#include "cli/interrupt.h"

#include <signal.h>

// A signal handler can reach nothing but a global.
static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

void interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, 0);
}

bool interrupt_seen(void)
{
    return interrupted;
}

void interrupt_reset(void)
{
    interrupted = 0;
}
