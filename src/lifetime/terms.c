#include "base/base.h"
#include "lifetime/lifetime.h"

#include <stdbool.h>
#include <stdint.h>

/* The first end of all acceptances after `at`: at expires_from, and again every so long. */
static struct model_when next_expiry(const struct lifetime_terms *terms, hg_time at)
{
    if (!terms->expires_from.is_set)
        return (struct model_when){.is_set = false};
    hg_time first = terms->expires_from.at;
    if (hg_time_before(at, first))
        return terms->expires_from;
    if (terms->expires_every.us <= 0)
        return (struct model_when){.is_set = false};
    int64_t passed = (at.us - first.us) / terms->expires_every.us;
    hg_dur until = {(passed + 1) * terms->expires_every.us};
    return (struct model_when){.is_set = true, .at = hg_time_add(first, until)};
}

struct model_when lifetime_terms_end(const struct lifetime_terms *terms, hg_time accepted)
{
    struct model_when end = next_expiry(terms, accepted);
    hg_time own = hg_time_add(accepted, terms->accept_again);
    if (terms->accept_again.us > 0 && (!end.is_set || hg_time_before(own, end.at)))
        end = (struct model_when){.is_set = true, .at = own};
    return end;
}

bool lifetime_terms_in_force(const struct lifetime_terms *terms, hg_time accepted, hg_time now)
{
    struct model_when end = lifetime_terms_end(terms, accepted);
    return !end.is_set || hg_time_before(now, end.at);
}
