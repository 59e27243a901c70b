#include "base/base.h"
#include "model/model.h"
#include "oidc/authorize.h"
#include "oidc/authorize_private.h"
#include "oidc/claims_request.h"
#include "oidc/error.h"
#include "oidc/pkce.h"
#include "oidc/redirect_uri.h"
#include "oidc/scope.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static enum hg_code refuse(struct oidc_authorize_step *step, enum oidc_error_id id,
                           const char *name, hg_str value)
{
    step->out->error = oidc_error_make(id);
    if (name != NULL)
        oidc_error_put(&step->out->error, name, value);
    return HG_OK;
}

static enum hg_code refuse_client(struct oidc_authorize_step *step, enum oidc_error_id id)
{
    struct oidc_error *error = &step->out->error;
    *error = oidc_error_make(id);
    oidc_error_put(error, "client", step->request->client_id.value);
    oidc_error_put(error, "tenant", step->facts->tenant->display_name);
    if (step->facts->client != NULL)
        oidc_error_put(error, "client_name", step->facts->client->display_name);
    return HG_OK;
}

enum hg_code oidc_check_client(struct oidc_authorize_step *step, struct hg_err *err)
{
    (void)err;
    const struct oidc_text *id = &step->request->client_id;
    const struct model_application *client = step->facts->client;
    if (id->is_repeated)
        return refuse(step, OIDC_ERROR_PARAMETER_REPEATED_PAGE, "name", HG_STR("client_id"));
    if (!id->is_set)
        return refuse(step, OIDC_ERROR_PARAMETER_MISSING_PAGE, "name", HG_STR("client_id"));
    if (client == NULL)
        return refuse_client(step, OIDC_ERROR_CLIENT_UNKNOWN);
    if (!client->enabled)
        return refuse_client(step, OIDC_ERROR_CLIENT_DISABLED);
    if (step->facts->tenant_kind != OIDC_TENANT_OWN && !client->is_multi_tenant &&
        !client->is_first_party)
        return refuse_client(step, OIDC_ERROR_CLIENT_ONE_TENANT);
    return HG_OK;
}

static bool mode_parse(hg_str text, enum oidc_response_mode *out)
{
    static const hg_str names[] = {[OIDC_MODE_QUERY] = HG_LIT("query"),
                                   [OIDC_MODE_FRAGMENT] = HG_LIT("fragment"),
                                   [OIDC_MODE_FORM_POST] = HG_LIT("form_post")};
    for (unsigned i = 0; i < HG_COUNT(names); i++) {
        if (hg_str_eq(text, names[i])) {
            *out = (enum oidc_response_mode)i;
            return true;
        }
    }
    return false;
}

/* From here on there is a place to answer to: mode and state as far as they are good. */
static void open_redirect(struct oidc_authorize_step *step)
{
    const struct oidc_authorize_request *request = step->request;
    struct oidc_authorize *out = step->out;
    out->error_by_redirect = step->endpoint == OIDC_AUTHORIZE;
    out->has_state = request->state.is_set;
    out->state = request->state.value;
    out->mode = OIDC_MODE_QUERY;
    (void)mode_parse(request->response_mode.value, &out->mode);
}

enum hg_code oidc_check_redirect_uri(struct oidc_authorize_step *step, struct hg_err *err)
{
    (void)err;
    const struct oidc_text *uri = &step->request->redirect_uri;
    const struct model_application *client = step->facts->client;
    struct oidc_authorize *out = step->out;
    if (uri->is_repeated)
        return refuse(step, OIDC_ERROR_PARAMETER_REPEATED_PAGE, "name", HG_STR("redirect_uri"));
    if (uri->is_set) {
        out->redirect_kind = oidc_redirect_match(client, uri->value);
        out->redirect_uri = uri->value;
        out->redirect_was_sent = true;
    } else if (!oidc_redirect_only(client, &out->redirect_uri, &out->redirect_kind)) {
        return refuse(step, OIDC_ERROR_REDIRECT_URI_MISSING, NULL, HG_STR(""));
    }
    if (out->redirect_kind == OIDC_REDIRECT_NONE) {
        (void)refuse_client(step, OIDC_ERROR_REDIRECT_URI);
        oidc_error_put(&out->error, "uri", uri->value);
        return HG_OK;
    }
    open_redirect(step);
    return HG_OK;
}

