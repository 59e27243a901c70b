#include "app/app.h"
#include "app/connections/connections.h"
#include "app/directory/agreements.h"
#include "app/directory/applications.h"
#include "app/directory/credentials.h"
#include "app/directory/objects.h"
#include "app/directory/tenants.h"
#include "app/flows/flows.h"
#include "app/flows/runs.h"
#include "app/graph_api/history.h"
#include "app/graph_api/signins.h"
#include "app/services/lists.h"
#include "app/sign_in/sessions.h"
#include "app/sign_in/throttle.h"
#include "app/signals/devices.h"
#include "app/signals/signals.h"
#include "app/timers.h"
#include "app/tokens/grants.h"
#include "base/base.h"
#include "store/store.h"

#include <stddef.h>

const struct store_table *const app_tables[] = {
    &app_tenants_table,         &app_signing_keys_table,
    &app_objects_table,         &app_links_table,
    &app_credentials_table,     &app_grants_table,
    &app_codes_table,           &app_refresh_tokens_table,
    &app_sessions_table,        &app_journeys_table,
    &app_secrets_table,         &app_consents_table,
    &app_throttles_table,       &app_signins_table,
    &app_policy_versions_table, &app_timers_table,
    &app_connections_table,     &app_flows_table,
    &app_flow_revisions_table,  &app_runs_table,
    &app_run_log_table,         &app_lists_table,
    &app_list_items_table,      &app_signals_table,
    &app_policy_history_table,  &app_terms_files_table,
    &app_acceptances_table,     &app_device_authorities_table,
};
const size_t app_n_tables = HG_COUNT(app_tables);
