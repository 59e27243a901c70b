#include "app/signals/origin.h"

#include "app/app_private.h"
#include "base/base.h"
#include "http/http.h"
#include "model/model.h"

#include <stddef.h>

struct app_place app_place_of(const struct app_call *call, struct hg_ip ip)
{
    const struct app_places *places = &call->app->places;
    return places->find == NULL ? (struct app_place){0}
                                : places->find(places->self, call->arena, ip);
}

struct model_network app_network_of(const struct app_call *call)
{
    /* A host operator's socket has no address. */
    if (call->request == NULL || call->request->is_local_socket)
        return (struct model_network){0};
    struct hg_ip ip = call->request->peer;
    return (struct model_network){
        .has_ip = true,
        .ip = ip,
        .country = app_place_of(call, ip).country,
    };
}

hg_str app_user_agent(const struct app_call *call)
{
    return call->request == NULL ? HG_STR("") : http_header_or(call->request, "User-Agent", "");
}

struct platform_word {
    const char *text;
    enum model_platform platform;
};

/* Order matters: Android's and Windows Phone's texts also name Linux and Windows. */
static const struct platform_word in_user_agents[] = {
    {"Windows Phone", MODEL_PLATFORM_WINDOWS_PHONE},
    {"Android", MODEL_PLATFORM_ANDROID},
    {"iPhone", MODEL_PLATFORM_IOS},
    {"iPad", MODEL_PLATFORM_IOS},
    {"iPod", MODEL_PLATFORM_IOS},
    {"CrOS", MODEL_PLATFORM_UNKNOWN},
    {"Tizen", MODEL_PLATFORM_UNKNOWN},
    {"Windows", MODEL_PLATFORM_WINDOWS},
    {"Macintosh", MODEL_PLATFORM_MACOS},
    {"Mac OS X", MODEL_PLATFORM_MACOS},
    {"Linux", MODEL_PLATFORM_LINUX},
};

/* Values of Sec-CH-UA-Platform (User-Agent Client Hints §3.6) that are platforms of policies. */
static const struct platform_word in_hints[] = {
    {"\"Android\"", MODEL_PLATFORM_ANDROID}, {"\"iOS\"", MODEL_PLATFORM_IOS},
    {"\"Windows\"", MODEL_PLATFORM_WINDOWS}, {"\"macOS\"", MODEL_PLATFORM_MACOS},
    {"\"Linux\"", MODEL_PLATFORM_LINUX},
};

/* Beginnings of a device's operatingSystem, as Intune and directory clients write it. */
static const struct platform_word in_devices[] = {
    {"Windows Phone", MODEL_PLATFORM_WINDOWS_PHONE},
    {"WindowsPhone", MODEL_PLATFORM_WINDOWS_PHONE},
    {"Windows", MODEL_PLATFORM_WINDOWS},
    {"Android", MODEL_PLATFORM_ANDROID},
    {"iOS", MODEL_PLATFORM_IOS},
    {"iPadOS", MODEL_PLATFORM_IOS},
    {"IPhone", MODEL_PLATFORM_IOS},
    {"IPad", MODEL_PLATFORM_IOS},
    {"macOS", MODEL_PLATFORM_MACOS},
    {"Mac OS", MODEL_PLATFORM_MACOS},
    {"MacMDM", MODEL_PLATFORM_MACOS},
    {"Linux", MODEL_PLATFORM_LINUX},
};

/* A user agent that names a system which is no platform of policies is not helped by a hint:
 * it was told, and hints do not override (security.md part 5). */
enum model_platform app_platform_told(hg_str user_agent, hg_str hint)
{
    for (size_t i = 0; i < HG_COUNT(in_user_agents); i++)
        if (hg_str_find(user_agent, hg_str_of(in_user_agents[i].text)) != HG_NPOS)
            return in_user_agents[i].platform;
    for (size_t i = 0; i < HG_COUNT(in_hints); i++)
        if (hg_str_eq(hint, hg_str_of(in_hints[i].text)))
            return in_hints[i].platform;
    return MODEL_PLATFORM_UNKNOWN;
}

enum model_platform app_platform_of(const struct app_call *call)
{
    if (call->request == NULL)
        return MODEL_PLATFORM_UNKNOWN;
    return app_platform_told(app_user_agent(call),
                             http_header_or(call->request, "Sec-CH-UA-Platform", ""));
}

enum model_platform app_platform_of_system(hg_str operating_system)
{
    for (size_t i = 0; i < HG_COUNT(in_devices); i++)
        if (hg_str_starts_nocase(operating_system, hg_str_of(in_devices[i].text)))
            return in_devices[i].platform;
    return MODEL_PLATFORM_UNKNOWN;
}

/* "128.0" of "128.0) Gecko" */
static hg_str leading_version(hg_str text)
{
    size_t len = 0;
    while (len < text.len &&
           (text.ptr[len] == '.' || (text.ptr[len] >= '0' && text.ptr[len] <= '9')))
        len++;
    return hg_str_sub(text, 0, len);
}

/* Order matters: most browsers' texts also name Safari, and many Chrome. */
hg_str app_browser_of(struct hg_arena *arena, hg_str user_agent)
{
    static const struct {
        const char *token, *name;
        const char *also; /* beside the version's token; NULL: nothing */
    } rows[] = {
        {"Edg/", "Edge", NULL},
        {"EdgA/", "Edge", NULL},
        {"EdgiOS/", "Edge", NULL},
        {"OPR/", "Opera", NULL},
        {"CriOS/", "Chrome", NULL},
        {"FxiOS/", "Firefox", NULL},
        {"Firefox/", "Firefox", NULL},
        {"Chrome/", "Chrome", NULL},
        {"Version/", "Safari", "Safari/"},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        hg_str token = hg_str_of(rows[i].token);
        size_t at = hg_str_find(user_agent, token);
        if (at == HG_NPOS ||
            (rows[i].also != NULL && hg_str_find(user_agent, hg_str_of(rows[i].also)) == HG_NPOS))
            continue;
        hg_str version = leading_version(hg_str_from(user_agent, at + token.len));
        return hg_str_format(arena, "%s %.*s", rows[i].name, HG_ARG(version));
    }
    return HG_STR("");
}