/* What decides how the answer is sent cannot be answered when it is unclear. */
enum hg_code oidc_check_repeated(struct oidc_authorize_step *step, struct hg_err *err)
{
    (void)err;
    const struct oidc_authorize_request *request = step->request;
    if (request->repeated.len == 0)
        return HG_OK;
    if (!request->response_type.is_repeated && !request->response_mode.is_repeated &&
        !request->state.is_repeated)
        return refuse(step, OIDC_ERROR_PARAMETER_REPEATED, "name", request->repeated);
    step->out->error_by_redirect = false;
    return refuse(step, OIDC_ERROR_PARAMETER_REPEATED_PAGE, "name", request->repeated);
}

enum hg_code oidc_check_response_type(struct oidc_authorize_step *step, struct hg_err *err)
{
    (void)err;
    const struct oidc_text *type = &step->request->response_type;
    if (!type->is_set)
        return refuse(step, OIDC_ERROR_PARAMETER_MISSING, "name", HG_STR("response_type"));
    if (hg_str_eq(type->value, HG_STR("code")))
        return HG_OK;
    hg_str rest = type->value;
    hg_str word;
    while (hg_str_field(&rest, ' ', &word))
        if (hg_str_eq(word, HG_STR("id_token")))
            return refuse(step, OIDC_ERROR_RESPONSE_TYPE_OFF, "type", type->value);
    return refuse(step, OIDC_ERROR_RESPONSE_TYPE, "type", type->value);
}

enum hg_code oidc_check_response_mode(struct oidc_authorize_step *step, struct hg_err *err)
{
    (void)err;
    const struct oidc_text *mode = &step->request->response_mode;
    enum oidc_response_mode known;
    if (mode->is_set && !mode_parse(mode->value, &known))
        return refuse(step, OIDC_ERROR_RESPONSE_MODE, "mode", mode->value);
    return HG_OK;
}

/* Never silently ignored: a client that sends one relies on it (OIDC Core §6). */
enum hg_code oidc_check_request_object(struct oidc_authorize_step *step, struct hg_err *err)
{
    (void)err;
    if (step->request->request.is_set)
        return refuse(step, OIDC_ERROR_REQUEST_OBJECT, NULL, HG_STR(""));
    if (step->request->request_uri.is_set)
        return refuse(step, OIDC_ERROR_REQUEST_URI, NULL, HG_STR(""));
    return HG_OK;
}

enum hg_code oidc_check_scope(struct oidc_authorize_step *step, struct hg_err *err)
{
    const struct oidc_text *scope = &step->request->scope;
    struct oidc_authorize *out = step->out;
    if (!scope->is_set)
        return refuse(step, OIDC_ERROR_PARAMETER_MISSING, "name", HG_STR("scope"));
    HG_TRY(oidc_scopes_parse(step->arena, scope->value, &out->scopes, &out->error, err));
    if (oidc_error_is(&out->error))
        return HG_OK;
    if (out->scopes.n == 0 && out->scopes.oidc == 0)
        return refuse(step, OIDC_ERROR_SCOPE, "scope", scope->value);
    return oidc_scopes_resolve(step->arena, &out->scopes, step->facts->resources,
                               step->facts->tenant->display_name, &out->error, err);
}

/* RFC 8707, as far as it says what the scopes say. */
enum hg_code oidc_check_resource(struct oidc_authorize_step *step, struct hg_err *err)
{
    (void)err;
    const struct oidc_text *resource = &step->request->resource;
    const struct oidc_scopes *scopes = &step->out->scopes;
    if (!resource->is_set)
        return HG_OK;
    bool agrees =
        scopes->n_resources == 1 && oidc_scope_names(scopes->resources[0], resource->value);
    return agrees ? HG_OK : refuse(step, OIDC_ERROR_RESOURCE_PARAMETER, NULL, HG_STR(""));
}

static bool needs_pkce(const struct oidc_authorize_step *step)
{
    if (step->facts->allow_public_no_pkce)
        return false;
    return step->out->redirect_kind == OIDC_REDIRECT_PUBLIC ||
           (step->out->redirect_kind == OIDC_REDIRECT_WEB && step->facts->client->is_public);
}

