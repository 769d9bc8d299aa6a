// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
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

void clinux_let_timers_be_late(int64_t nanoseconds) { prctl(PR_SET_TIMERSLACK, (unsigned long)nanoseconds); }
