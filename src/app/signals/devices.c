#include "app/signals/devices.h"

#include "app/app_private.h"
#include "app/commit.h"
#include "app/directory/objects.h"
#include "base/base.h"
#include "crypto/cert.h"
#include "crypto/crypto.h"
#include "crypto/hash.h"
#include "crypto/key.h"
#include "model/model.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>

enum { TENANT, SEALED, CERTIFICATE, CREATED, N_COLUMNS };
enum { AUTHORITY_DAYS = 365 * 20, DEVICE_DAYS = 365, MAX_CERTIFICATES = 2 };

const struct store_table app_device_authorities_table = {
    .name = "device_authorities",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [SEALED] = {"sealed", STORE_BLOB},
            [CERTIFICATE] = {"certificate", STORE_BLOB},
            [CREATED] = {"created", STORE_INT},
        },
    .n_columns = N_COLUMNS,
    .n_key = 1,
};

static const char certificates_member[] = "headgateCertificates"; /* SHA-256, base64url */

/* --- The tenant's authority ------------------------------------------------------------ */

struct authority {
    hg_str certificate;     /* DER */
    struct crypto_key *key; /* NULL until it is needed to sign */
};

static struct crypto_place place_of(hg_str tenant)
{
    return (struct crypto_place){.tenant = tenant,
                                 .table = HG_STR("device_authorities"),
                                 .row = HG_STR("authority"),
                                 .column = HG_STR("sealed")};
}

/* HG_NOT_FOUND: no device was registered here yet. */
static enum hg_code load_authority(struct app_call *call, bool to_sign, struct authority *out,
                                   struct hg_err *err)
{
    hg_str tenant = call->tenant->tenant.id;
    const struct store_value key[] = {store_text(tenant)};
    struct store_row row;
    HG_TRY(store_get(call->app->store, call->arena, &app_device_authorities_table, key, &row, err));
    struct authority authority = {.certificate = row.values[CERTIFICATE].bytes};
    if (to_sign) {
        const struct crypto_sealed sealed = {place_of(tenant), row.values[SEALED].bytes};
        hg_str der;
        HG_TRY(crypto_open(call->arena, call->app->keyring, &sealed, &der, err));
        HG_TRY(crypto_key_import(der, &authority.key, err));
    }
    *out = authority;
    return HG_OK;
}

static struct crypto_cert_spec spec_of(struct app_call *call, enum crypto_cert_kind kind,
                                       hg_str name, int days)
{
    struct crypto_cert_spec spec = {
        .kind = kind,
        .common_name = name,
        .not_before = {call->now.us - call->now.us % 1000000},
    };
    spec.not_after = hg_time_add(spec.not_before, HG_DAYS(days));
    hg_random_fill(&call->app->random, spec.serial, sizeof(spec.serial));
    return spec;
}

static enum hg_code make_authority(struct app_call *call, struct hg_err *err)
{
    hg_str tenant = call->tenant->tenant.id;
    HG_CLEANUP(crypto_key_freep) struct crypto_key *key = NULL;
    HG_TRY(crypto_key_generate(CRYPTO_ES256, &key, err));
    struct crypto_cert_spec spec =
        spec_of(call, CRYPTO_CERT_CA, HG_STR("Headgate device authority"), AUTHORITY_DAYS);
    struct crypto_plain plain = {.place = place_of(tenant)};
    hg_random_fill(&call->app->random, plain.random, sizeof(plain.random));
    hg_str sealed;
    hg_str certificate;
    HG_TRY(crypto_key_export(call->arena, key, &plain.bytes, err));
    HG_TRY(crypto_seal(call->arena, call->app->keyring, &plain, &sealed, err));
    HG_TRY(crypto_cert_make(call->arena, &spec, key, NULL, &certificate, err));
    const struct store_value values[N_COLUMNS] = {
        [TENANT] = store_text(tenant),
        [SEALED] = store_blob(sealed),
        [CERTIFICATE] = store_blob(certificate),
        [CREATED] = store_time(call->now),
    };
    struct app_commit commit = app_commit_new(call->arena);
    app_commit_insert(&commit, &app_device_authorities_table, values);
    return app_commit_run(&commit, call->app->store, err);
}

