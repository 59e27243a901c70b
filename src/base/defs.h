#pragma once

#include <assert.h>

/* Compiler vocabulary used everywhere. Nothing here costs anything at run time. */

#define HG_MUST_USE __attribute__((warn_unused_result))
#define HG_NONNULL(...) __attribute__((nonnull(__VA_ARGS__)))
#define HG_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define HG_CLEANUP(fn) __attribute__((cleanup(fn), unused))
#define HG_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A bug, never an outcome: stays on in release builds (meson b_ndebug=false). */
#define HG_ASSERT(condition) assert(condition)
