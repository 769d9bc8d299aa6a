// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

_Static_assert(CLINUX_READABLE == EPOLLIN && CLINUX_WRITABLE == EPOLLOUT, "event bits");
_Static_assert(CLINUX_ERROR == EPOLLERR && CLINUX_HANGUP == EPOLLHUP, "event bits");
_Static_assert(CLINUX_PEER_CLOSED == EPOLLRDHUP, "event bits");

enum { BATCH = 256 };

int clinux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int clinux_epoll_add(int epoll, int descriptor, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

int clinux_epoll_remove(int epoll, int descriptor) { return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL); }

// epoll_wait counts in milliseconds, which alone would make every timer up to a millisecond late; epoll_pwait2 (Linux 5.11)
// counts in nanoseconds. Where it is missing or forbidden, milliseconds rounded up are the next best.
static int wait_nanoseconds(int epoll, struct epoll_event *events, int capacity, int64_t timeout_ns) {
    static atomic_bool unavailable;
    if (!atomic_load_explicit(&unavailable, memory_order_relaxed)) {
        struct timespec timeout = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
        int count = epoll_pwait2(epoll, events, capacity, timeout_ns < 0 ? NULL : &timeout, NULL);
        if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
        atomic_store_explicit(&unavailable, 1, memory_order_relaxed);
    }
    int64_t milliseconds = timeout_ns < 0 ? -1 : timeout_ns / 1000000 + (timeout_ns % 1000000 != 0);
    return epoll_wait(epoll, events, capacity, milliseconds > 60000 ? 60000 : (int)milliseconds);
}

int clinux_epoll_wait(int epoll, struct clinux_ready *ready, int capacity, int64_t timeout_ns) {
    struct epoll_event events[BATCH];
    int count = wait_nanoseconds(epoll, events, capacity < BATCH ? capacity : BATCH, timeout_ns);
    for (int i = 0; i < count; i++) {
        ready[i].events = events[i].events;
        ready[i].token = events[i].data.u64;
    }
    return count;
}

int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

static int64_t nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clinux_boottime_ns(void) { return nanoseconds(CLOCK_BOOTTIME); }

int64_t clinux_monotonic_ns(void) { return nanoseconds(CLOCK_MONOTONIC); }

int64_t clinux_realtime_ns(void) { return nanoseconds(CLOCK_REALTIME); }
