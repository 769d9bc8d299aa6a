// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinuxProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    STACK_BYTES = 64 * 1024,
    // What programs expect; the agent raises its own soft limit, and one that loops over all descriptors, or uses select(),
    // must not inherit that.
    DESCRIPTORS = 1024
};

struct launch {
    const struct clinux_program *program;
    int input;
    int output;
    int error;
    pid_t parent;
    // Written by the new process, which shares this memory until it executes the program or ends.
    volatile int failed_at;
    volatile int failed_with;
};

static void reset_signal_handlers(void) {
    // Handlers end with exec, but ignored signals stay ignored. The C library refuses to touch its own signals 32 and 33, which
    // whoever started us may have left ignored, so the kernel is asked. It reads four words of zeros: the default, no flags.
    unsigned long action[4] = {0};
    for (int number = 1; number < NSIG; number++) syscall(SYS_rt_sigaction, number, action, NULL, NSIG / 8);
}

static int close_from(unsigned first) {
    if (close_range(first, ~0U, 0) == 0) return 0;
    struct rlimit limit;
    if (errno != ENOSYS || getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    for (rlim_t descriptor = first; descriptor < limit.rlim_cur; descriptor++) close((int)descriptor);
    return 0;
}

static int connect_streams(const struct launch *launch) {
    if (dup2(launch->output, 1) < 0 || dup2(launch->error, 2) < 0) return -1;
    int input = launch->input;
    if (input < 0) {
        close(0);
        input = open("/dev/null", O_RDONLY);
    }
    if (input < 0) return -1;
    if (input != 0 && dup2(input, 0) < 0) return -1;
    return close_from(3);
}

// Lowers both limits to `bound`, or to the hard limit where that is lower already.
static int lower(int resource, int64_t bound) {
    if (bound < 0) return 0;
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) return -1;
    if (limit.rlim_max > (rlim_t)bound) limit.rlim_max = (rlim_t)bound;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(resource, &limit);
}

static int limit_resources(const struct clinux_program *program) {
    if (lower(RLIMIT_CORE, 0) != 0 || lower(RLIMIT_AS, program->memory_bytes) != 0 ||
        lower(RLIMIT_CPU, program->cpu_seconds) != 0 || lower(RLIMIT_FSIZE, program->file_bytes) != 0)
        return -1;
    struct rlimit descriptors;
    if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return -1;
    if (descriptors.rlim_cur > DESCRIPTORS) descriptors.rlim_cur = DESCRIPTORS;
    return setrlimit(RLIMIT_NOFILE, &descriptors);
}

// When memory runs out, the kernel shall take a script before the agent. Where /proc is missing nothing is lost but that.
static void prefer_for_out_of_memory(void) {
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    ssize_t ignored = write(file, "500", 3);
    (void)ignored;
    close(file);
}

// The kernel is asked, not the C library, which would make every thread of the parent do the same.
static int become_user(const struct clinux_program *program) {
    if (!program->switches_user) return 0;
    if (syscall(SYS_setgroups, program->group_count, program->groups) != 0) return -1;
    if (syscall(SYS_setresgid, program->group, program->group, program->group) != 0) return -1;
    return (int)syscall(SYS_setresuid, program->user, program->user, program->user);
}

// 0, or how far it came. The signal for the parent's end is forgotten when the user changes, so it is asked for afterwards.
static int prepare(const struct launch *launch) {
    if (setsid() < 0 || connect_streams(launch) != 0) return CLINUX_SPAWN_SETUP;
    umask(022);
    prefer_for_out_of_memory();
    if (limit_resources(launch->program) != 0) return CLINUX_SPAWN_SETUP;
    if (become_user(launch->program) != 0) return CLINUX_SPAWN_USER;
    // The thread of the probes lets its timers be late; that is no business of the program's: back to the kernel's 50 us.
    prctl(PR_SET_TIMERSLACK, 50000UL);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return CLINUX_SPAWN_SETUP;
    // The parent may have ended before the line above.
    if (getppid() != launch->parent) _exit(127);
    if (chdir(launch->program->directory) != 0) return CLINUX_SPAWN_DIRECTORY;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : CLINUX_SPAWN_SETUP;
}

// Runs in the parent's memory while the parent's thread waits, with all signals blocked: only calls that touch nothing but
// the kernel and `launch`.
static int run_child(void *argument) {
    struct launch *launch = argument;
    reset_signal_handlers();
    int failed_at = prepare(launch);
    if (failed_at != 0) {
        launch->failed_with = errno;
        launch->failed_at = failed_at;
        _exit(127);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(launch->program->path, launch->program->argv, launch->program->envp);
    launch->failed_with = errno;
    launch->failed_at = CLINUX_SPAWN_EXEC;
    _exit(127);
}

// A pipe whose ends are close-on-exec and clear of 0, 1, 2, which the child replaces; `ours`, 0 or 1, does not block.
static int open_pipe(int ends[2], int ours) {
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    for (int i = 0; i < 2; i++) {
        if (ends[i] > 2) continue;
        int moved = fcntl(ends[i], F_DUPFD_CLOEXEC, 3);
        if (moved < 0) goto fail;
        close(ends[i]);
        ends[i] = moved;
    }
    if (fcntl(ends[ours], F_SETFL, O_NONBLOCK) == 0) return 0;
fail:;
    int code = errno;
    close(ends[0]);
    close(ends[1]);
    ends[0] = ends[1] = -1;
    errno = code;
    return -1;
}

static void close_pair(int ends[2]) {
    for (int i = 0; i < 2; i++) {
        if (ends[i] >= 0) close(ends[i]);
    }
}

static pid_t clone_child(struct launch *launch, int *pidfd) {
    alignas(16) char stack[STACK_BYTES];
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pid_t pid = clone(run_child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, launch, pidfd);
    int code = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = code;
    return pid;
}

int clinux_spawn(const struct clinux_program *program, struct clinux_spawned *spawned) {
    int input[2] = {-1, -1}, output[2] = {-1, -1}, error[2] = {-1, -1}, pidfd = -1;
    struct launch launch = {.program = program, .parent = getpid()};
    pid_t pid = -1;
    if ((program->has_input && open_pipe(input, 1) != 0) || open_pipe(output, 0) != 0 || open_pipe(error, 0) != 0) {
        launch.failed_with = errno;
        launch.failed_at = CLINUX_SPAWN_RESOURCES;
        goto fail;
    }
    launch.input = input[0];
    launch.output = output[1];
    launch.error = error[1];
    pid = clone_child(&launch, &pidfd);
    if (pid < 0) {
        launch.failed_with = errno;
        launch.failed_at = CLINUX_SPAWN_RESOURCES;
    }
    if (launch.failed_at != 0) goto fail;
    if (input[0] >= 0) close(input[0]);
    close(output[1]);
    close(error[1]);
    *spawned = (struct clinux_spawned){
        .pid = pid, .pidfd = pidfd, .input = input[1], .output = output[0], .error = error[0]};
    return 0;
fail:
    if (pid > 0) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
        close(pidfd);
    }
    close_pair(input);
    close_pair(output);
    close_pair(error);
    spawned->failed_at = launch.failed_at;
    spawned->failed_with = launch.failed_with;
    return -1;
}
