// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinuxProcess.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

int clinux_open_to_read(const char *path) { return open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC); }

static int copy(int status, const struct stat *from, struct clinux_file *to) {
    if (status != 0) return -1;
    *to = (struct clinux_file){
        .mode = from->st_mode,
        .owner = from->st_uid,
        .group = from->st_gid,
        .size = from->st_size,
        .device = from->st_dev,
        .inode = from->st_ino,
        .modified_ns = (int64_t)from->st_mtim.tv_sec * 1000000000 + from->st_mtim.tv_nsec,
        .changed_ns = (int64_t)from->st_ctim.tv_sec * 1000000000 + from->st_ctim.tv_nsec,
    };
    return 0;
}

int clinux_describe(int descriptor, struct clinux_file *file) {
    struct stat status;
    return copy(fstat(descriptor, &status), &status, file);
}

int clinux_describe_path(const char *path, struct clinux_file *file) {
    struct stat status;
    return copy(stat(path, &status), &status, file);
}

const char *clinux_next_entry(void *directory, int *code) {
    errno = 0;
    struct dirent *entry = readdir(directory);
    *code = entry == NULL ? errno : 0;
    return entry == NULL ? NULL : entry->d_name;
}

int clinux_unix_datagram_socket(void) { return socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

int clinux_send_to_unix(int descriptor, const char *name, const void *bytes, size_t count) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    if (length == 0 || length >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, name, length);
    socklen_t size = offsetof(struct sockaddr_un, sun_path) + length + 1;
    if (name[0] == '@') {
        address.sun_path[0] = 0;
        size--;
    }
    return sendto(descriptor, bytes, count, MSG_NOSIGNAL, (struct sockaddr *)&address, size) < 0 ? -1 : 0;
}
