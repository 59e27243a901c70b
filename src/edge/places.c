#include "edge/places.h"

#include "base/base.h"

#include <maxminddb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NAME = 256 }; /* bytes of a city or region; longer ones are left out */

struct edge_places {
    pthread_rwlock_t lock; /* lookups read, a load writes */
    MMDB_s database;
    bool is_loaded;
};

enum hg_code edge_places_open(struct edge_places **out, struct hg_err *err)
{
    struct edge_places *places = calloc(1, sizeof(*places));
    if (places == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "places");
    (void)pthread_rwlock_init(&places->lock, NULL);
    *out = places;
    return HG_OK;
}

void edge_places_close(struct edge_places *places)
{
    if (places == NULL)
        return;
    if (places->is_loaded)
        MMDB_close(&places->database);
    (void)pthread_rwlock_destroy(&places->lock);
    free(places);
}

static enum hg_code code_of(int status)
{
    switch (status) {
    case MMDB_FILE_OPEN_ERROR:
        return HG_NOT_FOUND;
    case MMDB_IO_ERROR:
        return HG_IO;
    case MMDB_OUT_OF_MEMORY_ERROR:
        return HG_NO_MEMORY;
    default:
        return HG_MALFORMED;
    }
}

enum hg_code edge_places_load(struct edge_places *places, const char *path, struct hg_err *err)
{
    MMDB_s fresh = {0};
    bool has_file = path[0] != '\0';
    if (has_file) {
        int status = MMDB_open(path, MMDB_MODE_MMAP, &fresh);
        if (status != MMDB_SUCCESS)
            return HG_FAIL(err, code_of(status), "geo.database %s: %s", path,
                           MMDB_strerror(status));
    }
    (void)pthread_rwlock_wrlock(&places->lock);
    MMDB_s old = places->database;
    bool had_file = places->is_loaded;
    places->database = fresh;
    places->is_loaded = has_file;
    (void)pthread_rwlock_unlock(&places->lock);
    if (had_file)
        MMDB_close(&old);
    return HG_OK;
}

enum hg_code edge_places_built(struct edge_places *places, hg_time *out, struct hg_err *err)
{
    (void)pthread_rwlock_rdlock(&places->lock);
    bool is_loaded = places->is_loaded;
    uint64_t epoch = places->database.metadata.build_epoch;
    (void)pthread_rwlock_unlock(&places->lock);
    if (!is_loaded)
        return HG_FAIL(err, HG_NOT_FOUND, "geo.database is not set");
    hg_dur since = epoch > INT64_MAX / 1000000 ? (hg_dur){INT64_MAX} : HG_SECONDS(epoch);
    *out = hg_time_add((hg_time){0}, since);
    return HG_OK;
}

static hg_str text_at(struct hg_arena *arena, MMDB_entry_s *entry, const char *const *path)
{
    MMDB_entry_data_s data;
    if (MMDB_aget_value(entry, &data, path) != MMDB_SUCCESS || !data.has_data ||
        data.type != MMDB_DATA_TYPE_UTF8_STRING || data.data_size > MAX_NAME)
        return HG_STR("");
    hg_str text = {data.utf8_string, data.data_size};
    return hg_utf8_valid(text) ? hg_str_dup(arena, text) : HG_STR("");
}

static bool number_at(MMDB_entry_s *entry, const char *const *path, double *out)
{
    MMDB_entry_data_s data;
    if (MMDB_aget_value(entry, &data, path) != MMDB_SUCCESS || !data.has_data ||
        data.type != MMDB_DATA_TYPE_DOUBLE)
        return false;
    *out = data.double_value;
    return true;
}

/* Two capital letters, else unknown. */
static hg_str country_at(struct hg_arena *arena, MMDB_entry_s *entry)
{
    static const char *const path[] = {"country", "iso_code", NULL};
    hg_str code = text_at(arena, entry, path);
    bool is_code = code.len == 2;
    for (size_t i = 0; i < code.len; i++)
        is_code = is_code && code.ptr[i] >= 'A' && code.ptr[i] <= 'Z';
    return is_code ? code : HG_STR("");
}

static void read_entry(struct hg_arena *arena, MMDB_entry_s *entry, struct edge_place *out)
{
    static const char *const city[] = {"city", "names", "en", NULL};
    static const char *const region[] = {"subdivisions", "0", "names", "en", NULL};
    static const char *const latitude[] = {"location", "latitude", NULL};
    static const char *const longitude[] = {"location", "longitude", NULL};
    *out = (struct edge_place){
        .country = country_at(arena, entry),
        .region = text_at(arena, entry, region),
        .city = text_at(arena, entry, city),
    };
    out->has_point =
        number_at(entry, latitude, &out->latitude) && number_at(entry, longitude, &out->longitude);
}

/* The file may be of IPv4 alone: then IPv6 addresses are nowhere. */
struct edge_place edge_places_find(struct edge_places *places, struct hg_arena *arena,
                                   struct hg_ip ip)
{
    struct edge_place place = {0};
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    memcpy(&v4.sin_addr, ip.bytes, sizeof(v4.sin_addr));
    memcpy(&v6.sin6_addr, ip.bytes, sizeof(v6.sin6_addr));
    const void *address = ip.is_v6 ? (const void *)&v6 : (const void *)&v4;
    (void)pthread_rwlock_rdlock(&places->lock);
    if (places->is_loaded && !(ip.is_v6 && places->database.metadata.ip_version == 4)) {
        int status = MMDB_SUCCESS;
        MMDB_lookup_result_s found = MMDB_lookup_sockaddr(&places->database, address, &status);
        if (status == MMDB_SUCCESS && found.found_entry)
            read_entry(arena, &found.entry, &place);
    }
    (void)pthread_rwlock_unlock(&places->lock);
    return place;
}
