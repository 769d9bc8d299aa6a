// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinuxProcess.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static void awaited(sigset_t *set) {
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
}

int clinux_ignore_broken_pipes(void) {
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    return sigaction(SIGPIPE, &ignore, NULL);
}

int clinux_block_signals(void) {
    sigset_t set;
    awaited(&set);
    struct sigaction standard = {.sa_handler = SIG_DFL};
    if (clinux_ignore_broken_pipes() != 0) return -1;
    // A signal that is ignored, as nohup leaves SIGHUP and a shell's background job SIGINT, is never queued.
    if (sigaction(SIGTERM, &standard, NULL) != 0) return -1;
    if (sigaction(SIGINT, &standard, NULL) != 0) return -1;
    if (sigaction(SIGHUP, &standard, NULL) != 0) return -1;
    errno = pthread_sigmask(SIG_BLOCK, &set, NULL);
    return errno == 0 ? 0 : -1;
}

static int64_t monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int clinux_wait_for_signal(int64_t timeout_ns) {
    sigset_t set;
    awaited(&set);
    int64_t start = monotonic_ns();
    for (;;) {
        int64_t left = timeout_ns < 0 ? -1 : timeout_ns - (monotonic_ns() - start);
        if (timeout_ns >= 0 && left < 0) left = 0;
        struct timespec timeout = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
        int number = sigtimedwait(&set, NULL, timeout_ns < 0 ? NULL : &timeout);
        if (number > 0) return number;
        if (errno == EAGAIN) return 0;
        if (errno != EINTR) return -1;
    }
}

int clinux_signal_descriptor(void) {
    sigset_t set;
    awaited(&set);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int clinux_take_signal(int descriptor) {
    struct signalfd_siginfo info;
    ssize_t count;
    do count = read(descriptor, &info, sizeof info);
    while (count < 0 && errno == EINTR);
    if (count == (ssize_t)sizeof info) return (int)info.ssi_signo;
    return count < 0 && errno == EAGAIN ? 0 : -1;
}
