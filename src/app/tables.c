#include "app/app.h"
#include "app/credentials.h"
#include "app/objects.h"
#include "app/tenants.h"
#include "base/base.h"
#include "store/store.h"

#include <stddef.h>

const struct store_table *const app_tables[] = {
    &app_tenants_table, &app_signing_keys_table, &app_objects_table,
    &app_links_table,   &app_credentials_table,
};
const size_t app_n_tables = HG_COUNT(app_tables);
