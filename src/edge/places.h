#pragma once

#include "base/base.h"

/* Countries of addresses, read from a file in MaxMind's format (GeoLite2, DB-IP and others:
 * country, city, subdivisions, location). The file is mapped, not read: whoever renews it
 * writes a new one and renames it, as the known updaters do.
 *
 * Lookups may run on any thread while another loads. An address of which the file has no
 * country has none: the country where its network is registered is another thing. */
struct edge_places;

/* What is not known is empty. */
struct edge_place {
    hg_str country; /* ISO 3166 alpha-2, upper case */
    hg_str region, city;
    bool has_point;
    double latitude, longitude; /* degrees */
};

HG_MUST_USE enum hg_code edge_places_open(struct edge_places **out, struct hg_err *err);
void edge_places_close(struct edge_places *places); /* NULL is fine; no one may be looking up */

/* Takes the file from now on; "" is none. HG_NOT_FOUND, HG_IO; HG_MALFORMED: no such
 * database. On failure the one before stays. */
HG_MUST_USE enum hg_code edge_places_load(struct edge_places *places, const char *path,
                                          struct hg_err *err);
/* When the data were built. HG_NOT_FOUND: there is no file. */
HG_MUST_USE enum hg_code edge_places_built(struct edge_places *places, hg_time *out,
                                           struct hg_err *err);
/* Texts live in `arena`. */
struct edge_place edge_places_find(struct edge_places *places, struct hg_arena *arena,
                                   struct hg_ip ip);
