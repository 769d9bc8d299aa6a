// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

int clinux_stream_socket(int family) { return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

int clinux_datagram_socket(int family, int echo) {
    int is_ipv6 = family == AF_INET6;
    int protocol = !echo ? 0 : is_ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
    int descriptor = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (descriptor < 0) return -1;
    int on = 1;
    int status = is_ipv6 ? setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on)
                         : setsockopt(descriptor, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    if (status != 0) {
        int error = errno;
        close(descriptor);
        errno = error;
        return -1;
    }
    return descriptor;
}

// connect(2): "some protocol sockets may be dissolved by connecting to an address with sa_family AF_UNSPEC"; TCP since Linux 2.2.
int clinux_disconnect(int descriptor) {
    struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
    return connect(descriptor, &nowhere, sizeof nowhere);
}

int clinux_reset_on_close(int descriptor) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    return setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

// The acknowledgement that ends the handshake then travels with the first data, or not at all before a reset.
int clinux_delay_acknowledgement(int descriptor) {
    int off = 0;
    return setsockopt(descriptor, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
}

int clinux_keep_alive(int descriptor, int idle, int interval) {
    int on = 1;
    if (setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) != 0) return -1;
    if (setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle) != 0) return -1;
    return setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
}

int clinux_no_delay(int descriptor) {
    int on = 1;
    return setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int clinux_socket_error(int descriptor) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return errno;
    return error;
}
