#pragma once

#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>

/* A new folder for one test, and names in it. Tests remove the files they make. */
struct test_folder {
    char path[64];
    char name[128];
};

static inline struct test_folder test_folder_make(void)
{
    struct test_folder folder = {.path = "/tmp/headgate-test-XXXXXX"};
    assert_non_null(mkdtemp(folder.path));
    return folder;
}

/* Valid until the next call. */
static inline const char *test_folder_name(struct test_folder *folder, const char *file)
{
    (void)snprintf(folder->name, sizeof(folder->name), "%s/%s", folder->path, file);
    return folder->name;
}
