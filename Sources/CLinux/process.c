// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

int clinux_errno(void) { return errno; }

void clinux_error_text(int code, char *text, size_t capacity) {
    char buffer[128];
    snprintf(text, capacity, "%s", strerror_r(code, buffer, sizeof buffer));
}

void clinux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

// Left alone, glibc takes the first large block that is freed as a sign to keep all such from then on, and gives each thread a heap
// of its own to keep them in: of 4,500 targets, twice as much memory would be kept as is in use.
void clinux_return_memory(void) {
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    mallopt(M_ARENA_MAX, 2);
}

uintptr_t clinux_allocated(uintptr_t object) { return malloc_usable_size((void *)object); }

void clinux_let_timers_be_late(int64_t nanoseconds) { prctl(PR_SET_TIMERSLACK, (unsigned long)nanoseconds); }
