// thread.h - waiting for another thread, with a time limit.
//
// Threads, mutexes and conditions are POSIX's own; only what differs between systems has a name here
// (os_linux.c and os_macos.c).
#ifndef HEARTH_BASE_THREAD_H
#define HEARTH_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

// Prepares a condition for cond_wait_ms(), which measures by a clock that is never set back.
void cond_init(pthread_cond_t *cond);
// Waits until signalled, with `mutex` held.  False when timeout_ms passed first.
bool cond_wait_ms(pthread_cond_t *cond, pthread_mutex_t *mutex, unsigned timeout_ms);

#endif
