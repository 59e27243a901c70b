#include "base/uuid.h"

#include "base/arena.h"
#include "base/random.h"
#include "base/str.h"
#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_dash_position(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

bool hg_uuid_valid(hg_str text)
{
    if (text.len != HG_UUID_LEN)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (is_dash_position(i) ? text.ptr[i] != '-' : !is_hex(text.ptr[i]))
            return false;
    return true;
}

hg_str hg_uuid_text(struct hg_arena *arena, const unsigned char bytes[16])
{
    static const char hex[] = "0123456789abcdef";
    char *text = hg_arena_alloc(arena, HG_UUID_LEN + 1, 1);
    if (text == NULL)
        return (hg_str){.ptr = "", .len = 0};
    size_t out = 0;
    for (size_t i = 0; i < 16; i++) {
        if (is_dash_position(out))
            text[out++] = '-';
        text[out++] = hex[bytes[i] >> 4];
        text[out++] = hex[bytes[i] & 15];
    }
    return (hg_str){.ptr = text, .len = HG_UUID_LEN};
}

hg_str hg_uuid_v4(struct hg_arena *arena, const struct hg_random *random)
{
    unsigned char bytes[16];
    hg_random_fill(random, bytes, sizeof(bytes));
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    return hg_uuid_text(arena, bytes);
}

hg_str hg_uuid_v7(struct hg_arena *arena, const struct hg_random *random, hg_time now)
{
    unsigned char bytes[16];
    uint64_t ms = now.us < 0 ? 0 : (uint64_t)now.us / 1000;
    hg_random_fill(random, bytes, sizeof(bytes));
    for (size_t i = 0; i < 6; i++)
        bytes[i] = (unsigned char)(ms >> (40 - 8 * i));
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x70);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    return hg_uuid_text(arena, bytes);
}
