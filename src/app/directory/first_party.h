#pragma once

#include "base/base.h"
#include "model/model.h"

/* Headgate's own services and clients as applications (first_party.def). Each
 * exists in every tenant and cannot be changed or deleted. */

/* Fills *out; URIs are built from the server's base URL. False: no such app. */
bool app_first_party_find(struct hg_arena *arena, hg_str base_url, hg_str app_id,
                          struct model_application *out);
/* The service whose identifier URI this is ("https://graph.microsoft.com"; the base
 * URL itself is Graph). False: none. */
bool app_first_party_by_uri(struct hg_arena *arena, hg_str base_url, hg_str uri,
                            struct model_application *out);
size_t app_first_party_count(void);
hg_str app_first_party_id(size_t i);

#define APP_ID_GRAPH "00000003-0000-0000-c000-000000000000"
#define APP_ID_MAIL "00000002-0000-0ff1-ce00-000000000000"
#define APP_ID_SITES "00000003-0000-0ff1-ce00-000000000000"
#define APP_ID_FLOW "7df0a125-d3be-4c96-aa54-591f83ff541c"
#define APP_ID_POWERAPPS "475226c6-020e-4fb2-8a90-7a972cbfc1d4"
#define APP_ID_DEVICES "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9"
#define APP_ID_MANAGEMENT "797f4846-ba00-4fd7-ba43-dac1f8f63013"
#define APP_ID_CONNECTIONS "fe053c5f-3692-4f14-aef2-ee34fc081cae"
#define APP_ID_FLOW_PORTAL "6204c1d1-4712-4c46-a7d9-3ed63d992682"
#define APP_ID_ADMIN_PORTAL "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
