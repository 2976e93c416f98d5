// Whose word counts about sampling: the request's, then the command line's, then that of the model's
// makers.
#include <math.h>

#include "api/fields.h"
#include "base/os.h"
#include "sample/family_defaults.h"
#include "server/host_state.h"

static void take_number(float *out, double wish)
{
    if (!isnan(wish))
        *out = (float)wish;
}

static void apply(struct sampling *out, const struct sampling_wish *wish)
{
    take_number(&out->temperature, wish->temperature);
    take_number(&out->top_p, wish->top_p);
    take_number(&out->min_p, wish->min_p);
    take_number(&out->repeat_penalty, wish->repeat_penalty);
    take_number(&out->presence_penalty, wish->presence_penalty);
    take_number(&out->frequency_penalty, wish->frequency_penalty);
    if (wish->top_k != FIELD_UNSET)
        out->top_k = wish->top_k > 0 ? (uint32_t)wish->top_k : 0;
    if (wish->repeat_last_n != FIELD_UNSET)
        out->penalty_last_n = wish->repeat_last_n < 0 || wish->repeat_last_n > SAMPLING_LAST_N_MAX
                                  ? SAMPLING_LAST_N_MAX
                                  : (uint32_t)wish->repeat_last_n;
    if (wish->seed != FIELD_UNSET && wish->seed >= 0)
        out->seed = (uint64_t)wish->seed;
}

void host_sampling(const struct host *host, struct sampling *out, const struct api_request *request,
                   bool thinks, size_t i_choice)
{
    sampling_defaults(out, chat_model_sampling(host->chat), thinks, host->gguf);
    out->seed = os_time_ns();
    apply(out, &host->config.sampling);
    apply(out, &request->sampling);
    out->seed += i_choice; // choices differ, and a given seed gives the same ones again
    out->logprobs = request->wants_logprobs;
    out->n_logprobs = 0;
    if (request->wants_logprobs && request->n_top > 0)
        out->n_logprobs = request->n_top > SAMPLING_LOGPROBS_MAX ? SAMPLING_LOGPROBS_MAX
                                                                 : (uint32_t)request->n_top;
    out->detects_loops = request->task == API_CHAT;
}
