#include <microhttpd.h>
#include <netinet/in.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* floor document DIR FILE | floor token DIR ALG SIGNATURES SYNC ROWS TOKENS | floor run DIR COMMITS
 * SYNC
 *
 * The least that a thing can cost: libmicrohttpd on one thread, SQLite, OpenSSL and
 * nothing else. No client, policy, log, check or error: a floor is no server.
 *
 *   document  sends a file
 *   token     takes a refresh token by its SHA-256 out of a table, puts a new one in, in one
 *             commit, and signs. ROWS tokens are there beforehand; 16 are left in TOKENS
 *   run       stores a run and its six steps in COMMITS commits, answers
 *
 * Prints its port, then serves until standard input ends. */
enum { HASH = 32, TOKEN = 44, N_TOKENS = 16, JWT_ROOM = 2048, BODY_ROOM = 4096, N_STEPS = 6 };

static sqlite3 *db;
static sqlite3_stmt *begin, *commit, *find, *take, *put, *put_run, *end_run, *put_step;
static EVP_PKEY *key;
static char head_text[64];
static int n_signatures;
static int n_commits;
static struct MHD_Response *document;
static int64_t n_runs;

static _Noreturn void give_up(const char *what)
{
    (void)fprintf(stderr, "floor: %s: %s\n", what, db == NULL ? "" : sqlite3_errmsg(db));
    exit(1);
}

static void step(sqlite3_stmt *statement)
{
    if (sqlite3_step(statement) != SQLITE_DONE)
        give_up("statement");
    (void)sqlite3_reset(statement);
}

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        give_up(sql);
    return statement;
}

static void open_db(const char *dir, const char *sync, const char *schema)
{
    char text[512];
    (void)snprintf(text, sizeof(text), "%s/floor.db", dir);
    if (sqlite3_open(text, &db) != SQLITE_OK)
        give_up(text);
    (void)snprintf(text, sizeof(text), "PRAGMA journal_mode = WAL; PRAGMA synchronous = %s; %s",
                   sync, schema);
    if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
        give_up(text);
    begin = prepare("BEGIN IMMEDIATE");
    commit = prepare("COMMIT");
}

/* base64url; EVP_EncodeBlock writes the other alphabet, with padding. */
static size_t encode(char *out, const unsigned char *bytes, size_t n)
{
    size_t len = (size_t)EVP_EncodeBlock((unsigned char *)out, bytes, (int)n);
    while (len > 0 && out[len - 1] == '=')
        len--;
    for (size_t i = 0; i < len; i++)
        out[i] = (char)(out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i]);
    out[len] = '\0';
    return len;
}

static void hash(const char *text, unsigned char *out)
{
    if (EVP_Digest(text, strlen(text), out, NULL, EVP_sha256(), NULL) != 1)
        give_up("hash");
}

static void new_token(char *out, unsigned char *out_hash)
{
    unsigned char random[HASH];
    if (RAND_bytes(random, sizeof(random)) != 1)
        give_up("random");
    (void)encode(out, random, sizeof(random));
    hash(out, out_hash);
}

static void store_token(const unsigned char *digest)
{
    (void)sqlite3_bind_blob(put, 1, digest, HASH, SQLITE_STATIC);
    (void)sqlite3_bind_text(put, 2, "7d8a5f0e-53f1-4c1b-9d1c-6f2a1f9c0b11", -1, SQLITE_STATIC);
    (void)sqlite3_bind_int64(put, 3, (sqlite3_int64)time(NULL));
    step(put);
}

/* Of the size that the claims of a Headgate token have. */
static size_t sign(char *out, const char *user)
{
    char claims[1024];
    unsigned char signature[256];
    size_t n_signature = sizeof(signature);
    long long now = (long long)time(NULL);
    int n =
        snprintf(claims, sizeof(claims),
                 "{\"aud\":\"6f1d2c3b-0000-4000-8000-00000000da7a\",\"iss\":\"https://localhost:"
                 "8443/5f3c1e0a-7d2b-4c6e-9a41-0b8d2f6e7c10/v2.0\",\"iat\":%lld,\"nbf\":%lld,"
                 "\"exp\":%lld,\"name\":\"Bob Builder\",\"oid\":\"%s\",\"preferred_username\":"
                 "\"bob@contoso.test\",\"sub\":\"dO7v0N3RkQe8YV0f1qf1lR3ixq0kQb5iC9S1n0a2c3Q\","
                 "\"tid\":\"5f3c1e0a-7d2b-4c6e-9a41-0b8d2f6e7c10\",\"uti\":"
                 "\"kS2n9cJ8s0mV1w5o9r3tAg\",\"ver\":\"2.0\",\"scp\":\"openid profile "
                 "offline_access User.Read\",\"amr\":[\"pwd\"]}",
                 now, now, now + 3600, user);
    size_t len = encode(out, (const unsigned char *)head_text, strlen(head_text));
    out[len++] = '.';
    len += encode(out + len, (const unsigned char *)claims, (size_t)n);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestSign(context, signature, &n_signature, (unsigned char *)out, len) != 1)
        give_up("signature");
    EVP_MD_CTX_free(context);
    out[len++] = '.';
    return len + encode(out + len, signature, n_signature);
}