/* Of two first registrations at once one makes it. */
static enum hg_code need_authority(struct app_call *call, struct authority *out, struct hg_err *err)
{
    enum hg_code code = load_authority(call, true, out, err);
    if (code != HG_NOT_FOUND)
        return code;
    code = make_authority(call, err);
    if (code != HG_OK && code != HG_EXISTS)
        return code;
    return load_authority(call, true, out, err);
}

enum hg_code app_device_certify(struct app_call *call, hg_str device_id, hg_str request,
                                struct app_device_certificate *out, struct hg_err *err)
{
    HG_CLEANUP(crypto_key_freep) struct crypto_key *key = NULL;
    struct authority authority = {0};
    HG_TRY(crypto_request_key(request, &key, err));
    HG_TRY(need_authority(call, &authority, err));
    HG_CLEANUP(crypto_key_freep) struct crypto_key *owned = authority.key;
    const struct crypto_cert_issuer issuer = {authority.certificate, owned};
    struct crypto_cert_spec spec = spec_of(call, CRYPTO_CERT_DEVICE, device_id, DEVICE_DAYS);
    struct app_device_certificate made = {.authority = authority.certificate,
                                          .not_after = spec.not_after};
    HG_TRY(crypto_cert_make(call->arena, &spec, key, &issuer, &made.certificate, err));
    *out = made;
    return HG_OK;
}

/* --- The object --------------------------------------------------------------------------- */

static hg_str thumbprint(struct hg_arena *arena, hg_str certificate)
{
    struct crypto_digest digest = crypto_sha256(certificate);
    return hg_b64url_encode(arena, (hg_str){(const char *)digest.bytes, sizeof(digest.bytes)});
}

void app_device_note(struct hg_arena *arena, struct hg_json *body, hg_str certificate)
{
    const struct hg_json *old = hg_json_get(body, certificates_member);
    struct hg_json list = hg_json_array();
    hg_json_push(arena, &list, hg_json_str(thumbprint(arena, certificate)));
    for (size_t i = 0; i + 1 < MAX_CERTIFICATES && i < hg_json_count(old); i++)
        hg_json_push(arena, &list, *hg_json_item(old, i));
    hg_json_put(arena, body, certificates_member, list);
}

static bool names_certificate(struct hg_arena *arena, const struct hg_json *body,
                              hg_str certificate)
{
    const struct hg_json *list = hg_json_get(body, certificates_member);
    hg_str wanted = thumbprint(arena, certificate);
    for (size_t i = 0; i < hg_json_count(list); i++)
        if (hg_str_eq(hg_json_str_or(hg_json_item(list, i), HG_STR("")), wanted))
            return true;
    return false;
}

