#include "edge/mailer.h"

#include "base/base.h"
#include "edge/head.h"

#include <curl/curl.h>
#include <curl/easy.h>
#include <curl/urlapi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { DEFAULT_SECONDS = 30, MAX_ADDRESS = 320, MAX_MAIL = 32 << 20 };

/* A bare address: one '@', nothing that could end the envelope line or begin another. */
static bool is_address(hg_str text)
{
    size_t at = hg_str_find_byte(text, '@');
    if (text.len > MAX_ADDRESS || at == HG_NPOS || at == 0 || at + 1 == text.len)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == ',' || c == '"')
            return false;
    }
    return true;
}

/* The host as curl reads it, which is the one it connects to. */
static bool is_loopback(CURLU *url)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]"};
    char *host = NULL;
    if (curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return false;
    bool found = false;
    for (size_t i = 0; i < HG_COUNT(hosts); i++)
        found |= hg_str_eq_nocase(hg_str_of(host), hg_str_of(hosts[i]));
    curl_free(host);
    return found;
}

static void free_url(CURLU **url)
{
    curl_url_cleanup(*url);
}

enum hg_code edge_mailer_init(struct edge_mailer *mailer, const struct edge_mailer_options *options,
                              struct hg_err *err)
{
    HG_CLEANUP(free_url) CURLU *url = curl_url();
    hg_str text = hg_str_of(options->url);
    if (url == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "mailer");
    if ((!hg_str_starts(text, HG_STR("smtp://")) && !hg_str_starts(text, HG_STR("smtps://"))) ||
        curl_url_set(url, CURLUPART_URL, options->url, CURLU_DISALLOW_USER) != CURLUE_OK)
        return HG_FAIL(err, HG_MALFORMED, "mail server '%.*s': write smtp://HOST:PORT or smtps://…",
                       HG_ARG(text));
    if (options->helo != NULL && !edge_is_host(hg_str_of(options->helo)))
        return HG_FAIL(err, HG_MALFORMED, "'%s' is no host name to greet with", options->helo);
    mailer->options = *options;
    mailer->needs_tls = !options->is_plain_allowed && !is_loopback(url);
    return HG_OK;
}

/* The message as curl takes it: a view that moves on. */
struct upload {
    hg_str text;
    size_t at;
};

static size_t read_upload(char *buffer, size_t size, size_t n, void *self)
{
    struct upload *upload = self;
    hg_str part = hg_str_sub(upload->text, upload->at, size * n);
    if (part.len > 0)
        memcpy(buffer, part.ptr, part.len);
    upload->at += part.len;
    return part.len;
}

static void free_curl(CURL **curl)
{
    curl_easy_cleanup(*curl);
}

static void free_list(struct curl_slist **list)
{
    curl_slist_free_all(*list);
}

static enum hg_code add_recipients(struct hg_arena *arena, const struct edge_mail *mail,
                                   struct curl_slist **list, struct hg_err *err)
{
    for (size_t i = 0; i < mail->n_recipients; i++) {
        if (!is_address(mail->recipients[i]))
            return HG_FAIL(err, HG_MALFORMED, "recipient '%.*s' is no mail address",
                           HG_ARG(mail->recipients[i]));
        struct curl_slist *longer = curl_slist_append(*list, hg_str_z(arena, mail->recipients[i]));
        if (longer == NULL)
            return HG_FAIL(err, HG_NO_MEMORY, "recipients");
        *list = longer;
    }
    return HG_OK;
}

/* SMTP wants CRLF; what is CRLF already stays. */
static enum hg_code with_crlf(struct hg_arena *arena, hg_str text, hg_str *out, struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, MAX_MAIL);
    hg_str line;
    bool more = true;
    while (more && text.len > 0) {
        more = hg_str_cut(text, '\n', &line, &text);
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        hg_buf_str(&buf, line);
        hg_buf_z(&buf, "\r\n");
    }
    return hg_buf_finish(&buf, out, err);
}

/* The last refusal that the server wrote (not its good-bye): for the operator. */
struct words {
    char text[100];
};

/* NOLINTNEXTLINE(readability-non-const-parameter): curl says what it is */
static size_t keep_words(char *line, size_t size, size_t n, void *self)
{
    struct words *words = self;
    hg_str said = hg_str_trim((hg_str){.ptr = line, .len = size * n});
    if (hg_str_starts(said, HG_STR("4")) || hg_str_starts(said, HG_STR("5")))
        (void)snprintf(words->text, sizeof(words->text), "%.*s", HG_ARG(said));
    return size * n;
}

/* curl greets with the URL's path. */
static const char *url_of(struct hg_arena *arena, const struct edge_mailer_options *options)
{
    return options->helo == NULL
               ? options->url
               : hg_str_z(arena, hg_str_format(arena, "%s/%s", options->url, options->helo));
}

static void configure(CURL *curl, const struct edge_mailer *mailer, struct words *words)
{
    const struct edge_mailer_options *options = &mailer->options;
    hg_dur timeout = options->timeout.us > 0 ? options->timeout : HG_SECONDS(DEFAULT_SECONDS);
    long ms = timeout.us < 1000 ? 1 : (long)(timeout.us / 1000);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, ms);
    (void)curl_easy_setopt(curl, CURLOPT_USE_SSL,
                           mailer->needs_tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_TRY);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, keep_words);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, words);
    if (options->ca_file != NULL)
        (void)curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca_file);
    if (options->user != NULL) {
        (void)curl_easy_setopt(curl, CURLOPT_USERNAME, options->user);
        (void)curl_easy_setopt(curl, CURLOPT_PASSWORD, options->password);
    }
}

static enum hg_code outcome(CURLcode result, const struct words *words, struct hg_err *err)
{
    if (result == CURLE_OK)
        return HG_OK;
    if (words->text[0] == '5')
        return HG_FAIL(err, HG_FORBIDDEN, "the mail server refused: %s", words->text);
    return HG_FAIL(err, HG_UNAVAILABLE, "mail server: %s%s%s", curl_easy_strerror(result),
                   words->text[0] == '\0' ? "" : "; it said: ", words->text);
}

enum hg_code edge_mailer_send(const struct edge_mailer *mailer, const struct edge_mail *mail,
                              struct hg_err *err)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("mail", 4 * (size_t)MAX_MAIL);
    HG_CLEANUP(free_curl) CURL *curl = curl_easy_init();
    HG_CLEANUP(free_list) struct curl_slist *recipients = NULL;
    if (arena == NULL || curl == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "mail");
    if (!is_address(mail->from))
        return HG_FAIL(err, HG_MALFORMED, "sender '%.*s' is no mail address", HG_ARG(mail->from));
    if (mail->n_recipients == 0)
        return HG_FAIL(err, HG_MALFORMED, "mail without a recipient");
    HG_TRY(add_recipients(arena, mail, &recipients, err));
    struct upload upload = {0};
    HG_TRY(with_crlf(arena, mail->text, &upload.text, err));
    struct words words = {.text = ""};
    const char *url = url_of(arena, &mailer->options);
    const char *from = hg_str_z(arena, mail->from);
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "mail");
    configure(curl, mailer, &words);
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
    (void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    (void)curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_upload);
    (void)curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    (void)curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    return outcome(curl_easy_perform(curl), &words, err);
}
