#pragma once

#include "base/base.h"

/* Sends mail over SMTP (libcurl). Blocking and thread-safe; one connection a
 * message. TLS is required unless the server is on loopback or is_plain_allowed. */
struct edge_mailer_options {
    const char *url;       /* smtp://host:587 (STARTTLS) or smtps://host:465 */
    const char *user;      /* NULL: no authentication */
    const char *password;  /* copied into no log */
    const char *ca_file;   /* NULL: the system's authorities alone */
    const char *helo;      /* NULL: this machine's name */
    bool is_plain_allowed; /* no STARTTLS offered: send all the same */
    hg_dur timeout;        /* of one message; 0: 30 s */
};

struct edge_mail {
    hg_str from; /* bare addresses: "a@example.org" */
    const hg_str *recipients;
    size_t n_recipients;
    hg_str text; /* RFC 5322 head and body; lines end in LF or CRLF */
};

struct edge_mailer {
    struct edge_mailer_options options; /* its texts are the caller's and must stay */
    bool needs_tls;
};

/* HG_MALFORMED: an address or the URL; HG_UNAVAILABLE: no answer, in time or at
 * all; HG_FORBIDDEN: the server refused, with its words in err->detail. */
HG_MUST_USE enum hg_code edge_mailer_init(struct edge_mailer *mailer,
                                          const struct edge_mailer_options *options,
                                          struct hg_err *err);
HG_MUST_USE enum hg_code edge_mailer_send(const struct edge_mailer *mailer,
                                          const struct edge_mail *mail, struct hg_err *err);