/* A spa without a challenge is refused when its code is redeemed (9002325). */
enum hg_code oidc_check_pkce(struct oidc_authorize_step *step, struct hg_err *err)
{
    (void)err;
    const struct oidc_text *challenge = &step->request->code_challenge;
    const struct oidc_text *method = &step->request->code_challenge_method;
    if (!challenge->is_set && method->is_set)
        return refuse(step, OIDC_ERROR_CHALLENGE_BAD, NULL, HG_STR(""));
    if (!challenge->is_set)
        return needs_pkce(step) ? refuse(step, OIDC_ERROR_CHALLENGE_MISSING, NULL, HG_STR(""))
                                : HG_OK;
    hg_str name = method->is_set ? method->value : HG_STR("plain"); /* RFC 7636 §4.3 */
    enum oidc_pkce pkce = hg_str_eq(name, HG_STR("S256"))    ? OIDC_PKCE_S256
                          : hg_str_eq(name, HG_STR("plain")) ? OIDC_PKCE_PLAIN
                                                             : OIDC_PKCE_NONE;
    if (pkce == OIDC_PKCE_NONE || (pkce == OIDC_PKCE_PLAIN && !step->facts->allow_plain_pkce))
        return refuse(step, OIDC_ERROR_CHALLENGE_METHOD, "method", name);
    if (!oidc_pkce_challenge_ok(pkce, challenge->value))
        return refuse(step, OIDC_ERROR_CHALLENGE_BAD, NULL, HG_STR(""));
    step->out->pkce = pkce;
    step->out->challenge = challenge->value;
    return HG_OK;
}

static const struct {
    hg_str name;
    uint32_t bit;
} prompts[] = {
    {HG_LIT("none"), OIDC_PROMPT_NONE},
    {HG_LIT("no_session"), OIDC_PROMPT_NONE},
    {HG_LIT("login"), OIDC_PROMPT_LOGIN},
    {HG_LIT("consent"), OIDC_PROMPT_CONSENT},
    {HG_LIT("select_account"), OIDC_PROMPT_SELECT_ACCOUNT},
};

static uint32_t prompt_bit(hg_str word)
{
    for (size_t i = 0; i < HG_COUNT(prompts); i++)
        if (hg_str_eq(word, prompts[i].name))
            return prompts[i].bit;
    return 0;
}

enum hg_code oidc_check_prompt(struct oidc_authorize_step *step, struct hg_err *err)
{
    (void)err;
    hg_str rest = step->request->prompt.value;
    hg_str word;
    while (hg_str_field(&rest, ' ', &word)) {
        if (hg_str_eq(word, HG_STR("create")))
            return refuse(step, OIDC_ERROR_SIGN_UP, NULL, HG_STR(""));
        uint32_t bit = prompt_bit(word);
        if (bit == 0)
            return refuse(step, OIDC_ERROR_PARAMETER_BAD, "name", HG_STR("prompt"));
        step->out->prompt |= bit;
    }
    uint32_t prompt = step->out->prompt;
    if ((prompt & OIDC_PROMPT_NONE) && prompt != OIDC_PROMPT_NONE)
        return refuse(step, OIDC_ERROR_PROMPT_CONFLICT, NULL, HG_STR(""));
    return HG_OK;
}

enum hg_code oidc_check_max_age(struct oidc_authorize_step *step, struct hg_err *err)
{
    (void)err;
    const struct oidc_text *max_age = &step->request->max_age;
    uint64_t seconds;
    if (!max_age->is_set)
        return HG_OK;
    if (!hg_str_u64(max_age->value, UINT32_MAX, &seconds))
        return refuse(step, OIDC_ERROR_PARAMETER_BAD, "name", HG_STR("max_age"));
    step->out->has_max_age = true;
    step->out->max_age = HG_SECONDS(seconds);
    return HG_OK;
}

enum hg_code oidc_check_hint(struct oidc_authorize_step *step, struct hg_err *err)
{
    (void)err;
    if (!step->request->id_token_hint.is_set)
        return HG_OK;
    if (step->facts->hint != OIDC_HINT_GOOD)
        return refuse(step, OIDC_ERROR_HINT_BAD, "name", HG_STR("id_token_hint"));
    step->out->has_hint_oid = true;
    step->out->hint_oid = step->facts->hint_oid;
    return HG_OK;
}

enum hg_code oidc_check_claims(struct oidc_authorize_step *step, struct hg_err *err)
{
    if (!step->request->claims.is_set)
        return HG_OK;
    return oidc_claims_parse(step->arena, step->request->claims.value, &step->out->claims,
                             &step->out->error, err);
}

/* What cannot be wrong. */
enum hg_code oidc_check_rest(struct oidc_authorize_step *step, struct hg_err *err)
{
    (void)err;
    const struct oidc_authorize_request *request = step->request;
    struct oidc_authorize *out = step->out;
    out->has_nonce = request->nonce.is_set;
    out->nonce = request->nonce.value;
    out->login_hint = request->login_hint.value;
    out->domain_hint = request->domain_hint.value;
    out->sid = request->sid.value;
    out->wants_client_info = hg_str_eq(request->client_info.value, HG_STR("1"));
    return HG_OK;
}
