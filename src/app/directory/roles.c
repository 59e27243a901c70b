#include "app/directory/directory.h"
#include "base/base.h"

#include <stddef.h>

/* Built-in directory roles, by the template ids that policies and exports use. */
const struct app_role app_roles[] = {
    {"62e90394-69f5-4237-9190-012177145e10", "GlobalAdministrator", "Global Administrator"},
    {"f2ef992c-3afb-46b9-b7cf-a126ee74c451", "GlobalReader", "Global Reader"},
    {"b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", "ConditionalAccessAdministrator",
     "Conditional Access Administrator"},
    {"194ae4cb-b126-40b2-bd5b-6091b380977d", "SecurityAdministrator", "Security Administrator"},
    {"5d6b6bb7-de71-4623-b4af-96380a352509", "SecurityReader", "Security Reader"},
    {"5f2222b1-57c3-48ba-8ad5-d4759f1fde6f", "SecurityOperator", "Security Operator"},
    {"7698a772-787b-4ac8-901f-60d6b08affd2", "CloudDeviceAdministrator",
     "Cloud Device Administrator"},
    {"3a2c62db-5318-420d-8d74-23affee5d9d5", "IntuneAdministrator", "Intune Administrator"},
    {"fe930be7-5e62-47db-91af-98c3a49a38b1", "UserAdministrator", "User Administrator"},
    {"729827e3-9c14-49f7-bb1b-9608f156bbb8", "HelpdeskAdministrator", "Helpdesk Administrator"},
    {"c4e39bd9-1100-46d3-8c65-fb160da0071f", "AuthenticationAdministrator",
     "Authentication Administrator"},
    {"7be44c8a-adaf-4e2a-84d6-ab2649e08a13", "PrivilegedAuthenticationAdministrator",
     "Privileged Authentication Administrator"},
    {"e8611ab8-c189-46e8-94e1-60213ab1f814", "PrivilegedRoleAdministrator",
     "Privileged Role Administrator"},
    {"9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "ApplicationAdministrator",
     "Application Administrator"},
    {"158c047a-c907-4556-b7ef-446551a6b5f7", "CloudApplicationAdministrator",
     "Cloud Application Administrator"},
    {"29232cdf-9323-42fd-ade2-1d097af3e4de", "ExchangeAdministrator", "Exchange Administrator"},
    {"f28a1f50-f6e7-4571-818b-6a12f2af6b6c", "SharePointAdministrator", "SharePoint Administrator"},
    {"b0f54661-2d74-4c50-afa3-1ec803f12efe", "BillingAdministrator", "Billing Administrator"},
    {"966707d0-3269-4727-9be2-8c3a10f19b9d", "PasswordAdministrator", "Password Administrator"},
    {"11648597-926c-4cf3-9c36-bcebb0ba8dcc", "PowerPlatformAdministrator",
     "Power Platform Administrator"},
    {"4a5d8f65-41da-4de4-8968-e035b65339cf", "ReportsReader", "Reports Reader"},
    {"88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "DirectoryReaders", "Directory Readers"},
    {"58a13ea3-c632-46ae-9ee0-9c0d43cd7f3d", "AttributeAssignmentAdministrator",
     "Attribute Assignment Administrator"},
    {"ffd52fa5-98dc-465c-991d-fc073eb59f8f", "AttributeAssignmentReader",
     "Attribute Assignment Reader"},
    {"fdd7a751-b60b-444a-984c-02652fe8fa1c", "GroupsAdministrator", "Groups Administrator"},
};
const size_t app_n_roles = HG_COUNT(app_roles);

const struct app_role *app_role_find(hg_str name_or_template_id)
{
    for (size_t i = 0; i < app_n_roles; i++) {
        const struct app_role *role = &app_roles[i];
        if (hg_str_eq_nocase(name_or_template_id, hg_str_of(role->template_id)) ||
            hg_str_eq_nocase(name_or_template_id, hg_str_of(role->name)) ||
            hg_str_eq_nocase(name_or_template_id, hg_str_of(role->display_name)))
            return role;
    }
    return NULL;
}
