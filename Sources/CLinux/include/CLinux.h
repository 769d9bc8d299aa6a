// SPDX-License-Identifier: Apache-2.0
// The Linux calls that Swift's Glibc module does not show, as plain functions over plain integers.
#ifndef BELLWETHER_CLINUX_H
#define BELLWETHER_CLINUX_H

#include <stdint.h>
#include <sys/types.h>

#include "CLinuxProcess.h"
#include "CLinuxResolve.h"

/// Asks the processor to bring the lines of these bytes into its caches, all at once, and does not wait for them.
static inline void clinux_fetch(uintptr_t start, uintptr_t length) {
    for (uintptr_t line = start & ~(uintptr_t)63; line < start + length; line += 64) __builtin_prefetch((const void *)line);
}
/// How many bytes malloc has given for an object.
uintptr_t clinux_allocated(uintptr_t object);

/// What epoll_wait reports for one descriptor: the event bits and the token given to clinux_epoll_add.
struct clinux_ready {
    uint32_t events;
    uint64_t token;
};

enum {
    CLINUX_READABLE = 0x1,      // EPOLLIN
    CLINUX_WRITABLE = 0x4,      // EPOLLOUT
    CLINUX_ERROR = 0x8,         // EPOLLERR
    CLINUX_HANGUP = 0x10,       // EPOLLHUP
    CLINUX_PEER_CLOSED = 0x2000 // EPOLLRDHUP
};

/// A new epoll descriptor, close-on-exec; -1 with errno set.
int clinux_epoll_create(void);
/// Watches a descriptor for everything, edge-triggered, reporting `token`; -1 with errno set.
int clinux_epoll_add(int epoll, int descriptor, uint64_t token);
/// Stops watching a descriptor; -1 with errno set.
int clinux_epoll_remove(int epoll, int descriptor);
/// Waits at most `timeout_ns` nanoseconds (for ever when negative); the number of ready descriptors, or -1 with errno set.
int clinux_epoll_wait(int epoll, struct clinux_ready *ready, int capacity, int64_t timeout_ns);
/// A new non-blocking eventfd, close-on-exec; -1 with errno set.
int clinux_eventfd(void);
/// A new non-blocking stream socket of the family, close-on-exec; -1 with errno set.
int clinux_stream_socket(int family);
/// A new non-blocking datagram socket of the family, UDP or (`echo`) ICMP echo, close-on-exec, which reports every ICMP error
/// about its datagrams (IP_RECVERR); -1 with errno set.
int clinux_datagram_socket(int family, int echo);
/// Resets the connection of a stream socket, which can then be connected anew; -1 with errno set.
int clinux_disconnect(int descriptor);
/// Makes close() reset the connection instead of leaving TIME_WAIT behind (SO_LINGER 0).
int clinux_reset_on_close(int descriptor);
/// Holds the acknowledgement of the handshake back until there is something to send (TCP_QUICKACK off), until the next packet.
int clinux_delay_acknowledgement(int descriptor);
/// Asks a peer that is silent for `idle` seconds whether it is still there, every `interval` seconds (SO_KEEPALIVE); -1 with errno set.
int clinux_keep_alive(int descriptor, int idle, int interval);
/// Sends small writes at once (TCP_NODELAY).
int clinux_no_delay(int descriptor);
/// Takes the pending error off a socket (SO_ERROR); 0 when there is none.
int clinux_socket_error(int descriptor);
/// Nanoseconds of CLOCK_BOOTTIME.
int64_t clinux_boottime_ns(void);
/// Nanoseconds of CLOCK_MONOTONIC.
int64_t clinux_monotonic_ns(void);
/// Nanoseconds of CLOCK_REALTIME.
int64_t clinux_realtime_ns(void);

enum {
    CLINUX_FILE_WRITTEN = 0x2,      // IN_MODIFY
    CLINUX_FILE_OVERFLOW = 0x4000,  // IN_Q_OVERFLOW
    CLINUX_FILE_UNWATCHED = 0x8000, // IN_IGNORED
    CLINUX_FILE_SELF = 0x2c00,      // IN_DELETE_SELF, IN_MOVE_SELF, IN_UNMOUNT
    CLINUX_FILE_NAME = 256,         // the longest name of a file, and its NUL
    CLINUX_FILE_EVENTS = 256        // the most events of one read
};

/// What inotify says of one entry of a watched directory, or, with an empty name, of the directory itself.
struct clinux_file_event {
    int watch;
    uint32_t mask;
    char name[CLINUX_FILE_NAME];
};

/// A new non-blocking inotify descriptor, close-on-exec; -1 with errno set.
int clinux_inotify_create(void);
/// Watches a directory for every change of its entries; the number of the watch, the same for the same directory, or -1 with errno set.
int clinux_inotify_add(int inotify, const char *directory);
/// Ends a watch; -1 with errno set.
int clinux_inotify_remove(int inotify, int watch);
/// Reads what there is into an array of CLINUX_FILE_EVENTS; the number of events, 0 when there is none, or -1 with errno set.
int clinux_inotify_read(int inotify, struct clinux_file_event *events);

/// Makes the allocator give large blocks back when they are freed, and keep few heaps; before other threads are started.
void clinux_return_memory(void);
/// The calling thread's errno; to be read right after the call that failed.
int clinux_errno(void);
/// Writes the C library's text for an error number, NUL included, at most `capacity` bytes.
void clinux_error_text(int code, char *text, size_t capacity);
/// Names the calling thread; longer than 15 bytes does nothing.
void clinux_name_thread(const char *name);
/// Lets the kernel wake the calling thread up to so much after a timeout, so that one wake-up serves several (PR_SET_TIMERSLACK).
void clinux_let_timers_be_late(int64_t nanoseconds);

#endif
