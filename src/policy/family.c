#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* conditional-access.md 3.4.2 and 3.4.3: Microsoft's applications whose ids are known. The
 * Office365 family holds the flow portal and the apps service but, by absence, not
 * the flow service API, Microsoft Graph or Azure management. */
static const struct {
    hg_str app_id;
    uint32_t families;
} members[] = {
    {HG_LIT(POLICY_APP_EXCHANGE), POLICY_FAMILY_OFFICE365},
    {HG_LIT(POLICY_APP_SHAREPOINT), POLICY_FAMILY_OFFICE365},
    {HG_LIT(POLICY_APP_SKYPE), POLICY_FAMILY_OFFICE365},
    {HG_LIT("00000005-0000-0ff1-ce00-000000000000"), POLICY_FAMILY_OFFICE365}, /* Viva Engage */
    {HG_LIT("00000006-0000-0ff1-ce00-000000000000"), POLICY_FAMILY_OFFICE365}, /* portal */
    {HG_LIT("00000007-0000-0ff1-ce00-000000000000"), POLICY_FAMILY_OFFICE365}, /* EOP */
    {HG_LIT(POLICY_APP_TEAMS), POLICY_FAMILY_OFFICE365},
    {HG_LIT("1fec8e78-bce4-4aaf-ab1b-5451cc387264"), POLICY_FAMILY_OFFICE365}, /* Teams client */
    {HG_LIT("5e3ce6c0-2b1f-4285-8d4b-75ee78787346"), POLICY_FAMILY_OFFICE365}, /* Teams web */
    {HG_LIT("475226c6-020e-4fb2-8a90-7a972cbfc1d4"), POLICY_FAMILY_OFFICE365}, /* Power Apps */
    {HG_LIT("6204c1d1-4712-4c46-a7d9-3ed63d992682"), POLICY_FAMILY_OFFICE365}, /* flow portal */
    {HG_LIT("a8f7a65c-f5ba-4859-b2d6-df772c264e9d"), POLICY_FAMILY_OFFICE365}, /* apps portal */
    {HG_LIT("fe053c5f-3692-4f14-aef2-ee34fc081cae"), POLICY_FAMILY_OFFICE365}, /* Connectors */
    {HG_LIT("d3590ed6-52b3-4102-aeff-aad2292ab01c"), POLICY_FAMILY_OFFICE365}, /* Office client */
    {HG_LIT("4b233688-031c-404b-9a80-a4f3f2351f90"), POLICY_FAMILY_OFFICE365}, /* Office.com */
    {HG_LIT("4765445b-32c6-49b0-83e6-1d93765276ca"), POLICY_FAMILY_OFFICE365}, /* OfficeHome */
    {HG_LIT("ab9b8c07-8f02-4f72-87fa-80105867a763"), POLICY_FAMILY_OFFICE365}, /* OneDrive sync */
    {HG_LIT("2d4d3d8e-2be3-4bef-9f87-7875a61c29de"), POLICY_FAMILY_OFFICE365}, /* OneNote */
    {HG_LIT("c9a559d2-7aab-4f13-a6ed-e7e9c52aec87"), POLICY_FAMILY_OFFICE365}, /* Forms */
    {HG_LIT("95de633a-083e-42f5-b444-a4295d8e9314"), POLICY_FAMILY_OFFICE365}, /* Whiteboard */
    {HG_LIT("905fcf26-4eb7-48a0-9ff0-8dcc7194b5ba"), POLICY_FAMILY_OFFICE365}, /* Sway */
    {HG_LIT("94c63fef-13a3-47bc-8074-75af8c65887a"), POLICY_FAMILY_OFFICE365}, /* Delve */
    {HG_LIT("80ccca67-54bd-44ab-8625-4b79c4dc7775"), /* Protection Center */
     POLICY_FAMILY_OFFICE365 | POLICY_FAMILY_ADMIN_PORTALS},
    {HG_LIT(POLICY_APP_AZURE_PORTAL), POLICY_FAMILY_ADMIN_PORTALS},
    {HG_LIT("497effe9-df71-4043-a8bb-14cf78c4b63b"), POLICY_FAMILY_ADMIN_PORTALS}, /* EAC */
    /* In no family but that of all. */
    {HG_LIT(POLICY_APP_GRAPH), 0},
    {HG_LIT(POLICY_APP_DIRECTORY), 0},
    {HG_LIT(POLICY_APP_AZURE_MANAGEMENT), 0},
    {HG_LIT("00000007-0000-0000-c000-000000000000"), 0}, /* Dataverse */
    {HG_LIT("00000009-0000-0000-c000-000000000000"), 0}, /* Power BI */
    {HG_LIT("00000012-0000-0000-c000-000000000000"), 0}, /* rights management */
    {HG_LIT("04b07795-8ddb-461a-bbee-02f9e1bf7b46"), 0}, /* Azure CLI */
    {HG_LIT("1950a258-227b-4e31-a9cf-717495945fc2"), 0}, /* Azure PowerShell */
    {HG_LIT("14d82eec-204b-4c2f-b7e8-296a70dab67e"), 0}, /* Graph command line tools */
    {HG_LIT("de8bc8b5-d9f9-48b1-a8ad-b748da725064"), 0}, /* Graph Explorer */
    {HG_LIT("7df0a125-d3be-4c96-aa54-591f83ff541c"), 0}, /* flow service */
    {HG_LIT("27922004-5251-4030-b22d-91ecd9a37ea4"), 0}, /* Outlook Mobile */
    {HG_LIT("29d9ed98-a469-4536-ade2-f981bc1d605e"), 0}, /* authentication broker */
    {HG_LIT("01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9"), 0}, /* device registration */
    {HG_LIT("499b84ac-1321-427f-aa17-267ca6975798"), 0}, /* Azure DevOps */
};

uint32_t policy_families_of(hg_str app_id)
{
    for (size_t i = 0; i < HG_COUNT(members); i++)
        if (hg_str_eq_nocase(members[i].app_id, app_id))
            return members[i].families | POLICY_FAMILY_ALL;
    return POLICY_FAMILY_ALL;
}

bool policy_app_is_known(hg_str app_id)
{
    for (size_t i = 0; i < HG_COUNT(members); i++)
        if (hg_str_eq_nocase(members[i].app_id, app_id))
            return true;
    return false;
}

bool policy_is_office365(hg_str app_id)
{
    return (policy_families_of(app_id) & POLICY_FAMILY_OFFICE365) != 0;
}

bool policy_is_admin_portal(hg_str app_id)
{
    return (policy_families_of(app_id) & POLICY_FAMILY_ADMIN_PORTALS) != 0;
}
