#include "base/base.h"
#include "odata/odata.h"
#include "odata/odata_private.h"

#include <stdbool.h>
#include <stddef.h>

/* What a path means where: the object, and inside a lambda also its variable. */
struct frame {
    const struct hg_json *object;
    hg_str variable;
    const struct hg_json *item;
    const struct frame *outer;
};

static bool holds(const struct odata_filter *node, const struct frame *frame);

static const struct hg_json *walk(const struct hg_json *from, hg_str path)
{
    hg_str step;
    while (from != NULL && hg_str_field(&path, '/', &step))
        from = hg_json_get_nocase(from, step);
    return from;
}

static const struct hg_json *value_at(hg_str path, const struct frame *frame)
{
    hg_str head;
    hg_str rest;
    (void)hg_str_cut(path, '/', &head, &rest);
    for (const struct frame *f = frame; f != NULL; f = f->outer)
        if (f->variable.len > 0 && hg_str_eq(f->variable, head))
            return walk(f->item, rest);
    return walk(frame->object, path);
}

static const struct hg_json *operand(const struct odata_filter *node, const struct frame *frame)
{
    if (node->kind == ODATA_CONSTANT)
        return &node->value;
    return node->kind == ODATA_PATH ? value_at(node->path, frame) : NULL;
}

static double number_of(const struct hg_json *value)
{
    return value->kind == HG_JSON_INT ? (double)value->integer : value->number;
}

/* <0, 0, >0; false: the two have no order. Times compare as instants. */
static bool compare(const struct hg_json *a, const struct hg_json *b, int *out)
{
    bool numbers = (a->kind == HG_JSON_INT || a->kind == HG_JSON_DOUBLE) &&
                   (b->kind == HG_JSON_INT || b->kind == HG_JSON_DOUBLE);
    if (numbers) {
        double x = number_of(a);
        double y = number_of(b);
        *out = (x > y) - (x < y);
        return true;
    }
    if (a->kind == HG_JSON_BOOL && b->kind == HG_JSON_BOOL) {
        *out = (int)a->boolean - (int)b->boolean;
        return true;
    }
    if (a->kind != HG_JSON_STRING || b->kind != HG_JSON_STRING)
        return false;
    hg_time x;
    hg_time y;
    if (a->string.len > 9 && hg_time_parse(a->string, &x, NULL) == HG_OK &&
        hg_time_parse(b->string, &y, NULL) == HG_OK)
        *out = (x.us > y.us) - (x.us < y.us);
    else
        *out = hg_str_cmp_nocase(a->string, b->string);
    return true;
}

static bool is_equal(const struct hg_json *a, const struct hg_json *b)
{
    if (hg_json_is_null(a) || hg_json_is_null(b))
        return hg_json_is_null(a) && hg_json_is_null(b);
    int order;
    return compare(a, b, &order) && order == 0;
}

static bool compare_holds(const struct odata_filter *node, const struct frame *frame)
{
    const struct hg_json *a = operand(node->left, frame);
    const struct hg_json *b = operand(node->right, frame);
    if (node->op == ODATA_EQ || node->op == ODATA_NE)
        return is_equal(a, b) == (node->op == ODATA_EQ);
    int order;
    if (hg_json_is_null(a) || hg_json_is_null(b) || !compare(a, b, &order))
        return false;
    switch (node->op) {
    case ODATA_GT:
        return order > 0;
    case ODATA_GE:
        return order >= 0;
    case ODATA_LT:
        return order < 0;
    case ODATA_LE:
        return order <= 0;
    case ODATA_EQ:
    case ODATA_NE:
        break;
    }
    return false;
}

static bool in_holds(const struct odata_filter *node, const struct frame *frame)
{
    const struct hg_json *value = operand(node->left, frame);
    for (const struct odata_filter *item = node->right; item != NULL; item = item->next)
        if (is_equal(value, &item->value))
            return true;
    return false;
}

static bool text_holds(const struct odata_filter *node, const struct frame *frame)
{
    hg_str text;
    hg_str part;
    if (!hg_json_as_str(operand(node->left, frame), &text) ||
        !hg_json_as_str(operand(node->right, frame), &part) || part.len > text.len)
        return false;
    if (node->kind == ODATA_STARTSWITH)
        return hg_str_starts_nocase(text, part);
    if (node->kind == ODATA_ENDSWITH)
        return hg_str_eq_nocase(hg_str_from(text, text.len - part.len), part);
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (hg_str_eq_nocase(hg_str_sub(text, i, part.len), part))
            return true;
    return false;
}

static bool lambda_holds(const struct odata_filter *node, const struct frame *frame)
{
    const struct hg_json *array = value_at(node->path, frame);
    bool wants_all = node->kind == ODATA_ALL;
    for (size_t i = 0; i < hg_json_count(array); i++) {
        const struct frame inner = {.object = frame->object,
                                    .variable = node->variable,
                                    .item = hg_json_item(array, i),
                                    .outer = frame};
        if (holds(node->left, &inner) != wants_all)
            return !wants_all;
    }
    return wants_all;
}

static bool holds(const struct odata_filter *node, const struct frame *frame)
{
    switch (node->kind) {
    case ODATA_PATH:
    case ODATA_CONSTANT:
        return hg_json_bool_or(operand(node, frame), false);
    case ODATA_COMPARE:
        return compare_holds(node, frame);
    case ODATA_IN:
        return in_holds(node, frame);
    case ODATA_AND:
        return holds(node->left, frame) && holds(node->right, frame);
    case ODATA_OR:
        return holds(node->left, frame) || holds(node->right, frame);
    case ODATA_NOT:
        return !holds(node->left, frame);
    case ODATA_STARTSWITH:
    case ODATA_ENDSWITH:
    case ODATA_CONTAINS:
        return text_holds(node, frame);
    case ODATA_ANY:
    case ODATA_ALL:
        return lambda_holds(node, frame);
    }
    return false;
}

bool odata_filter_holds(const struct odata_filter *filter, const struct hg_json *object)
{
    const struct frame frame = {.object = object};
    return holds(filter, &frame);
}

/* The constant that a comparison with one of two operators, or with eq, holds a property
 * against at the filter's top level. */
static bool find_constant(const struct odata_filter *filter, const char *property,
                          const enum odata_operator operators[2], hg_str *out)
{
    if (filter == NULL)
        return false;
    if (filter->kind == ODATA_AND)
        return find_constant(filter->left, property, operators, out) ||
               find_constant(filter->right, property, operators, out);
    return filter->kind == ODATA_COMPARE &&
           (filter->op == ODATA_EQ || filter->op == operators[0] || filter->op == operators[1]) &&
           filter->left->kind == ODATA_PATH &&
           hg_str_eq_nocase(filter->left->path, hg_str_of(property)) &&
           filter->right->kind == ODATA_CONSTANT && hg_json_as_str(&filter->right->value, out);
}

bool odata_filter_equals(const struct odata_filter *filter, const char *property, hg_str *out)
{
    return find_constant(filter, property, (enum odata_operator[]){ODATA_EQ, ODATA_EQ}, out);
}

bool odata_filter_least(const struct odata_filter *filter, const char *property, hg_str *out)
{
    return find_constant(filter, property, (enum odata_operator[]){ODATA_GE, ODATA_GT}, out);
}

bool odata_filter_most(const struct odata_filter *filter, const char *property, hg_str *out)
{
    return find_constant(filter, property, (enum odata_operator[]){ODATA_LE, ODATA_LT}, out);
}
