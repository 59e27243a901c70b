#include "base/base.h"
#include "edge/head.h"
#include "http/http.h"

#include <stddef.h>

/* X-Forwarded-For is a list that each proxy appends the address of its own peer
 * to, so that only the right end is written by someone we know. Walking left, an
 * entry counts as long as all to the right of it are trusted proxies. */

bool edge_is_trusted(const struct edge_head *head, struct hg_ip ip)
{
    for (size_t i = 0; i < head->n_trusted_proxies; i++) {
        if (hg_cidr_contains(&head->trusted_proxies[i], ip))
            return true;
    }
    return false;
}

/* "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]:4711". */
static bool address_of(hg_str entry, struct hg_ip *out)
{
    hg_str inside;
    hg_str rest;
    if (hg_str_starts(entry, HG_STR("[")))
        return hg_str_cut(hg_str_from(entry, 1), ']', &inside, &rest) &&
               hg_ip_parse(inside, out, NULL) == HG_OK;
    size_t first = hg_str_find_byte(entry, ':');
    if (first != HG_NPOS && first == hg_str_find_last_byte(entry, ':'))
        entry = hg_str_sub(entry, 0, first);
    return hg_ip_parse(entry, out, NULL) == HG_OK;
}

enum walk { WALK_ON, WALK_FOUND, WALK_BROKEN };

static enum walk walk_list(const struct edge_head *head, hg_str list, struct hg_ip *out)
{
    while (true) {
        size_t comma = hg_str_find_last_byte(list, ',');
        hg_str entry = hg_str_trim(comma == HG_NPOS ? list : hg_str_from(list, comma + 1));
        if (!address_of(entry, out))
            return WALK_BROKEN;
        if (!edge_is_trusted(head, *out))
            return WALK_FOUND;
        if (comma == HG_NPOS)
            return WALK_ON;
        list = hg_str_sub(list, 0, comma);
    }
}

bool edge_forwarded_for(const struct edge_head *head, struct hg_ip *out)
{
    *out = head->peer;
    if (head->is_local_socket || !edge_is_trusted(head, head->peer))
        return true;
    for (size_t i = head->fields.n; i > 0; i--) {
        const struct http_field *field = &head->fields.items[i - 1];
        if (!hg_str_eq_nocase(field->name, HG_STR("X-Forwarded-For")))
            continue;
        enum walk walk = walk_list(head, field->value, out);
        if (walk != WALK_ON)
            return walk == WALK_FOUND;
    }
    return true;
}
