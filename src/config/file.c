#include "base/base.h"
#include "config/config_private.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { LARGEST = 64 << 10 };

enum hg_code config_file_read(struct hg_arena *arena, hg_str path, hg_str *out, struct hg_err *err)
{
    char *text = hg_arena_alloc(arena, LARGEST + 1, 1);
    if (text == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%.*s", HG_ARG(path));
    FILE *file = fopen(hg_str_z(arena, path), "re");
    if (file == NULL)
        return HG_FAIL(err, errno == ENOENT ? HG_NOT_FOUND : HG_IO, "%.*s: %s", HG_ARG(path),
                       strerrordesc_np(errno));
    size_t n = fread(text, 1, LARGEST + 1, file);
    int failure = ferror(file) != 0 ? errno : 0;
    (void)fclose(file);
    if (failure != 0)
        return HG_FAIL(err, HG_IO, "%.*s: %s", HG_ARG(path), strerrordesc_np(failure));
    if (n > LARGEST)
        return HG_FAIL(err, HG_TOO_BIG, "%.*s: more than %d bytes", HG_ARG(path), LARGEST);
    *out = (hg_str){text, n};
    return HG_OK;
}
