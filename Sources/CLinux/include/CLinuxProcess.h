// SPDX-License-Identifier: Apache-2.0
// Processes, signals and limits: the Linux calls that Swift's Glibc module does not show.
#ifndef BELLWETHER_CLINUX_PROCESS_H
#define BELLWETHER_CLINUX_PROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// How far clinux_spawn came before it failed.
enum {
    CLINUX_SPAWN_RESOURCES = 1, // no pipe or no process could be had
    CLINUX_SPAWN_SETUP = 2,     // the new process could not be prepared
    CLINUX_SPAWN_EXEC = 3,      // the program could not be executed
    CLINUX_SPAWN_DIRECTORY = 4, // its working directory could not be entered
    CLINUX_SPAWN_USER = 5       // we may not become its user
};

/// A program as the kernel is to run it.
struct clinux_program {
    const char *path;
    char *const *argv;
    char *const *envp;
    const char *directory;     // its working directory
    int has_input;             // whether its standard input is a pipe of ours rather than /dev/null
    int switches_user;         // whether it runs as the user below rather than as ours
    uid_t user;
    gid_t group;
    const gid_t *groups;       // supplementary groups
    size_t group_count;
    int64_t memory_bytes;      // bound on its address space; negative = none
    int64_t cpu_seconds;       // bound on its processor time; negative = none
    int64_t file_bytes;        // bound on a file it writes; negative = none
};

/// What clinux_spawn gave.
struct clinux_spawned {
    pid_t pid;       // also the id of its process group and session
    int pidfd;       // readable when the process has ended
    int input;       // non-blocking write end of its standard input; -1 where that is /dev/null
    int output;      // non-blocking read end of its standard output
    int error;       // non-blocking read end of its standard error
    int failed_at;   // 0, or one of CLINUX_SPAWN_*
    int failed_with; // the errno value of the failure
};

/// Starts a program in a session of its own; 0, or -1 with `failed_at` and `failed_with` set and nothing left behind.
///
/// The caller's thread waits until the program is executed or has failed to be. The program is killed when that thread ends.
int clinux_spawn(const struct clinux_program *program, struct clinux_spawned *spawned);

/// Makes this process the parent of its orphaned descendants, and makes ended children stay until they are reaped.
int clinux_become_subreaper(void);
/// 1 when a child has ended and may be reaped, 0 when it runs, -1 with errno set.
int clinux_has_ended(pid_t pid);
/// Reaps a child: 1 with its exit code or its signal (the other is -1), 0 when it runs, -1 with errno set. Never waits.
int clinux_reap(pid_t pid, int *code, int *signal);
/// `SEGV` for 11; NULL for a number that has no name.
const char *clinux_signal_name(int signal);

/// Ignores SIGPIPE in the whole process; -1 with errno set.
int clinux_ignore_broken_pipes(void);
/// Blocks SIGTERM, SIGINT and SIGHUP in the calling thread and those it starts from now on, and ignores SIGPIPE.
int clinux_block_signals(void);
/// Waits at most `timeout_ns` (for ever when negative) for a blocked signal: its number, 0 when none came, -1 with errno set.
int clinux_wait_for_signal(int64_t timeout_ns);
/// A non-blocking, close-on-exec descriptor that tells of the blocked signals; -1 with errno set.
int clinux_signal_descriptor(void);
/// Takes a signal from such a descriptor: its number, 0 when there is none, -1 with errno set.
int clinux_take_signal(int descriptor);

/// Raises the soft limit on descriptors to the hard one and gives it; -1 with errno set.
int64_t clinux_raise_descriptor_limit(void);
/// How many processors the threads of this process may run on.
int clinux_processor_count(void);
/// Forbids core files of this process.
int clinux_forbid_core_files(void);
/// Opens /dev/null in place of each of the descriptors 0, 1, 2 that is closed.
int clinux_open_standard_descriptors(void);
/// Writes the host name, NUL included, at most `capacity` bytes; -1 with errno set.
int clinux_host_name(char *name, size_t capacity);

/// A non-blocking datagram socket of the unix family, close-on-exec; -1 with errno set.
int clinux_unix_datagram_socket(void);
/// Sends one datagram to a unix socket: a path, or an abstract name when it begins with '@'. -1 with errno set.
int clinux_send_to_unix(int descriptor, const char *name, const void *bytes, size_t count);

/// What fstat or stat says.
struct clinux_file {
    uint32_t mode; // type and permission bits
    uint32_t owner;
    uint32_t group;
    int64_t size;
    uint64_t device;
    uint64_t inode;
    int64_t modified_ns; // since 1970-01-01T00:00:00Z
    int64_t changed_ns;  // the same, of the inode: contents, owner, permissions, links
};

/// Opens a file for reading without waiting for the other side of a FIFO; -1 with errno set.
int clinux_open_to_read(const char *path);
/// Describes an open file; -1 with errno set.
int clinux_describe(int descriptor, struct clinux_file *file);
/// Describes what a path leads to, symbolic links followed; -1 with errno set.
int clinux_describe_path(const char *path, struct clinux_file *file);
/// The next name in a DIR stream; NULL at its end or, with `code` set to an errno value, on failure.
const char *clinux_next_entry(void *directory, int *code);

#endif
