#include "base/base.h"
#include "policy/policy.h"
#include "unit/policy/world.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* NDJSON in, NDJSON out: a world a line, its verdict (or {"failure": text}) a line.
 * Without reasons the verdict must be the same, which is checked here. */

static struct hg_json failure(struct hg_arena *arena, const char *detail)
{
    struct hg_json object = hg_json_object();
    hg_json_put_str(arena, &object, "failure", hg_str_dup(arena, hg_str_of(detail)));
    return object;
}

static enum hg_code judge(struct hg_arena *arena, hg_str line, struct hg_json *out,
                          struct hg_err *err)
{
    struct hg_json json;
    struct world world;
    struct policy_verdict verdict;
    struct policy_verdict bare;
    HG_TRY(hg_json_parse(arena, line, HG_JSON_STRICT, &hg_json_file, &json, err));
    HG_TRY(world_read(arena, &json, &world, err));
    HG_TRY(policy_judge(arena, world.set, &world.facts, true, &verdict, err));
    HG_TRY(policy_judge(arena, world.set, &world.facts, false, &bare, err));
    verdict.rows = bare.rows != NULL ? NULL : verdict.rows;
    struct hg_json with = policy_verdict_json(arena, &verdict);
    struct hg_json without = policy_verdict_json(arena, &bare);
    *out = with;
    hg_json_remove(&with, HG_STR("policies"));
    if (!hg_json_eq(&with, &without))
        return HG_FAIL(err, HG_MALFORMED, "the verdict changes with reasons");
    *out = policy_verdict_json(arena, &verdict);
    return HG_OK;
}

static void answer(struct hg_arena *arena, hg_str line)
{
    struct hg_err err;
    struct hg_json verdict;
    hg_str text = HG_STR("{\"failure\":\"cannot render\"}");
    if (judge(arena, line, &verdict, &err) != HG_OK)
        verdict = failure(arena, err.detail);
    if (hg_json_render(arena, &verdict, &text, NULL) == HG_OK)
        (void)fwrite(text.ptr, 1, text.len, stdout);
    (void)putchar('\n');
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    HG_CLEANUP(hg_arena_freep)
    struct hg_arena *arena = hg_arena_new("oracle", (size_t)256 << 20);
    if (arena == NULL)
        return 1;
    for (ssize_t n = getline(&line, &room, stdin); n >= 0; n = getline(&line, &room, stdin)) {
        answer(arena, (hg_str){.ptr = line, .len = (size_t)n});
        hg_arena_reset(arena);
    }
    free(line);
    return 0;
}
