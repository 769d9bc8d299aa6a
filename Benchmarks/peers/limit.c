// SPDX-License-Identifier: Apache-2.0
// limit keep|fresh|tcp|websocket INTERVAL_MS < TARGETS: what probing costs at least: the fewest system calls that do the work with a
// socket for each connection, non-blocking, over one epoll; the answer's first bytes are compared and nothing else is looked at.
// TARGETS has a line "address port" for each. Starts are spread over the interval in bunches of forty at most, as the agent's are: whoever
// sleeps between any two probes pays more for waking up than for probing. Runs until it is killed; who measures it looks at it from outside,
// as at every prober.
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

struct target {
    struct sockaddr_in address;
    int descriptor;
    // Which message is being answered; -1 while connecting, `idle` between two probes.
    int step;
    // How many turns in a row it has not answered.
    int missed;
};
struct message {
    const char *bytes;
    size_t length;
    // What the answer begins with.
    const char *expected;
    size_t compared;
};

#define MESSAGE(bytes, expected) {bytes, sizeof bytes - 1, expected, sizeof expected - 1}
static const struct message http[] = {MESSAGE("GET / HTTP/1.1\r\nHost: target\r\n\r\n", "HTTP/1.1 200")};
// The upgrade, a masked ping of eight bytes, and a masked Close of code 1000; the key and the masks need not be random for this.
static const struct message websocket[] = {
    MESSAGE("GET / HTTP/1.1\r\nHost: target\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", "HTTP/1.1 101"),
    MESSAGE("\x89\x88\0\0\0\0bellweth", "\x8a\x08" "bellweth"),
    MESSAGE("\x88\x82\0\0\0\0\x03\xe8", "\x88\x02\x03\xe8"),
};
enum { idle = -2, connecting = -1 };
// What distances there are between two bunches, in nanoseconds.
static const long long distances[] = {50000000, 20000000, 10000000, 4000000, 2000000};
enum { most_in_a_bunch = 40, fewest_bunches_per_interval = 50 };
static const struct message *messages = http;
static int poller, keep, last;

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
    target->step = idle;
}

static void ask(struct target *target, int step) {
    const struct message *message = &messages[step];
    target->step = step;
    if (send(target->descriptor, message->bytes, message->length, MSG_NOSIGNAL) != (ssize_t)message->length) drop(target);
}

static void start(struct target *target) {
    if (target->step != idle) {
        // It hangs since its last turn. Kept connections are given a while, so that a target that is slow to take them all at the
        // beginning is not asked for ever more.
        if (keep && ++target->missed < 4) return;
        drop(target);
    }
    target->missed = 0;
    if (target->descriptor >= 0) {
        ask(target, 0);
        return;
    }
    target->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (target->descriptor < 0) {
        perror("limit: socket");
        exit(1);
    }
    // The acknowledgement that ends the handshake then travels with the request or, when only the connection counts, is replaced
    // by the reset: a packet less for both sides.
    int off = 0;
    setsockopt(target->descriptor, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
    target->step = connecting;
    connect(target->descriptor, (struct sockaddr *)&target->address, sizeof target->address);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = target};
    epoll_ctl(poller, EPOLL_CTL_ADD, target->descriptor, &event);
}

static void happened(struct target *target, unsigned events) {
    char answer[4096];
    if (target->step == connecting && events & EPOLLOUT) {
        if (events & EPOLLERR || last < 0) drop(target);
        else ask(target, 0);
    } else if (target->step >= 0 && events & EPOLLIN) {
        const struct message *message = &messages[target->step];
        ssize_t count = recv(target->descriptor, answer, sizeof answer, 0);
        int good = count >= (ssize_t)message->compared && memcmp(answer, message->expected, message->compared) == 0;
        if (good && target->step < last) ask(target, target->step + 1);
        else if (good && keep) target->step = idle;
        else drop(target);
    }
}

int main(int count, char **arguments) {
    if (count != 3) return 64;
    keep = !strcmp(arguments[1], "keep");
    if (!strcmp(arguments[1], "tcp")) last = -1;
    if (!strcmp(arguments[1], "websocket")) {
        messages = websocket;
        last = 2;
    }
    size_t targets = 0, room = 100000;
    struct target *all = calloc(room, sizeof *all);
    char address[64];
    int port;
    while (targets < room && scanf("%63s %d", address, &port) == 2) {
        struct target *target = &all[targets++];
        target->descriptor = -1;
        target->step = idle;
        target->address.sin_family = AF_INET;
        target->address.sin_port = htons(port);
        inet_pton(AF_INET, address, &target->address.sin_addr);
    }
    if (!targets) return 64;
    poller = epoll_create1(EPOLL_CLOEXEC);
    long long interval = atoll(arguments[2]) * 1000000LL, begin = now(), due = begin, turn = begin;
    size_t choice = 0, least = sizeof distances / sizeof *distances - 1;
    while (choice < least && (distances[choice] * (long long)targets > most_in_a_bunch * interval ||
                              distances[choice] * fewest_bunches_per_interval > interval)) choice++;
    long long tick = distances[choice];
    for (long long next = 0;;) {
        long long time = now();
        if (time >= turn) {
            for (; due <= time; next++, due = begin + next * interval / (long long)targets) start(&all[next % targets]);
            turn = begin + ((due - begin) / tick + 1) * tick;
            time = now();
        }
        long long rest = turn > time ? turn - time : 0;
        struct timespec most = {rest / 1000000000, rest % 1000000000};
        struct epoll_event events[256];
        int ready = epoll_pwait2(poller, events, 256, &most, NULL);
        for (int at = 0; at < ready; at++) happened(events[at].data.ptr, events[at].events);
    }
}