static enum MHD_Result say(struct MHD_Connection *mhd, unsigned status, const char *text, size_t n)
{
    union {
        const char *in;
        void *out;
    } bytes = {.in = text};
    struct MHD_Response *answer =
        MHD_create_response_from_buffer(n, bytes.out, MHD_RESPMEM_MUST_COPY);
    (void)MHD_add_response_header(answer, "Content-Type", "application/json");
    (void)MHD_add_response_header(answer, "Cache-Control", "no-store");
    enum MHD_Result queued = MHD_queue_response(mhd, status, answer);
    MHD_destroy_response(answer);
    return queued;
}

static enum MHD_Result answer_document(struct MHD_Connection *mhd, char *body)
{
    (void)body;
    return MHD_queue_response(mhd, 200, document);
}

static bool rotate(const char *old, char *user, size_t room, char *out_new)
{
    unsigned char digest[HASH];
    hash(old, digest);
    step(begin);
    (void)sqlite3_bind_blob(find, 1, digest, HASH, SQLITE_STATIC);
    bool found = sqlite3_step(find) == SQLITE_ROW;
    if (found)
        (void)snprintf(user, room, "%s", (const char *)sqlite3_column_text(find, 0));
    (void)sqlite3_reset(find);
    if (found) {
        (void)sqlite3_bind_blob(take, 1, digest, HASH, SQLITE_STATIC);
        step(take);
        new_token(out_new, digest);
        store_token(digest);
    }
    step(commit);
    return found;
}

static enum MHD_Result answer_token(struct MHD_Connection *mhd, char *body)
{
    static char text[2 * JWT_ROOM + 512];
    char user[64];
    char fresh[TOKEN + 4];
    char *old = strstr(body, "refresh_token=");
    if (old == NULL)
        return say(mhd, 400, "{}", 2);
    old += strlen("refresh_token=");
    old[strcspn(old, "&")] = '\0';
    if (!rotate(old, user, sizeof(user), fresh))
        return say(mhd, 400, "{}", 2);
    size_t n = (size_t)snprintf(text, sizeof(text),
                                "{\"token_type\":\"Bearer\",\"scope\":\"openid profile "
                                "offline_access User.Read\",\"expires_in\":3600,"
                                "\"refresh_token\":\"%s\",\"access_token\":\"",
                                fresh);
    n += sign(text + n, user);
    if (n_signatures > 1) {
        n += (size_t)snprintf(text + n, sizeof(text) - n, "\",\"id_token\":\"");
        n += sign(text + n, user);
    }
    n += (size_t)snprintf(text + n, sizeof(text) - n, "\"}");
    return say(mhd, 200, text, n);
}

static void store_step(int at)
{
    static const char text[] = "{\"inputs\":{\"value\":42},\"outputs\":{\"value\":43},\"status\":"
                               "\"Succeeded\",\"startTime\":\"2027-01-01T00:00:00.0000000Z\"}";
    (void)sqlite3_bind_int64(put_step, 1, n_runs);
    (void)sqlite3_bind_int64(put_step, 2, at);
    (void)sqlite3_bind_text(put_step, 3, text, sizeof(text) - 1, SQLITE_STATIC);
    step(put_step);
}

/* COMMITS 2: before the first step and at the end; 8: one a step too. */
static enum MHD_Result answer_run(struct MHD_Connection *mhd, char *body)
{
    n_runs++;
    step(begin);
    (void)sqlite3_bind_int64(put_run, 1, n_runs);
    (void)sqlite3_bind_text(put_run, 2, body, -1, SQLITE_STATIC);
    step(put_run);
    step(commit);
    for (int i = 0; i < N_STEPS; i++) {
        if (n_commits > 2 || i == 0)
            step(begin);
        store_step(i);
        if (n_commits > 2)
            step(commit);
    }
    if (n_commits > 2)
        step(begin);
    (void)sqlite3_bind_int64(end_run, 1, n_runs);
    step(end_run);
    step(commit);
    return say(mhd, 200, "{\"answer\":43}", 13);
}

