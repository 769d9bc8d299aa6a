// SPDX-License-Identifier: Apache-2.0
// Name resolution as plain structs over plain integers.
#ifndef BELLWETHER_CLINUX_RESOLVE_H
#define BELLWETHER_CLINUX_RESOLVE_H

#include <stddef.h>
#include <stdint.h>

/// An IP address: 4 or 16 bytes in network order, as `length` says, and the interface of a link-local one.
struct clinux_address {
    uint8_t bytes[16];
    uint32_t length;
    uint32_t scope;
};

/// How a look-up ended.
enum clinux_resolution {
    CLINUX_RESOLVED,
    CLINUX_NOT_FOUND,
    CLINUX_TEMPORARY,
    CLINUX_OURS
};

/// Looks up the addresses of `name` for a stream socket with getaddrinfo, which may take as long as it likes.
///
/// At most `capacity` addresses are written, in the system's order, and their number to `count`. When there are none, the
/// reason is written to `text`, NUL included, at most `text_capacity` bytes.
int clinux_resolve(const char *name, struct clinux_address *addresses, size_t capacity, size_t *count, char *text,
                   size_t text_capacity);

#endif
