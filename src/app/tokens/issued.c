#include "app/tokens/issued.h"

#include "app/app.h"
#include "base/base.h"
#include "crypto/crypto.h"
#include "store/store.h"

#include <stddef.h>

enum { SECRET_BYTES = 32, MAX_TEXT = 256 };

static hg_str mac_text(struct hg_arena *arena, const struct crypto_digest *digest)
{
    return hg_b64url_encode(arena, crypto_digest_str(digest));
}

enum hg_code app_issue(struct app *app, struct hg_arena *arena, const char *purpose,
                       struct app_issued *out, struct hg_err *err)
{
    unsigned char secret[SECRET_BYTES];
    hg_random_fill(&app->random, secret, sizeof(secret));
    hg_str text = hg_b64url_encode(arena, (hg_str){(const char *)secret, sizeof(secret)});
    explicit_bzero(secret, sizeof(secret));
    hg_str mac = app_issued_mac(app, arena, purpose, text);
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "%s", purpose);
    *out = (struct app_issued){.text = text, .mac = mac};
    return HG_OK;
}

hg_str app_issued_mac(struct app *app, struct hg_arena *arena, const char *purpose, hg_str text)
{
    struct crypto_digest digest = crypto_mac(app->keyring, purpose, text);
    return mac_text(arena, &digest);
}

enum hg_code app_issued_find(struct app *app, struct hg_arena *arena,
                             const struct store_table *table, hg_str tenant, const char *purpose,
                             hg_str text, struct store_row *out, struct hg_err *err)
{
    if (text.len == 0 || text.len > MAX_TEXT)
        return HG_FAIL(err, HG_NOT_FOUND, "no such %s", purpose);
    size_t n = crypto_keyring_count(app->keyring, CRYPTO_KEY_MAC);
    for (size_t i = 0; i < n; i++) {
        struct crypto_digest digest = crypto_mac_with(app->keyring, i, purpose, text);
        const struct store_value key[] = {store_text(tenant), store_text(mac_text(arena, &digest))};
        enum hg_code code = store_get(app->store, arena, table, key, out, err);
        if (code != HG_NOT_FOUND)
            return code;
    }
    return HG_FAIL(err, HG_NOT_FOUND, "no such %s", purpose);
}
