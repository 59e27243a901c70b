#include "base/base.h"
#include "model/model.h"
#include "policy/phrase_private.h"
#include "policy/policy.h"
#include "policy/policy_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PHRASE_MAX = 32 << 10, SHOWN_IDS = 4, TEXT_MAX = 256 };

#define BITS(array) {(array), HG_COUNT(array)}

static const struct policy_name_bit clients[] = {
    {MODEL_CLIENT_BROWSER, "browser"},
    {MODEL_CLIENT_MOBILE_DESKTOP, "mobileAppsAndDesktopClients"},
    {MODEL_CLIENT_EXCHANGE_ACTIVE_SYNC, "exchangeActiveSync"},
    {MODEL_CLIENT_EAS_SUPPORTED, "easSupported"},
    {MODEL_CLIENT_OTHER, "other"},
};
static const struct policy_name_bit platforms[] = {
    {POLICY_PLATFORM_UNKNOWN_BIT, "unknown"},
    {MODEL_PLATFORM_ANDROID << 1, "android"},
    {MODEL_PLATFORM_IOS << 1, "iOS"},
    {MODEL_PLATFORM_WINDOWS << 1, "windows"},
    {MODEL_PLATFORM_WINDOWS_PHONE << 1, "windowsPhone"},
    {MODEL_PLATFORM_MACOS << 1, "macOS"},
    {MODEL_PLATFORM_LINUX << 1, "linux"},
};
static const struct policy_name_bit risks[] = {
    {1u << POLICY_RISK_NONE, "none"},       {1u << POLICY_RISK_LOW, "low"},
    {1u << POLICY_RISK_MEDIUM, "medium"},   {1u << POLICY_RISK_HIGH, "high"},
    {1u << POLICY_RISK_UNKNOWN, "unknown"},
};
static const struct policy_name_bit insider[] = {{POLICY_INSIDER_MINOR, "minor"},
                                                 {POLICY_INSIDER_MODERATE, "moderate"},
                                                 {POLICY_INSIDER_ELEVATED, "elevated"}};
static const struct policy_name_bit flows[] = {
    {MODEL_ORIGIN_DEVICE_CODE, "deviceCodeFlow"},
    {MODEL_ORIGIN_AUTH_TRANSFER, "authenticationTransfer"}};
static const struct policy_name_bit externals[] = {
    {MODEL_EXTERNAL_INTERNAL_GUEST, "internalGuest"},
    {MODEL_EXTERNAL_B2B_GUEST, "b2bCollaborationGuest"},
    {MODEL_EXTERNAL_B2B_MEMBER, "b2bCollaborationMember"},
    {MODEL_EXTERNAL_DIRECT_CONNECT, "b2bDirectConnectUser"},
    {MODEL_EXTERNAL_OTHER, "otherExternalUser"},
    {MODEL_EXTERNAL_SERVICE_PROVIDER, "serviceProvider"},
};

static const struct policy_name_bit devices[] = {
    {POLICY_DEVICE_COMPLIANT, "compliant ones"},
    {POLICY_DEVICE_DOMAIN_JOINED, "hybrid joined ones"}};

const struct policy_name_bits policy_device_names = BITS(devices);
const struct policy_name_bits policy_client_names = BITS(clients);
const struct policy_name_bits policy_platform_names = BITS(platforms);
const struct policy_name_bits policy_risk_names = BITS(risks);
const struct policy_name_bits policy_insider_names = BITS(insider);
const struct policy_name_bits policy_flow_names = BITS(flows);
const struct policy_name_bits policy_external_names = BITS(externals);

struct policy_phrase policy_phrase_new(struct hg_arena *arena)
{
    return (struct policy_phrase){.buf = hg_buf_new(arena, PHRASE_MAX)};
}

static void comma(struct policy_phrase *phrase)
{
    if (phrase->needs_comma)
        hg_buf_z(&phrase->buf, ", ");
    phrase->needs_comma = true;
}

void policy_phrase_add_whole(struct policy_phrase *phrase, const char *kind, hg_str thing)
{
    if (thing.len == 0)
        return;
    comma(phrase);
    hg_buf_z(&phrase->buf, kind);
    hg_buf_str(&phrase->buf, thing);
}

void policy_phrase_add(struct policy_phrase *phrase, const char *kind, hg_str thing)
{
    size_t len = thing.len < TEXT_MAX ? thing.len : TEXT_MAX;
    while (len > 0 && len < thing.len && ((unsigned char)thing.ptr[len] & 0xc0) == 0x80)
        len--; /* not inside a character */
    policy_phrase_add_whole(phrase, kind, hg_str_sub(thing, 0, len));
}

void policy_phrase_add_if(struct policy_phrase *phrase, bool is, const char *text)
{
    if (is)
        policy_phrase_add(phrase, "", hg_str_of(text));
}

void policy_phrase_add_ids(struct policy_phrase *phrase, const char *kind, struct policy_ids ids)
{
    size_t shown = ids.n <= SHOWN_IDS + 1 ? ids.n : SHOWN_IDS;
    for (size_t i = 0; i < shown; i++)
        policy_phrase_add(phrase, kind, ids.items[i]);
    if (shown < ids.n) {
        comma(phrase);
        hg_buf_format(&phrase->buf, "and %zu more", ids.n - shown);
    }
}

void policy_phrase_add_bits(struct policy_phrase *phrase, uint32_t bits,
                            struct policy_name_bits names)
{
    for (size_t i = 0; i < names.n; i++)
        policy_phrase_add_if(phrase, (bits & names.items[i].bit) != 0, names.items[i].name);
}

void policy_phrase_except(struct policy_phrase *phrase)
{
    hg_buf_z(&phrase->buf, " except ");
    phrase->needs_comma = false;
}

hg_str policy_phrase_text(struct policy_phrase *phrase, const char *when_empty)
{
    hg_str text = hg_buf_view(&phrase->buf);
    hg_str tail = HG_STR(" except ");
    if (hg_str_ends(text, tail)) /* nothing followed */
        text = hg_str_sub(text, 0, text.len - tail.len);
    return text.len == 0 ? hg_str_of(when_empty) : text;
}

hg_str policy_bits_text(struct hg_arena *arena, uint32_t bits, struct policy_name_bits names,
                        const char *when_none)
{
    struct policy_phrase phrase = policy_phrase_new(arena);
    policy_phrase_add_bits(&phrase, bits, names);
    return policy_phrase_text(&phrase, when_none);
}
