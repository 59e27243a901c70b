#include "base/base.h"
#include "edge/clock.h"
#include "edge/listener.h"
#include "edge/listener_private.h"
#include "http/http.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Answers that hold for a moment and for everyone (http_response.lasts), found by their
 * path on the network thread. A place is taken by whichever path comes last; what was
 * there is made again by its handler. */
enum { N_PLACES = 64, MAX_PATH = 256 };

struct place {
    const struct edge_handler *handler;
    char path[MAX_PATH];
    size_t len;
    hg_time until; /* steady */
    struct edge_document *document;
};

struct edge_documents {
    pthread_mutex_t lock;
    struct place places[N_PLACES];
};

enum hg_code edge_documents_new(struct edge_documents **out, struct hg_err *err)
{
    struct edge_documents *documents = calloc(1, sizeof(*documents));
    if (documents == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "documents");
    (void)pthread_mutex_init(&documents->lock, NULL);
    *out = documents;
    return HG_OK;
}

void edge_documents_free(struct edge_documents *documents)
{
    if (documents == NULL)
        return;
    for (size_t i = 0; i < N_PLACES; i++)
        edge_document_unref(documents->places[i].document);
    (void)pthread_mutex_destroy(&documents->lock);
    free(documents);
}

static struct place *place_of(struct edge_documents *documents, hg_str path)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < path.len; i++)
        hash = (hash ^ (unsigned char)path.ptr[i]) * 16777619u;
    return &documents->places[hash % N_PLACES];
}

static bool can_last(const struct http_request *request)
{
    return request->query.len == 0 && request->path.len < MAX_PATH;
}

struct edge_document *edge_documents_find(struct edge_documents *documents,
                                          const struct edge_handler *handler,
                                          const struct http_request *request)
{
    if (!can_last(request))
        return NULL;
    struct edge_document *found = NULL;
    (void)pthread_mutex_lock(&documents->lock);
    const struct place *place = place_of(documents, request->path);
    hg_str path = {.ptr = place->path, .len = place->len};
    if (place->document != NULL && place->handler == handler && hg_str_eq(path, request->path) &&
        hg_time_before(edge_steady_now(), place->until))
        found = edge_document_ref(place->document);
    (void)pthread_mutex_unlock(&documents->lock);
    return found;
}

/* One that cannot be made is answered by its handler again: nothing is lost but time. */
void edge_documents_keep(struct edge_documents *documents, const struct edge_handler *handler,
                         const struct http_request *request, const struct http_response *response)
{
    struct edge_document *document = NULL;
    if (response->lasts.us <= 0 || !can_last(request) ||
        !hg_str_eq(request->method, HG_STR("GET")) ||
        edge_document_new(response, &document, NULL) != HG_OK)
        return;
    (void)pthread_mutex_lock(&documents->lock);
    struct place *place = place_of(documents, request->path);
    struct edge_document *old = place->document;
    place->handler = handler;
    memcpy(place->path, request->path.ptr, request->path.len);
    place->len = request->path.len;
    place->until = hg_time_add(edge_steady_now(), response->lasts);
    place->document = document;
    (void)pthread_mutex_unlock(&documents->lock);
    edge_document_unref(old);
}
