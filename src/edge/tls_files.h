#pragma once

#include "base/base.h"

/* What a listener with TLS needs: certificates and key as PEM. */
struct edge_tls_files {
    hg_str cert_pem; /* the server's certificate, then what leads to the authority */
    hg_str key_pem;
    hg_time expires; /* of a loaded certificate */
    hg_str ca_path;  /* the development authority's certificate; empty for loaded files */
};

/* serve --dev: an authority of its own, made once and kept as DIR/ca.pem and
 * DIR/ca.key (mode 0600) for ten years, so that clients trust it once. The
 * server's certificate (localhost, 127.0.0.1, ::1 and `host`) is made anew at
 * each start and never stored. `now` is the machine's time, not the development
 * clock's: clients judge validity by theirs. */
struct edge_tls_development {
    const char *dir; /* made when missing */
    hg_str host;     /* one more name or address; empty: none */
    hg_time now;
    const struct hg_random *random;
};

/* HG_MALFORMED: the files of the authority do not belong together. */
HG_MUST_USE enum hg_code edge_tls_develop(struct hg_arena *arena,
                                          const struct edge_tls_development *spec,
                                          struct edge_tls_files *out, struct hg_err *err);

/* Certificate chain and key that the operator supplies. HG_NOT_FOUND, HG_IO;
 * HG_MALFORMED: no PEM, or the key is another certificate's. */
HG_MUST_USE enum hg_code edge_tls_load(struct hg_arena *arena, const char *cert_path,
                                       const char *key_path, struct edge_tls_files *out,
                                       struct hg_err *err);