struct request {
    size_t n;
    char body[BODY_ROOM];
};

static enum MHD_Result (*answer)(struct MHD_Connection *mhd, char *body);

/* NOLINTNEXTLINE(readability-function-size): libmicrohttpd's signature */
static enum MHD_Result handle(void *self, struct MHD_Connection *mhd, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **context)
{
    (void)self;
    (void)url;
    (void)method;
    (void)version;
    struct request *request = *context;
    if (request == NULL) {
        *context = calloc(1, sizeof(*request));
        return *context == NULL ? MHD_NO : MHD_YES;
    }
    if (*size == 0)
        return answer(mhd, request->body);
    if (*size > sizeof(request->body) - 1 - request->n)
        return MHD_NO;
    memcpy(request->body + request->n, data, *size);
    request->n += *size;
    *size = 0;
    return MHD_YES;
}

static void done(void *self, struct MHD_Connection *mhd, void **context,
                 enum MHD_RequestTerminationCode why)
{
    (void)self;
    (void)mhd;
    (void)why;
    free(*context);
}

static void start_document(char **arguments)
{
    static char text[1 << 16];
    FILE *file = fopen(arguments[1], "re");
    if (file == NULL)
        give_up(arguments[1]);
    size_t n = fread(text, 1, sizeof(text), file);
    (void)fclose(file);
    document = MHD_create_response_from_buffer(n, text, MHD_RESPMEM_PERSISTENT);
    (void)MHD_add_response_header(document, "Content-Type", "application/json");
    answer = answer_document;
}

static void start_token(char **arguments)
{
    bool is_rsa = strcmp(arguments[1], "RS256") == 0;
    key = is_rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
    n_signatures = atoi(arguments[2]);
    (void)snprintf(head_text, sizeof(head_text), "{\"alg\":\"%s\",\"typ\":\"JWT\",\"kid\":\"k1\"}",
                   arguments[1]);
    open_db(arguments[0], arguments[3],
            "CREATE TABLE tokens(hash BLOB PRIMARY KEY, user TEXT, at INTEGER) WITHOUT ROWID;");
    find = prepare("SELECT user FROM tokens WHERE hash = ?");
    take = prepare("DELETE FROM tokens WHERE hash = ?");
    put = prepare("INSERT INTO tokens VALUES(?, ?, ?)");
    char text[TOKEN + 4];
    unsigned char digest[HASH];
    step(begin);
    for (long n = atol(arguments[4]); n > 0; n--) {
        new_token(text, digest);
        store_token(digest);
    }
    FILE *file = fopen(arguments[5], "we");
    for (int i = 0; file != NULL && i < N_TOKENS; i++) {
        new_token(text, digest);
        store_token(digest);
        (void)fprintf(file, "%s\n", text);
    }
    if (file == NULL || fclose(file) != 0)
        give_up(arguments[5]);
    step(commit);
    (void)sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    answer = answer_token;
}

static void start_run(char **arguments)
{
    n_commits = atoi(arguments[1]);
    open_db(arguments[0], arguments[2],
            "CREATE TABLE runs(id INTEGER PRIMARY KEY, body TEXT, state TEXT);"
            "CREATE TABLE steps(run INTEGER, at INTEGER, body TEXT, PRIMARY KEY(run, at))"
            " WITHOUT ROWID;");
    put_run = prepare("INSERT INTO runs VALUES(?, ?, 'Running')");
    end_run = prepare("UPDATE runs SET state = 'Succeeded' WHERE id = ?");
    put_step = prepare("INSERT INTO steps VALUES(?, ?, ?)");
    answer = answer_run;
}

static const struct {
    const char *name;
    int n_arguments;
    void (*start)(char **arguments);
} modes[] = {
    {"document", 2, start_document},
    {"token", 6, start_token},
    {"run", 3, start_run},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(modes[0]); i++)
        if (strcmp(argv[1], modes[i].name) == 0 && argc == 2 + modes[i].n_arguments)
            modes[i].start(argv + 2);
    if (answer == NULL) {
        (void)fprintf(stderr, "usage: see floor.c\n");
        return 2;
    }
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, handle, NULL, MHD_OPTION_SOCK_ADDR, &address,
        MHD_OPTION_NOTIFY_COMPLETED, done, NULL, MHD_OPTION_END);
    if (daemon == NULL)
        give_up("libmicrohttpd");
    (void)printf("%u\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    (void)fflush(stdout);
    while (getchar() != EOF) {
    }
    MHD_stop_daemon(daemon);
    return 0;
}
