// SPDX-License-Identifier: Apache-2.0

#pragma once

// Bodies are bytes, so only the 8-bit library is used; the header demands that the width is named.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
