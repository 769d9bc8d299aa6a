// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

_Static_assert(CLINUX_FILE_WRITTEN == IN_MODIFY, "event bits");
_Static_assert(CLINUX_FILE_OVERFLOW == IN_Q_OVERFLOW && CLINUX_FILE_UNWATCHED == IN_IGNORED, "event bits");
_Static_assert(CLINUX_FILE_SELF == (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT), "event bits");

int clinux_inotify_create(void) { return inotify_init1(IN_NONBLOCK | IN_CLOEXEC); }

int clinux_inotify_add(int inotify, const char *directory) {
    return inotify_add_watch(inotify, directory,
                             IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                 IN_DELETE_SELF | IN_MOVE_SELF | IN_EXCL_UNLINK | IN_ONLYDIR);
}

int clinux_inotify_remove(int inotify, int watch) { return inotify_rm_watch(inotify, watch); }

int clinux_inotify_read(int inotify, struct clinux_file_event *events) {
    // An event takes 16 bytes at least, and the longest one fits.
    _Alignas(struct inotify_event) char buffer[CLINUX_FILE_EVENTS * sizeof(struct inotify_event)];
    _Static_assert(sizeof buffer >= sizeof(struct inotify_event) + CLINUX_FILE_NAME, "the longest event fits");
    ssize_t length = read(inotify, buffer, sizeof buffer);
    if (length < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
    int count = 0;
    for (size_t place = 0; place + sizeof(struct inotify_event) <= (size_t)length;) {
        struct inotify_event event;
        memcpy(&event, buffer + place, sizeof event);
        events[count].watch = event.wd;
        events[count].mask = event.mask;
        size_t size = event.len < CLINUX_FILE_NAME ? event.len : CLINUX_FILE_NAME - 1;
        memcpy(events[count].name, buffer + place + sizeof event, size);
        events[count].name[size] = 0;
        count++;
        place += sizeof event + event.len;
    }
    return count;
}
