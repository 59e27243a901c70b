#include "app/signals/origin.h"
#include "base/base.h"
#include "unit/test.h"

#define CHROME " AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36"

static void the_platform_is_what_the_user_agent_names(void **state)
{
    (void)state;
    static const struct {
        const char *what, *user_agent, *hint;
        enum model_platform want;
    } rows[] = {
        {"Windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)" CHROME, "\"Windows\"",
         MODEL_PLATFORM_WINDOWS},
        {"Windows Phone names Android", "Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1)", "",
         MODEL_PLATFORM_WINDOWS_PHONE},
        {"Android names Linux", "Mozilla/5.0 (Linux; Android 10; K)" CHROME, "",
         MODEL_PLATFORM_ANDROID},
        {"iPhone names Mac OS X", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)", "",
         MODEL_PLATFORM_IOS},
        {"macOS", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "", MODEL_PLATFORM_MACOS},
        {"Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0)", "", MODEL_PLATFORM_LINUX},
        {"Chrome OS is none of them", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)" CHROME,
         "\"Chrome OS\"", MODEL_PLATFORM_UNKNOWN},
        {"a hint does not override it", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)" CHROME,
         "\"Windows\"", MODEL_PLATFORM_UNKNOWN},
        {"nor one platform by another", "Mozilla/5.0 (Linux; Android 10; K)" CHROME, "\"Windows\"",
         MODEL_PLATFORM_ANDROID},
        {"a hint where nothing is named", "Mozilla/5.0", "\"macOS\"", MODEL_PLATFORM_MACOS},
        {"a hint that is no string", "Mozilla/5.0", "macOS", MODEL_PLATFORM_UNKNOWN},
        {"a hint that names none", "", "\"Unknown\"", MODEL_PLATFORM_UNKNOWN},
        {"nothing at all", "", "", MODEL_PLATFORM_UNKNOWN},
        {"a program", "curl/8.5.0", "", MODEL_PLATFORM_UNKNOWN},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        enum model_platform got =
            app_platform_told(hg_str_of(rows[i].user_agent), hg_str_of(rows[i].hint));
        if (got != rows[i].want)
            fail_msg("%s: %d, not %d", rows[i].what, (int)got, (int)rows[i].want);
    }
}

static void the_platform_of_a_device_is_that_of_its_system(void **state)
{
    (void)state;
    static const struct {
        const char *system;
        enum model_platform want;
    } rows[] = {
        {"Windows", MODEL_PLATFORM_WINDOWS},    {"Windows Phone", MODEL_PLATFORM_WINDOWS_PHONE},
        {"windows", MODEL_PLATFORM_WINDOWS},    {"AndroidForWork", MODEL_PLATFORM_ANDROID},
        {"IPhone", MODEL_PLATFORM_IOS},         {"iPadOS", MODEL_PLATFORM_IOS},
        {"MacMDM", MODEL_PLATFORM_MACOS},       {"macOS", MODEL_PLATFORM_MACOS},
        {"Linux", MODEL_PLATFORM_LINUX},        {"ChromeOS", MODEL_PLATFORM_UNKNOWN},
        {"My Windows", MODEL_PLATFORM_UNKNOWN}, {"", MODEL_PLATFORM_UNKNOWN},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++)
        assert_int_equal(app_platform_of_system(hg_str_of(rows[i].system)), rows[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_platform_is_what_the_user_agent_names),
        cmocka_unit_test(the_platform_of_a_device_is_that_of_its_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
