// SPDX-License-Identifier: Apache-2.0
// witness PORT answer|hang: a target on every address of this machine that notes when it is probed.
// `answer` answers every HTTP/1.1 request with 200, `hang` takes connections and requests and never answers.
// At its end (SIGTERM) it prints a line "connection|request ADDRESS NANOSECONDS" for each of them, on the monotonic clock.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct arrival {
    long long time;
    struct in_addr address;
    int is_request;
};

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n";
static struct arrival *arrivals;
static size_t count, room;
static volatile sig_atomic_t ended;

static void end(int signal) {
    (void)signal;
    ended = 1;
}

static void note(int descriptor, int is_request) {
    if (count == room) {
        room = room ? room * 2 : 65536;
        arrivals = realloc(arrivals, room * sizeof *arrivals);
        if (!arrivals) exit(1);
    }
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    struct sockaddr_in own;
    socklen_t length = sizeof own;
    if (getsockname(descriptor, (struct sockaddr *)&own, &length)) return;
    arrivals[count++] = (struct arrival){time.tv_sec * 1000000000LL + time.tv_nsec, own.sin_addr, is_request};
}

static void take(int listener, int poller) {
    int descriptor;
    while ((descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        note(descriptor, 0);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
        epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
    }
}

// A request of a probe is small and comes in one piece.
static void serve(int descriptor, int answers) {
    char request[4096];
    ssize_t length = recv(descriptor, request, sizeof request, 0);
    if (length < 0 && errno == EAGAIN) return;
    if (length <= 0) {
        close(descriptor);
        return;
    }
    if (!memmem(request, length, "\r\n\r\n", 4)) return;
    note(descriptor, 1);
    if (answers) send(descriptor, answer, sizeof answer - 1, MSG_NOSIGNAL);
}

int main(int arguments, char **values) {
    if (arguments != 3) return 64;
    int answers = !strcmp(values[2], "answer"), on = 1;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(values[1]))};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
        perror("witness");
        return 1;
    }
    struct sigaction action = {.sa_handler = end};
    sigaction(SIGTERM, &action, NULL);
    int poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    while (!ended) {
        int ready = epoll_wait(poller, events, 256, -1);
        for (int at = 0; at < ready; at++)
            if (events[at].data.fd == listener) take(listener, poller);
            else serve(events[at].data.fd, answers);
    }
    for (size_t at = 0; at < count; at++)
        printf("%s %s %lld\n", arrivals[at].is_request ? "request" : "connection", inet_ntoa(arrivals[at].address),
               arrivals[at].time);
    return 0;
}
