#pragma once

#include "app/app_private.h"
#include "app/commit.h"
#include "app/directory/objects.h"
#include "base/base.h"
#include "crypto/crypto.h"
#include "model/model.h"
#include "store/store.h"

/* Registered devices. A device is what its certificate proves: one that this tenant's own
 * authority gave to it, whose key the client showed in the TLS handshake, and that its object
 * in the directory still names. Nothing that a client writes makes a device
 * (docs/decisions/0131). */

/* The device that sent this request; out->is_present is false when none proved itself. */
HG_MUST_USE enum hg_code app_device_present(struct app_call *call, struct model_device *out,
                                            struct hg_err *err);

/* The device of a grant as it counts now. `live`: its present attributes, else those of the
 * snapshot. *is_lost: it was deleted or disabled since (AADSTS50097). */
HG_MUST_USE enum hg_code app_device_of_grant(struct app_call *call, const struct model_grant *grant,
                                             bool live, struct model_device *out, bool *is_lost,
                                             struct hg_err *err);

/* The certificate for the key of a request (PKCS #10, DER), one year. Makes the tenant's
 * authority when there is none. HG_MALFORMED, HG_UNSUPPORTED: the request. */
struct app_device_certificate {
    hg_str certificate, authority; /* DER */
    hg_time not_after;
};
HG_MUST_USE enum hg_code app_device_certify(struct app_call *call, hg_str device_id, hg_str request,
                                            struct app_device_certificate *out, struct hg_err *err);
/* Notes in the object's body that the certificate is this device's, from now on. The one
 * before goes on, so that an answer which never arrived locks nobody out. */
void app_device_note(struct hg_arena *arena, struct hg_json *body, hg_str certificate);

extern const struct store_table app_device_authorities_table;
