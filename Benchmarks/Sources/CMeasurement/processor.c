// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "processor.h"

#include <errno.h>
#include <sched.h>

int processor_keep(int number) {
    cpu_set_t usable;
    if (sched_getaffinity(0, sizeof(usable), &usable) != 0) return errno;
    int rest = number % CPU_COUNT(&usable);
    for (int processor = 0; processor < CPU_SETSIZE; processor++) {
        if (!CPU_ISSET(processor, &usable) || rest-- > 0) continue;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(processor, &one);
        return sched_setaffinity(0, sizeof(one), &one) == 0 ? 0 : errno;
    }
    return EINVAL;
}
