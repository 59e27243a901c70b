#include "edge/mailer.h"

#include "base/base.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
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

static bool is_loopback(const char *url)
{
    static const char *const hosts[] = {"://127.0.0.1", "://localhost", "://[::1]"};
    for (size_t i = 0; i < HG_COUNT(hosts); i++)
        if (strstr(url, hosts[i]) != NULL)
            return true;
    return false;
}

enum hg_code edge_mailer_init(struct edge_mailer *mailer, const struct edge_mailer_options *options,
                              struct hg_err *err)
{
    hg_str url = hg_str_of(options->url);
    if (!hg_str_starts(url, HG_STR("smtp://")) && !hg_str_starts(url, HG_STR("smtps://")))
        return HG_FAIL(err, HG_MALFORMED, "mail server '%s': smtp:// or smtps:// is needed",
                       options->url);
    mailer->options = *options;
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

static void configure(CURL *curl, const struct edge_mailer_options *options)
{
    long seconds =
        options->timeout.us > 0 ? (long)(options->timeout.us / 1000000) : DEFAULT_SECONDS;
    bool plain = options->is_plain_allowed || is_loopback(options->url);
    curl_easy_setopt(curl, CURLOPT_URL, options->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, seconds);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, plain ? (long)CURLUSESSL_TRY : (long)CURLUSESSL_ALL);
    if (options->ca_file != NULL)
        curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca_file);
    if (options->user != NULL) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, options->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, options->password);
    }
}

static enum hg_code outcome(CURL *curl, CURLcode result, const char *words, struct hg_err *err)
{
    if (result == CURLE_OK)
        return HG_OK;
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    bool refused = status >= 500 && status < 600;
    return HG_FAIL(err, refused ? HG_FORBIDDEN : HG_UNAVAILABLE, "mail server: %s (%ld)",
                   words[0] != '\0' ? words : curl_easy_strerror(result), status);
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
    char words[CURL_ERROR_SIZE] = "";
    configure(curl, &mailer->options);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, hg_str_z(arena, mail->from));
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_upload);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    return outcome(curl, curl_easy_perform(curl), words, err);
}
