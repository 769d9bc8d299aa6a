// SPDX-License-Identifier: Apache-2.0
// limit keep|fresh|tcp INTERVAL_MS < TARGETS: what probing costs at least: non-blocking sockets and one epoll, the answer's first
// bytes compared and nothing else looked at. TARGETS has a line "address port" for each. Starts are spread evenly over the interval.
// Runs until it is killed; who measures it looks at it from outside, as at every prober.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum state { IDLE, CONNECTING, WAITING };
struct target {
    struct sockaddr_in address;
    enum state state;
    int descriptor;
};

static const char request[] = "GET / HTTP/1.1\r\nHost: target\r\n\r\n";
static int poller, keep, connect_only;
static long failures;

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// Reset instead of an orderly end: connections in TIME_WAIT would make every new one dearer, for both sides.
static void drop(struct target *target) {
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    setsockopt(target->descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(target->descriptor);
    target->descriptor = -1;
    target->state = IDLE;
}

static void ask(struct target *target) {
    target->state = WAITING;
    if (send(target->descriptor, request, sizeof request - 1, MSG_NOSIGNAL) != sizeof request - 1) {
        failures++;
        drop(target);
    }
}

static void start(struct target *target) {
    if (target->state != IDLE) {  // it hangs since its last turn
        failures++;
        drop(target);
    }
    if (target->descriptor >= 0) {
        ask(target);
        return;
    }
    target->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (target->descriptor < 0) {
        perror("limit: socket");
        exit(1);
    }
    // The acknowledgement that ends the handshake then travels with the request: a packet less for both sides.
    int off = 0;
    if (!connect_only) setsockopt(target->descriptor, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
    target->state = CONNECTING;
    connect(target->descriptor, (struct sockaddr *)&target->address, sizeof target->address);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = target};
    epoll_ctl(poller, EPOLL_CTL_ADD, target->descriptor, &event);
}

static void happened(struct target *target, unsigned events) {
    char answer[4096];
    if (target->state == CONNECTING && events & EPOLLOUT) {
        if (events & EPOLLERR) {
            failures++;
            drop(target);
        } else if (connect_only) {
            drop(target);
        } else {
            ask(target);
        }
    } else if (target->descriptor >= 0 && events & EPOLLIN) {
        ssize_t count = recv(target->descriptor, answer, sizeof answer, 0);
        int good = count > 12 && memcmp(answer, "HTTP/1.1 200", 12) == 0;
        failures += !good;
        target->state = IDLE;
        if (!good || !keep) drop(target);
    }
}

int main(int count, char **arguments) {
    if (count != 3) return 64;
    keep = !strcmp(arguments[1], "keep");
    connect_only = !strcmp(arguments[1], "tcp");
    size_t targets = 0, room = 100000;
    struct target *all = calloc(room, sizeof *all);
    char address[64];
    int port;
    while (targets < room && scanf("%63s %d", address, &port) == 2) {
        struct target *target = &all[targets++];
        target->descriptor = -1;
        target->address.sin_family = AF_INET;
        target->address.sin_port = htons(port);
        inet_pton(AF_INET, address, &target->address.sin_addr);
    }
    if (!targets) return 64;
    poller = epoll_create1(EPOLL_CLOEXEC);
    long long step = atoll(arguments[2]) * 1000000LL / (long long)targets, next = now();
    for (size_t index = 0;;) {
        long long time = now();
        for (; next <= time; next += step) {
            start(&all[index]);
            index = (index + 1) % targets;
        }
        struct epoll_event events[256];
        int ready = epoll_wait(poller, events, 256, (int)((next - time) / 1000000) + 1);
        for (int at = 0; at < ready; at++) happened(events[at].data.ptr, events[at].events);
    }
}
