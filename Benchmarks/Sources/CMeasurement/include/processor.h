// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Keeps the calling thread on one processor, the same for the same number; threads with numbers in a row get different ones as
/// far as the process may use so many.
///
/// Returns 0, or an error number.
int processor_keep(int number);
