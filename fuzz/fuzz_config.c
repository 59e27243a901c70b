/* A configuration file: what is accepted, printed and read again prints the same. */

#include "base/base.h"
#include "config/config_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_settings(struct config_builder *builder, hg_str text)
{
    for (size_t i = 0; i < CONFIG_N_SETTINGS; i++)
        HG_ASSERT(config_set(builder, &config_rows[i], hg_str_of(config_rows[i].standard),
                             CONFIG_DEFAULT, HG_STR("")) == HG_OK);
    return config_ini_read(builder, HG_STR("file"), text) == HG_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    if (arena == NULL)
        return 0;
    struct config_builder builder = {.arena = arena};
    struct config_builder again = {.arena = arena};
    if (!read_settings(&builder, (hg_str){(const char *)data, size}))
        return 0;
    if (config_check(&builder.config, NULL) != HG_OK)
        return 0;
    struct hg_buf printed = hg_buf_new(arena, 1 << 20);
    struct hg_buf twice = hg_buf_new(arena, 1 << 20);
    config_print(&builder.config, false, &printed);
    /* What is printed is as long as a file may be wide only if its values are. */
    if (!read_settings(&again, hg_buf_view(&printed)))
        return 0;
    config_print(&again.config, false, &twice);
    HG_ASSERT(hg_str_eq(hg_buf_view(&printed), hg_buf_view(&twice)));
    return 0;
}
