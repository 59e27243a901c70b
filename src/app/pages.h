#pragma once

#include "app/app_private.h"
#include "base/base.h"

/* Pages for people: templates of pages/ with texts of locales/. No script runs in
 * them; the one of form_post submits itself with a nonce and has a button besides. */

enum { APP_PAGE_MAX_VALUES = 24, APP_PAGE_MAX_ITEMS = 64 };

struct app_page_value {
    const char *name; /* {{name}}: escaped; {{#name}}…{{/name}}: shown when not empty */
    hg_str value;
    const char *key; /* a locale key instead of a value */
};
/* A value that is markup of our own making (the QR code): {{{name}}}. */
struct app_page_markup {
    const char *name;
    hg_str value;
};
/* A list: {{*name}}…{{/name}} is repeated with {{.}} as the item. */
struct app_page_list {
    const char *name;
    const hg_str *items;
    size_t n;
};

struct app_page {
    const char *template; /* "password": pages/password.html inside pages/frame.html */
    unsigned status;
    const char *title; /* locale key */
    struct app_page_value values[APP_PAGE_MAX_VALUES];
    size_t n_values;
    struct app_page_markup markup;
    struct app_page_list list;
    hg_str form_origin; /* goes into form-action beside 'self'; "" none */
    hg_str ui_locales;  /* of the request; else Accept-Language; else English */
    bool submits_itself;
};

void app_page_put(struct app_page *page, const char *name, hg_str value);
/* A text of the locales by key: {{name}} becomes the caller's language. */
void app_page_put_text(struct app_page *page, const char *name, const char *key);

/* Fills call->response with its CSP (no unsafe-inline), Cache-Control: no-store and the
 * other fields of security.md S. An unknown template, key or value is a bug (asserted). */
HG_MUST_USE enum hg_code app_page_render(struct app_call *call, const struct app_page *page,
                                         struct hg_err *err);

/* The best of en, el, sl for ui_locales and Accept-Language; and a text in it. */
const char *app_language(const struct app_call *call, hg_str ui_locales);
hg_str app_text(const char *language, const char *key);
