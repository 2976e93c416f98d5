#include "api/reports.h"

#include <math.h>

#include "api/json.h"

static void put_members(struct buf *out, const struct token_report *report, bool with_ids)
{
    buf_append_byte(out, '{');
    if (with_ids)
        json_print(out, "'id':%l,", (long long)report->id);
    // Minus infinity is no JSON number; clients know -9999 as "impossible".
    double logprob = isfinite(report->logprob) ? report->logprob : -9999.0;
    json_print(out, "'token':%S,'logprob':%f,'bytes':[", report->bytes, logprob);
    for (size_t i = 0; i < report->bytes.size; i++)
        buf_printf(out, "%s%u", i ? "," : "", (unsigned char)report->bytes.data[i]);
    buf_append_byte(out, ']');
}

void reports_put(struct buf *out, const struct choice *choice, size_t from, size_t to,
                 bool with_ids)
{
    for (size_t i = from; i < to; i++) {
        const struct token_report *report = &choice->reports[i];
        if (i > from)
            buf_append_byte(out, ',');
        put_members(out, report, with_ids);
        json_print(out, ",'top_logprobs':[");
        for (size_t j = 0; j < report->n_top; j++) {
            if (j)
                buf_append_byte(out, ',');
            put_members(out, &report->top[j], with_ids);
            buf_append_byte(out, '}');
        }
        buf_append_text(out, "]}");
    }
}

void reports_put_columns(struct buf *out, const struct choice *choice, size_t from, size_t to)
{
    size_t offset = 0; // of the text, in bytes
    for (size_t i = 0; i < from; i++)
        offset += choice->reports[i].bytes.size;
    json_print(out, "{'tokens':[");
    for (size_t i = from; i < to; i++)
        json_print(out, i > from ? ",%S" : "%S", choice->reports[i].bytes);
    json_print(out, "],'token_logprobs':[");
    for (size_t i = from; i < to; i++)
        json_print(out, i > from ? ",%f" : "%f", choice->reports[i].logprob);
    json_print(out, "],'top_logprobs':[");
    for (size_t i = from; i < to; i++) {
        const struct token_report *report = &choice->reports[i];
        buf_append_text(out, i > from ? "," : "");
        if (isnan(report->logprob)) { // nothing precedes the first token of a prompt
            buf_append_text(out, "null");
            continue;
        }
        buf_append_byte(out, '{');
        for (size_t j = 0; j < report->n_top; j++)
            json_print(out, j ? ",%S:%f" : "%S:%f", report->top[j].bytes, report->top[j].logprob);
        buf_append_byte(out, '}');
    }
    json_print(out, "],'text_offset':[");
    for (size_t i = from; i < to; i++) {
        json_print(out, i > from ? ",%z" : "%z", offset);
        offset += choice->reports[i].bytes.size;
    }
    buf_append_text(out, "]}");
}

static double per_second(size_t n, double ms)
{
    return ms > 0 ? 1000.0 * (double)n / ms : 0;
}

void timings_put(struct buf *out, const struct usage *usage)
{
    size_t n_computed = usage->n_prompt - usage->n_reused;
    json_print(out,
               "{'cache_n':%z,'prompt_n':%z,'prompt_ms':%f,'prompt_per_token_ms':%f,"
               "'prompt_per_second':%f,'predicted_n':%z,'predicted_ms':%f,"
               "'predicted_per_token_ms':%f,'predicted_per_second':%f}",
               usage->n_reused, n_computed, usage->prompt_ms,
               n_computed ? usage->prompt_ms / (double)n_computed : 0.0,
               per_second(n_computed, usage->prompt_ms), usage->n_generated, usage->generated_ms,
               usage->n_generated ? usage->generated_ms / (double)usage->n_generated : 0.0,
               per_second(usage->n_generated, usage->generated_ms));
}
