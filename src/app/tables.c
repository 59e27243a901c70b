#include "app/app.h"
#include "app/applications.h"
#include "app/connections.h"
#include "app/credentials.h"
#include "app/flows.h"
#include "app/grants.h"
#include "app/lists.h"
#include "app/objects.h"
#include "app/runs.h"
#include "app/sessions.h"
#include "app/signins.h"
#include "app/tenants.h"
#include "app/throttle.h"
#include "app/timers.h"
#include "base/base.h"
#include "store/store.h"

#include <stddef.h>

const struct store_table *const app_tables[] = {
    &app_tenants_table,        &app_signing_keys_table,   &app_objects_table,
    &app_links_table,          &app_credentials_table,    &app_grants_table,
    &app_codes_table,          &app_refresh_tokens_table, &app_sessions_table,
    &app_journeys_table,       &app_secrets_table,        &app_consents_table,
    &app_throttles_table,      &app_signins_table,        &app_policy_versions_table,
    &app_timers_table,         &app_connections_table,    &app_flows_table,
    &app_flow_revisions_table, &app_runs_table,           &app_run_log_table,
    &app_lists_table,          &app_list_items_table,
};
const size_t app_n_tables = HG_COUNT(app_tables);
