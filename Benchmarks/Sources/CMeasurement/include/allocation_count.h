// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

/// Starts counting the allocations of all threads at zero.
void allocation_count_start(void);

/// Stops counting.
///
/// Returns the calls of malloc, calloc, realloc, posix_memalign, aligned_alloc and memalign since the start.
uint64_t allocation_count_stop(void);

/// Allocates once and frees it again, whatever an optimiser thinks of it.
void allocation_count_check(void);
