#pragma once

#include "base/base.h"

/* The development certificate authority of serve --dev, kept under DIR (DATA/tls):
 * ca.pem and ca.key made once, server.pem and server.key for localhost, 127.0.0.1
 * and ::1, renewed when less than 30 days are left or the authority changed. */
struct edge_tls_files {
    hg_str cert_pem; /* the server's certificate, then the authority's */
    hg_str key_pem;
    hg_str ca_path;
};

HG_MUST_USE enum hg_code edge_tls_development(struct hg_arena *arena, const char *dir, hg_time now,
                                              const struct hg_random *random,
                                              struct edge_tls_files *out, struct hg_err *err);

/* Certificate chain and key that the operator supplies. */
HG_MUST_USE enum hg_code edge_tls_load(struct hg_arena *arena, const char *cert_path,
                                       const char *key_path, struct edge_tls_files *out,
                                       struct hg_err *err);