static enum hg_code texts_of(struct hg_arena *arena, const struct hg_json *array,
                             const hg_str **out, size_t *out_n, struct hg_err *err)
{
    size_t n = hg_json_count(array);
    hg_str *items = HG_NEW_ARRAY(arena, hg_str, n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu texts of a device", n);
    for (size_t i = 0; i < n; i++)
        items[i] = hg_json_str_or(hg_json_item(array, i), HG_STR(""));
    *out = items;
    *out_n = n;
    return HG_OK;
}

static hg_str text_of(const struct hg_json *body, const char *name)
{
    return hg_json_str_or(hg_json_get(body, name), HG_STR(""));
}

/* Compliance that has an end is over then. */
static bool is_compliant(const struct hg_json *body, hg_time now)
{
    hg_time end;
    hg_str text = text_of(body, "complianceExpirationDateTime");
    bool is_over =
        text.len > 0 && (hg_time_parse(text, &end, NULL) != HG_OK || !hg_time_before(now, end));
    return !is_over && hg_json_bool_or(hg_json_get(body, "isCompliant"), false);
}

static enum hg_code device_of(struct app_call *call, const struct app_object *object,
                              struct model_device *out, struct hg_err *err)
{
    const struct hg_json *body = &object->body;
    struct model_device device = {
        .is_present = true,
        .id = object->name,
        .display_name = text_of(body, "displayName"),
        .operating_system = text_of(body, "operatingSystem"),
        .operating_system_version = text_of(body, "operatingSystemVersion"),
        .ownership = text_of(body, "deviceOwnership"),
        .trust_type = text_of(body, "trustType"),
        .manufacturer = text_of(body, "manufacturer"),
        .model = text_of(body, "model"),
        .mdm_app_id = text_of(body, "mdmAppId"),
        .enrollment_profile = text_of(body, "enrollmentProfileName"),
        .profile_type = text_of(body, "profileType"),
        .is_compliant = is_compliant(body, call->now),
        .is_managed = hg_json_bool_or(hg_json_get(body, "isManaged"), false),
    };
    const struct hg_json *extensions = hg_json_get(body, "extensionAttributes");
    for (size_t i = 0; i < MODEL_EXTENSION_ATTRIBUTES; i++) {
        hg_str name = hg_str_format(call->arena, "extensionAttribute%zu", i + 1);
        device.extension[i] = hg_json_str_or(hg_json_get_str(extensions, name), HG_STR(""));
    }
    HG_TRY(texts_of(call->arena, hg_json_get(body, "physicalIds"), &device.physical_ids,
                    &device.n_physical_ids, err));
    HG_TRY(texts_of(call->arena, hg_json_get(body, "systemLabels"), &device.system_labels,
                    &device.n_system_labels, err));
    *out = device;
    return HG_OK;
}

/* *found false: deleted or disabled. */
static enum hg_code find_enabled(struct app_call *call, hg_str device_id, struct app_object *out,
                                 bool *found, struct hg_err *err)
{
    enum hg_code code = app_object_by_name(call->app->store, call->arena, call->tenant->tenant.id,
                                           APP_KIND_DEVICE, device_id, out, err);
    *found = code == HG_OK && hg_json_bool_or(hg_json_get(&out->body, "accountEnabled"), false);
    return code == HG_NOT_FOUND ? HG_OK : code;
}

/* --- Proof ----------------------------------------------------------------------------------- */

/* False: no certificate that says anything here and now. */
static enum hg_code read_certificate(struct app_call *call, hg_str *device_id, bool *is_good,
                                     struct hg_err *err)
{
    struct authority authority;
    struct crypto_cert_facts facts;
    *is_good = false;
    enum hg_code code = load_authority(call, false, &authority, err);
    if (code != HG_OK)
        return code == HG_NOT_FOUND ? HG_OK : code;
    code = crypto_cert_read(call->arena, call->request->client_certificate, authority.certificate,
                            &facts, err);
    if (code != HG_OK)
        return code == HG_FORBIDDEN || code == HG_MALFORMED ? HG_OK : code;
    *is_good = !hg_time_before(call->now, facts.not_before) &&
               hg_time_before(call->now, facts.not_after) && hg_uuid_valid(facts.common_name);
    *device_id = facts.common_name;
    return HG_OK;
}

enum hg_code app_device_present(struct app_call *call, struct model_device *out, struct hg_err *err)
{
    struct app_object object;
    hg_str device_id = HG_STR("");
    bool is_good = false;
    *out = (struct model_device){0};
    if (call->request == NULL || call->request->client_certificate.len == 0)
        return HG_OK;
    HG_TRY(read_certificate(call, &device_id, &is_good, err));
    if (!is_good)
        return HG_OK;
    HG_TRY(find_enabled(call, device_id, &object, &is_good, err));
    if (!is_good ||
        !names_certificate(call->arena, &object.body, call->request->client_certificate))
        return HG_OK;
    return device_of(call, &object, out, err);
}

/* A device without an id is of a seed: there is no object of it, and so none to be lost. */
enum hg_code app_device_of_grant(struct app_call *call, const struct model_grant *grant, bool live,
                                 struct model_device *out, bool *is_lost, struct hg_err *err)
{
    const struct model_device *taken = &grant->snapshot.device;
    struct app_object object;
    bool found;
    *is_lost = false;
    *out = *taken;
    if (!taken->is_present || taken->id.len == 0)
        return HG_OK;
    HG_TRY(find_enabled(call, taken->id, &object, &found, err));
    *is_lost = !found;
    if (!found)
        *out = (struct model_device){0};
    return found && live ? device_of(call, &object, out, err) : HG_OK;
}
