#include "store/temporary.h"

#include <ftw.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

void temporary_make(char out[TEMPORARY_PATH])
{
    const char *parent = getenv("TMPDIR");
    int n = snprintf(out, TEMPORARY_PATH, "%s/headgate-XXXXXX", parent == NULL ? "/tmp" : parent);
    if (n < 0 || n >= TEMPORARY_PATH || mkdtemp(out) == NULL) {
        perror("a temporary folder");
        exit(1);
    }
}

static int entry_remove(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

void temporary_remove(const char *folder)
{
    if (nftw(folder, entry_remove, 16, FTW_DEPTH | FTW_PHYS) != 0)
        perror(folder);
}
