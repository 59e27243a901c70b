#include "edge/keyring.h"

#include "base/base.h"
#include "crypto/keyring.h"
#include "edge/files.h"

#include <string.h>

enum { MAX_KEY_FILE = 64 << 10 };

static enum hg_code make(struct hg_arena *arena, const char *path, const struct hg_random *random,
                         struct hg_err *err)
{
    unsigned char bytes[CRYPTO_KEYRING_RANDOM];
    hg_random_fill(random, bytes, sizeof(bytes));
    hg_str text;
    enum hg_code code = crypto_keyring_file_new(arena, bytes, &text, err);
    explicit_bzero(bytes, sizeof(bytes));
    HG_TRY(code);
    return edge_file_write(path, text, err);
}

enum hg_code edge_keyring_open(struct hg_arena *arena, const char *path,
                               const struct hg_random *random, struct crypto_keyring **out,
                               struct hg_err *err)
{
    if (!edge_file_exists(path))
        HG_TRY(make(arena, path, random, err));
    hg_str file;
    HG_TRY(edge_file_read(arena, path, MAX_KEY_FILE, &file, err));
    return crypto_keyring_parse(file, out, err);
}
