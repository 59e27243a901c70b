#include "app/pages.h"

#include "app/app_private.h"
#include "app/pages_data.h"
#include "base/base.h"
#include "http/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* The template language, all of it:
 *   {{name}}                 a value, escaped
 *   {{t:key}}                a text of the locales, itself a template
 *   {{#name}}…{{/name}}      shown when the value is not empty
 *   {{*name}}…{{/name}}      repeated for each item of the list; {{.}} is the item
 *   {{{name}}}               markup of our own making */

enum { NONCE_BYTES = 18, MAX_DEPTH = 8 };

static const char *const languages[APP_N_LANGUAGES] = {"en", "el", "sl"};

struct rendering {
    const struct app_page *page;
    const char *language;
    hg_str content; /* what {{{content}}} of the frame is */
    hg_str nonce;
    hg_str item;
    struct hg_buf *out;
};

static size_t language_index(const char *language)
{
    for (size_t i = 0; i < APP_N_LANGUAGES; i++)
        if (strcmp(languages[i], language) == 0)
            return i;
    return APP_ENGLISH;
}

hg_str app_text(const char *language, const char *key)
{
    size_t low = 0;
    size_t high = app_n_texts;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(app_texts[mid].key, key);
        if (order == 0)
            return app_texts[mid].texts[language_index(language)];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    HG_ASSERT(false && "a text key that no catalogue has");
    return HG_STR("");
}

/* The first of the tags ("el-GR,el;q=0.9,en") that is one of ours. Weights are not
 * weighed: browsers send them in order. */
static const char *first_known(hg_str tags, char separator)
{
    hg_str tag;
    while (hg_str_field(&tags, separator, &tag)) {
        tag = hg_str_trim(tag);
        for (size_t i = 0; i < APP_N_LANGUAGES; i++)
            if (hg_str_starts_nocase(tag, hg_str_of(languages[i])) &&
                (tag.len == 2 || tag.ptr[2] == '-' || tag.ptr[2] == ';'))
                return languages[i];
    }
    return NULL;
}

const char *app_language(const struct app_call *call, hg_str ui_locales)
{
    const char *asked = first_known(ui_locales, ' ');
    if (asked == NULL)
        asked = first_known(http_header_or(call->request, "Accept-Language", ""), ',');
    return asked == NULL ? languages[APP_ENGLISH] : asked;
}

void app_page_put(struct app_page *page, const char *name, hg_str value)
{
    HG_ASSERT(page->n_values < APP_PAGE_MAX_VALUES);
    page->values[page->n_values++] = (struct app_page_value){.name = name, .value = value};
}

void app_page_put_text(struct app_page *page, const char *name, const char *key)
{
    HG_ASSERT(page->n_values < APP_PAGE_MAX_VALUES);
    page->values[page->n_values++] = (struct app_page_value){.name = name, .key = key};
}

static hg_str template_text(const char *name)
{
    for (size_t i = 0; i < app_n_templates; i++)
        if (strcmp(app_templates[i].name, name) == 0)
            return app_templates[i].text;
    HG_ASSERT(false && "a template that pages/ has not");
    return HG_STR("");
}

/* A value of the page, of the frame, or "" when this page has none of that name. */
static hg_str value_of(const struct rendering *r, hg_str name)
{
    if (hg_str_eq(name, HG_STR(".")))
        return r->item;
    if (hg_str_eq(name, HG_STR("language")))
        return hg_str_of(r->language);
    if (hg_str_eq(name, HG_STR("title")))
        return app_text(r->language, r->page->title);
    if (hg_str_eq(name, HG_STR("nonce")))
        return r->nonce;
    for (size_t i = 0; i < r->page->n_values; i++) {
        const struct app_page_value *value = &r->page->values[i];
        if (hg_str_eq(name, hg_str_of(value->name)))
            return value->key == NULL ? value->value : app_text(r->language, value->key);
    }
    return HG_STR("");
}

static void render(struct rendering *r, hg_str text, int depth);

static void render_list(struct rendering *r, hg_str name, hg_str inner, int depth)
{
    const struct app_page_list *list = &r->page->list;
    if (list->name == NULL || !hg_str_eq(name, hg_str_of(list->name)))
        return;
    for (size_t i = 0; i < list->n; i++) {
        r->item = list->items[i];
        render(r, inner, depth + 1);
    }
}

static void render_markup(struct rendering *r, hg_str name)
{
    if (hg_str_eq(name, HG_STR("content")))
        hg_buf_str(r->out, r->content);
    else if (r->page->markup.name != NULL && hg_str_eq(name, hg_str_of(r->page->markup.name)))
        hg_buf_str(r->out, r->page->markup.value);
}

/* A section up to its end tag; what follows it is left in *rest. */
static void render_section(struct rendering *r, hg_str tag, hg_str *rest, int depth)
{
    char end[64];
    hg_str name = hg_str_from(tag, 1);
    HG_ASSERT(name.len < sizeof(end) - 6);
    memcpy(end, "{{/", 3);
    memcpy(end + 3, name.ptr, name.len);
    memcpy(end + 3 + name.len, "}}", 3);
    size_t at = hg_str_find(*rest, hg_str_of(end));
    HG_ASSERT(at != HG_NPOS);
    hg_str inner = hg_str_sub(*rest, 0, at);
    *rest = hg_str_from(*rest, at + strlen(end));
    if (tag.ptr[0] == '*')
        render_list(r, name, inner, depth);
    else if (value_of(r, name).len > 0)
        render(r, inner, depth + 1);
}

static void render_tag(struct rendering *r, hg_str tag, hg_str *rest, int depth)
{
    char key[64];
    if (hg_str_starts(tag, HG_STR("t:"))) {
        HG_ASSERT(tag.len - 2 < sizeof(key));
        memcpy(key, tag.ptr + 2, tag.len - 2);
        key[tag.len - 2] = '\0';
        render(r, app_text(r->language, key), depth + 1);
    } else if (tag.len > 1 && (tag.ptr[0] == '#' || tag.ptr[0] == '*')) {
        render_section(r, tag, rest, depth);
    } else {
        hg_buf_html(r->out, value_of(r, tag));
    }
}

static void render(struct rendering *r, hg_str text, int depth)
{
    HG_ASSERT(depth < MAX_DEPTH);
    for (size_t at = hg_str_find(text, HG_STR("{{")); at != HG_NPOS;
         at = hg_str_find(text, HG_STR("{{"))) {
        hg_buf_str(r->out, hg_str_sub(text, 0, at));
        bool is_markup = hg_str_starts(hg_str_from(text, at), HG_STR("{{{"));
        size_t open = is_markup ? 3 : 2;
        hg_str body = hg_str_from(text, at + open);
        size_t close = hg_str_find(body, is_markup ? HG_STR("}}}") : HG_STR("}}"));
        HG_ASSERT(close != HG_NPOS);
        hg_str tag = hg_str_sub(body, 0, close);
        text = hg_str_from(body, close + open);
        if (is_markup)
            render_markup(r, tag);
        else
            render_tag(r, tag, &text, depth);
    }
    hg_buf_str(r->out, text);
}

/* form-action names the redirect URI's origin: browsers apply it to the redirect that
 * answers the form (protocol.md fact 24). */
static void set_policy(struct app_call *call, const struct app_page *page, hg_str nonce)
{
    struct hg_buf csp = hg_buf_new(call->arena, HG_MAX_TARGET);
    hg_buf_z(&csp, "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
                   "frame-ancestors 'none'; form-action 'self'");
    if (page->form_origin.len > 0) {
        hg_buf_z(&csp, " ");
        hg_buf_str(&csp, page->form_origin);
    }
    if (page->submits_itself) {
        hg_buf_z(&csp, "; script-src 'nonce-");
        hg_buf_str(&csp, nonce);
        hg_buf_z(&csp, "'");
    }
    http_set_field(call->response, "Content-Security-Policy", hg_buf_view(&csp));
    http_set_field(call->response, "X-Frame-Options", HG_STR("DENY"));
    http_set_field(call->response, "Referrer-Policy", HG_STR("no-referrer"));
    http_set_field(call->response, "Cache-Control", HG_STR("no-store"));
}

enum hg_code app_page_render(struct app_call *call, const struct app_page *page, struct hg_err *err)
{
    unsigned char random[NONCE_BYTES];
    hg_random_fill(&call->app->random, random, sizeof(random));
    struct hg_buf content = hg_buf_new(call->arena, HG_MAX_PAGE);
    struct hg_buf whole = hg_buf_new(call->arena, HG_MAX_PAGE);
    struct rendering rendering = {
        .page = page,
        .language = app_language(call, page->ui_locales),
        .nonce = hg_b64_encode(call->arena, (hg_str){(const char *)random, sizeof(random)}),
        .out = &content,
    };
    render(&rendering, template_text(page->template), 0);
    HG_TRY(hg_buf_finish(&content, &rendering.content, err));
    rendering.out = &whole;
    render(&rendering, template_text("frame"), 0);
    hg_str html;
    HG_TRY(hg_buf_finish(&whole, &html, err));
    http_respond(call->response, page->status, "text/html; charset=utf-8", html);
    set_policy(call, page, rendering.nonce);
    return HG_OK;
}

enum hg_code app_stylesheet_get(struct app_call *call, struct hg_err *err)
{
    (void)err;
    http_respond(call->response, 200, "text/css; charset=utf-8", app_stylesheet);
    http_set_field(call->response, "Cache-Control", HG_STR("public, max-age=3600"));
    return HG_OK;
}
