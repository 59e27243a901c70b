#pragma once

#include "app/app_private.h"
#include "base/base.h"
#include "model/model.h"

/* Where a request comes from and with what, as far as it can be told: the address and its
 * country, the platform, the kind of client. What a client says of itself is a hint; a
 * device that proved its key says it better (devices.h). */

struct model_network app_network_of(const struct app_call *call);
struct app_place app_place_of(const struct app_call *call, struct hg_ip ip);

/* By the user agent; by Sec-CH-UA-Platform only where that names no system at all. */
enum model_platform app_platform_of(const struct app_call *call);
enum model_platform app_platform_told(hg_str user_agent, hg_str hint);
/* By a device's operatingSystem. */
enum model_platform app_platform_of_system(hg_str operating_system);

hg_str app_user_agent(const struct app_call *call);
/* "Firefox 128.0"; "" for what is no browser that is known. */
hg_str app_browser_of(struct hg_arena *arena, hg_str user_agent);
