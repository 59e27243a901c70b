#pragma once

#include "base/base.h"

/* What tools/gen_pages.py makes of pages/ and locales/. */
enum { APP_ENGLISH, APP_GREEK, APP_SLOVENIAN, APP_N_LANGUAGES };

struct app_template {
    const char *name;
    hg_str text;
};
extern const struct app_template app_templates[];
extern const size_t app_n_templates;

struct app_text_row {
    const char *key;
    hg_str texts[APP_N_LANGUAGES];
};
extern const struct app_text_row app_texts[]; /* sorted by key */
extern const size_t app_n_texts;

extern const hg_str app_stylesheet;
