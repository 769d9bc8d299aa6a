// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static int kind_of(int status, int error) {
    switch (status) {
    case EAI_NONAME:
    case EAI_NODATA:
    case EAI_ADDRFAMILY:
        return CLINUX_NOT_FOUND;
    case EAI_AGAIN:
    case EAI_FAIL:
        return CLINUX_TEMPORARY;
    case EAI_SYSTEM:
        return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS ? CLINUX_OURS : CLINUX_TEMPORARY;
    default:
        return CLINUX_OURS;
    }
}

static int copy(const struct addrinfo *info, struct clinux_address *address) {
    memset(address, 0, sizeof *address);
    if (info->ai_family == AF_INET) {
        const struct sockaddr_in *native = (const void *)info->ai_addr;
        address->length = sizeof native->sin_addr;
        memcpy(address->bytes, &native->sin_addr, sizeof native->sin_addr);
        return 1;
    }
    if (info->ai_family == AF_INET6) {
        const struct sockaddr_in6 *native = (const void *)info->ai_addr;
        address->length = sizeof native->sin6_addr;
        address->scope = native->sin6_scope_id;
        memcpy(address->bytes, &native->sin6_addr, sizeof native->sin6_addr);
        return 1;
    }
    return 0;
}

int clinux_resolve(const char *name, struct clinux_address *addresses, size_t capacity, size_t *count, char *text,
                   size_t text_capacity) {
    // ADDRCONFIG: a machine without IPv6 does not ask for, or wait for, addresses that it cannot use.
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *found = NULL;
    *count = 0;
    int status = getaddrinfo(name, NULL, &hints, &found);
    int error = errno;
    if (status != 0) {
        char system[128];
        const char *reason =
            status == EAI_SYSTEM ? strerror_r(error, system, sizeof system) : gai_strerror(status);
        snprintf(text, text_capacity, "%s", reason);
        return kind_of(status, error);
    }
    for (struct addrinfo *info = found; info != NULL && *count < capacity; info = info->ai_next) {
        if (copy(info, &addresses[*count])) *count += 1;
    }
    freeaddrinfo(found);
    if (*count > 0) return CLINUX_RESOLVED;
    snprintf(text, text_capacity, "No address associated with hostname");
    return CLINUX_NOT_FOUND;
}
