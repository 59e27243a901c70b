#include "base/base.h"
#include "config/config_private.h"

#include <stdbool.h>
#include <stddef.h>

#define RESTART false
#define LIVE true

const struct config_row config_rows[CONFIG_N_SETTINGS] = {
#define CONFIG_SETTING(a_section, a_key, a_kind, a_standard, a_least, a_most, a_unit, a_reload, \
                       a_text)                                                                  \
    {.section = #a_section,                                                                     \
     .key = #a_key,                                                                             \
     .kind = CONFIG_KIND_##a_kind,                                                              \
     .standard = (a_standard),                                                                  \
     .least = (a_least),                                                                        \
     .most = (a_most),                                                                          \
     .unit = (a_unit),                                                                          \
     .is_live = (a_reload),                                                                     \
     .text = (a_text),                                                                          \
     .offset = offsetof(struct config, a_section##_##a_key)},
#include "config/config.def"
#undef CONFIG_SETTING
};

const struct config_row *config_row_find(hg_str name)
{
    hg_str section;
    hg_str key;
    if (!hg_str_cut(name, '.', &section, &key))
        return NULL;
    for (size_t i = 0; i < CONFIG_N_SETTINGS; i++)
        if (hg_str_eq(section, hg_str_of(config_rows[i].section)) &&
            hg_str_eq(key, hg_str_of(config_rows[i].key)))
            return &config_rows[i];
    return NULL;
}
