#include "base/base.h"
#include "policy/policy.h"
#include "unit/policy/world.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* NDJSON in, NDJSON out: a world a line, its verdict (or {"failure": text}) a line.
 * Without reasons the verdict must be the same, which is checked here. With the argument
 * `canonical`: a policy a line, its canonical forms {"v1.0": …, "beta": …} a line. */

typedef enum hg_code answer_fn(struct hg_arena *arena, const struct hg_json *json,
                               struct hg_json *out, struct hg_err *err);

static struct hg_json failure(struct hg_arena *arena, const char *detail)
{
    struct hg_json object = hg_json_object();
    hg_json_put_str(arena, &object, "failure", hg_str_dup(arena, hg_str_of(detail)));
    return object;
}

static void drop_reasons(struct hg_json *verdict)
{
    hg_json_remove(verdict, HG_STR("policies"));
    hg_json_remove(verdict, HG_STR("analysisReasons"));
}

/* With `verdicts` those are several. */
static bool agree(struct hg_arena *arena, const struct hg_json *verdict, const struct hg_json *bare)
{
    const struct hg_json *list = hg_json_get(verdict, "verdicts");
    for (size_t i = 0; i < hg_json_count(list); i++)
        if (!agree(arena, hg_json_item(list, i), hg_json_item(hg_json_get(bare, "verdicts"), i)))
            return false;
    struct hg_json with = hg_json_copy(arena, verdict);
    drop_reasons(&with);
    return list != NULL || hg_json_eq(&with, bare);
}

static enum hg_code judge(struct hg_arena *arena, const struct hg_json *json, struct hg_json *out,
                          struct hg_err *err)
{
    struct hg_json bare;
    struct world world;
    HG_TRY(world_read(arena, json, &world, err));
    HG_TRY(world_judge(arena, &world, true, out, err));
    HG_TRY(world_judge(arena, &world, false, &bare, err));
    if (!agree(arena, out, &bare))
        return HG_FAIL(err, HG_MALFORMED, "the verdict changes with reasons");
    return HG_OK;
}

static enum hg_code canonical(struct hg_arena *arena, const struct hg_json *json,
                              struct hg_json *out, struct hg_err *err)
{
    const struct policy_rule *rule;
    struct policy_faults faults;
    HG_TRY(policy_rule_parse(arena, json, POLICY_PARSE_LENIENT, &rule, &faults, err));
    struct hg_json v1 = policy_rule_canonical(arena, json, POLICY_SHAPE_V1);
    struct hg_json beta = policy_rule_canonical(arena, json, POLICY_SHAPE_BETA);
    *out = hg_json_object();
    hg_json_put(arena, out, "v1.0", v1);
    hg_json_put(arena, out, "beta", beta);
    return HG_OK;
}

static void answer(struct hg_arena *arena, hg_str line, answer_fn *to)
{
    struct hg_err err;
    struct hg_json json;
    struct hg_json verdict;
    hg_str text = HG_STR("{\"failure\":\"cannot render\"}");
    enum hg_code code = hg_json_parse(arena, line, HG_JSON_STRICT, &hg_json_file, &json, &err);
    if (code == HG_OK)
        code = to(arena, &json, &verdict, &err);
    if (code != HG_OK)
        verdict = failure(arena, err.detail);
    if (hg_json_render(arena, &verdict, &text, NULL) == HG_OK)
        (void)fwrite(text.ptr, 1, text.len, stdout);
    (void)putchar('\n');
}

int main(int argc, char **argv)
{
    answer_fn *to = argc > 1 && strcmp(argv[1], "canonical") == 0 ? canonical : judge;
    char *line = NULL;
    size_t room = 0;
    HG_CLEANUP(hg_arena_freep)
    struct hg_arena *arena = hg_arena_new("oracle", (size_t)256 << 20);
    if (arena == NULL)
        return 1;
    for (ssize_t n = getline(&line, &room, stdin); n >= 0; n = getline(&line, &room, stdin)) {
        answer(arena, (hg_str){.ptr = line, .len = (size_t)n}, to);
        hg_arena_reset(arena);
    }
    free(line);
    return 0;
}
