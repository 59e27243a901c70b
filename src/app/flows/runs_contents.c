#include "app/app_private.h"
#include "app/flows/flows.h"
#include "app/flows/runs.h"
#include "app/flows/triggers.h"
#include "base/base.h"
#include "flow/definition.h"
#include "flow/run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is behind the links of a run: fetched without a token, so the URL is its own
 * authorisation, for one content and some hours. */

static enum hg_code no_content(struct app_call *call)
{
    app_refuse(call, 404, "ContentNotFound",
               "The run has no such content, or it is not to be shown.");
    return HG_OK;
}

static enum hg_code answer(struct app_call *call, const struct hg_json *contents)
{
    if (contents == NULL)
        return no_content(call);
    app_answer_json(call, 200, contents);
    return HG_OK;
}

/* The run that a signed path names, in *view; *good is false when the call was answered. */
static enum hg_code open_signed(struct app_call *call, hg_str below, struct app_run_view *view,
                                bool *good, struct hg_err *err)
{
    struct app_flow flow;
    hg_str run = app_param(call, "run");
    hg_str permission =
        hg_str_format(call->arena, "/runs/%.*s/%.*s/read", HG_ARG(run), HG_ARG(below));
    HG_TRY(app_signed_flow(call, permission, &flow, good, err));
    if (!*good)
        return HG_OK;
    enum hg_code code = app_run_open(call, run, view, err);
    *good = code == HG_OK && hg_str_eq(view->row.flow, flow.id);
    if (code != HG_OK && code != HG_NOT_FOUND)
        return code;
    return *good ? HG_OK : no_content(call);
}

static bool is_called(hg_str given, const char *name)
{
    return hg_str_eq_nocase(given, hg_str_of(name));
}

enum hg_code app_run_contents(struct app_call *call, struct hg_err *err)
{
    hg_str what = app_param(call, "content");
    struct app_run_view view;
    bool good;
    HG_TRY(open_signed(call, hg_str_format(call->arena, "contents/%.*s", HG_ARG(what)), &view,
                       &good, err));
    if (!good)
        return HG_OK;
    const struct hg_json *contents =
        is_called(what, "TriggerInputs")    ? flow_trigger_inputs(view.run)
        : is_called(what, "TriggerOutputs") ? flow_trigger_outputs(view.run)
                                            : NULL;
    return answer(call, contents);
}

enum hg_code app_run_action_contents(struct app_call *call, struct hg_err *err)
{
    hg_str what = app_param(call, "content");
    hg_str name = app_param(call, "action");
    struct app_run_view view;
    bool good;
    HG_TRY(open_signed(
        call, hg_str_format(call->arena, "actions/%.*s/contents/%.*s", HG_ARG(name), HG_ARG(what)),
        &view, &good, err));
    if (!good)
        return HG_OK;
    uint32_t action = flow_definition_action(view.definition, name);
    if (action == FLOW_NONE)
        return no_content(call);
    const struct hg_json *contents =
        is_called(what, "ActionInputs")    ? flow_action_inputs(view.run, action)
        : is_called(what, "ActionOutputs") ? flow_action_outputs(view.run, action)
                                           : NULL;
    return answer(call, contents);
}

enum hg_code app_run_repetition_contents(struct app_call *call, struct hg_err *err)
{
    hg_str what = app_param(call, "content");
    hg_str name = app_param(call, "action");
    hg_str repetition = app_param(call, "repetition");
    struct app_run_view view;
    bool good;
    HG_TRY(open_signed(call,
                       hg_str_format(call->arena, "actions/%.*s/repetitions/%.*s/contents/%.*s",
                                     HG_ARG(name), HG_ARG(repetition), HG_ARG(what)),
                       &view, &good, err));
    if (!good)
        return HG_OK;
    uint32_t action = flow_definition_action(view.definition, name);
    if (action == FLOW_NONE)
        return no_content(call);
    const struct hg_json *contents =
        is_called(what, "ActionInputs")    ? flow_repetition_inputs(view.run, action, repetition)
        : is_called(what, "ActionOutputs") ? flow_repetition_outputs(view.run, action, repetition)
                                           : NULL;
    return answer(call, contents);
}
