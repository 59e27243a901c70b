#include "base/base.h"
#include "policy/audience.h"
#include "unit/test.h"

#define EXCHANGE "00000002-0000-0ff1-ce00-000000000000"
#define SHAREPOINT "00000003-0000-0ff1-ce00-000000000000"
#define TEAMS "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"
#define GRAPH "00000003-0000-0000-c000-000000000000"
#define DIRECTORY "00000002-0000-0000-c000-000000000000"
#define AZURE "797f4846-ba00-4fd7-ba43-dac1f8f63013"
#define APPS "475226c6-020e-4fb2-8a90-7a972cbfc1d4"
#define FLOW "7df0a125-d3be-4c96-aa54-591f83ff541c"
#define CUSTOM "99999999-0000-4000-8000-000000000002"
#define CLIENT "99999999-0000-4000-8000-000000000001"

static const struct {
    const char *name, *resource, *scopes;
    bool confidential, id_token, dependencies;
    const char *want;
    const char *low;
    enum policy_baseline mode;
} rows[] = {
    {"T39 files through Graph are SharePoint's", GRAPH, "Files.Read", false, false, false,
     SHAREPOINT},
    {"T40 mail through Graph is Exchange's, not Graph's", GRAPH, "Mail.Read", false, false, false,
     EXCHANGE},
    {"scopes of several data sets", GRAPH, "Mail.Send ChannelMessage.Send Mail.Read", false, false,
     false, EXCHANGE " " TEAMS},
    {"a scope of no data set is Graph's", GRAPH, "Directory.ReadWrite.All", false, false, false,
     GRAPH},
    {"all that an application was granted is Graph's", GRAPH, ".default", true, false, false,
     GRAPH},
    {"T43 the profile alone is the directory's", GRAPH, "openid User.Read", false, true, false,
     DIRECTORY, DIRECTORY, 0},
    {"T44 baseline scopes beside mail open nothing more", GRAPH, "offline_access Mail.Read", false,
     false, false, EXCHANGE},
    {"T41 a confidential client that asks who the user is: itself", "", "openid profile", true,
     true, false, CLIENT},
    {"T42 and the directory when it reads the profile", GRAPH, "openid User.Read", true, true,
     false, DIRECTORY " " CLIENT, DIRECTORY, 0},
    {"A04 a public client that asks who the user is: the directory", "", "openid profile email",
     false, true, false, DIRECTORY, DIRECTORY, 0},
    {"a public client is no target itself", SHAREPOINT, "openid AllSites.Read", false, true, false,
     SHAREPOINT},
    {"more than its own profile, of a public client, is no low privilege", GRAPH, "User.Read.All",
     false, false, false, DIRECTORY, "", POLICY_BASELINE_CUSTOM},
    {"low privilege has a resource of its own", GRAPH, "User.Read", false, false, false, CUSTOM,
     CUSTOM, POLICY_BASELINE_CUSTOM},
    {"so has all of the baseline, of a confidential client", GRAPH, "User.Read.All", true, false,
     false, CUSTOM, CUSTOM, POLICY_BASELINE_CUSTOM},
    {"another resource is what it is", FLOW, "User", true, false, false, FLOW},
    {"T45 power automate needs power apps, and that needs more", FLOW, "User", false, false, true,
     FLOW " " APPS " " AZURE " " DIRECTORY " " SHAREPOINT " " EXCHANGE},
};

static void requests_stand_for_their_audiences(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        hg_str scopes[8];
        struct policy_request request = {.client = HG_STR(CLIENT),
                                         .is_confidential = rows[i].confidential,
                                         .wants_id_token = rows[i].id_token,
                                         .with_dependencies = rows[i].dependencies,
                                         .resource = hg_str_of(rows[i].resource),
                                         .scopes = scopes};
        hg_str rest = hg_str_of(rows[i].scopes);
        while (hg_str_field(&rest, ' ', &scopes[request.n_scopes]))
            request.n_scopes++;

        const struct policy_source source = {
            .settings = {.baseline = rows[i].mode, .baseline_resource = HG_STR(CUSTOM)}};
        const struct policy_set *set;
        struct policy_audiences found;
        assert_int_equal(policy_compile(arena, &source, &set, NULL), HG_OK);
        assert_int_equal(policy_audiences(arena, set, &request, &found, NULL), HG_OK);
        test_str_eq(rows[i].name, found.low_privilege, hg_str_of(rows[i].low));
        struct hg_buf buf = hg_buf_new(arena, 1024);
        for (size_t k = 0; k < found.n; k++) {
            hg_buf_z(&buf, k == 0 ? "" : " ");
            hg_buf_str(&buf, found.items[k]);
        }
        test_str_eq(rows[i].name, hg_buf_view(&buf), hg_str_of(rows[i].want));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(requests_stand_for_their_audiences)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
