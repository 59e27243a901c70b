#include "base/base.h"
#include "flow/run.h"
#include "flow/run_private.h"

#include <stdbool.h>
#include <stddef.h>

hg_str flow_status_text(enum flow_status status)
{
    static const hg_str words[] = {
        [FLOW_STATUS_PENDING] = HG_LIT("Pending"),
        [FLOW_STATUS_RUNNING] = HG_LIT("Running"),
        [FLOW_STATUS_WAITING] = HG_LIT("Waiting"),
        [FLOW_STATUS_SUCCEEDED] = HG_LIT("Succeeded"),
        [FLOW_STATUS_FAILED] = HG_LIT("Failed"),
        [FLOW_STATUS_SKIPPED] = HG_LIT("Skipped"),
        [FLOW_STATUS_CANCELLED] = HG_LIT("Cancelled"),
        [FLOW_STATUS_TIMED_OUT] = HG_LIT("TimedOut"),
    };
    return words[status];
}

bool flow_status_is_final(enum flow_status status)
{
    return status >= FLOW_STATUS_SUCCEEDED;
}

/* Names as .NET has them (HttpStatusCode); what it has none for is the number. */
static const struct {
    unsigned status;
    const char *name;
} http_codes[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "NonAuthoritativeInformation"},
    {204, "NoContent"},
    {205, "ResetContent"},
    {206, "PartialContent"},
    {300, "Ambiguous"},
    {301, "Moved"},
    {302, "Redirect"},
    {303, "RedirectMethod"},
    {304, "NotModified"},
    {305, "UseProxy"},
    {307, "TemporaryRedirect"},
    {400, "BadRequest"},
    {401, "Unauthorized"},
    {402, "PaymentRequired"},
    {403, "Forbidden"},
    {404, "NotFound"},
    {405, "MethodNotAllowed"},
    {406, "NotAcceptable"},
    {407, "ProxyAuthenticationRequired"},
    {408, "RequestTimeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "LengthRequired"},
    {412, "PreconditionFailed"},
    {413, "RequestEntityTooLarge"},
    {414, "RequestUriTooLong"},
    {415, "UnsupportedMediaType"},
    {416, "RequestedRangeNotSatisfiable"},
    {417, "ExpectationFailed"},
    {426, "UpgradeRequired"},
    {500, "InternalServerError"},
    {501, "NotImplemented"},
    {502, "BadGateway"},
    {503, "ServiceUnavailable"},
    {504, "GatewayTimeout"},
    {505, "HttpVersionNotSupported"},
};

const char *flow_http_code(struct hg_arena *arena, unsigned status)
{
    for (size_t i = 0; i < HG_COUNT(http_codes); i++) {
        if (http_codes[i].status == status)
            return http_codes[i].name;
    }
    return hg_str_z(arena, hg_str_format(arena, "%u", status));
}

hg_str flow_time_text(const struct flow_run *run, hg_time t)
{
    return hg_time_seven(run->arena, t);
}
