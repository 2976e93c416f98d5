#include "api/facts.h"

#include <time.h>

#include "api/json.h"
#include "api/fields.h"
#include "base/memory.h"

static void put_time(struct buf *out, int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm utc;
    char text[40];
    gmtime_r(&time, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    json_put_string(out, str_of(text));
}

void facts_put_model_anthropic(struct buf *out, const struct model_facts *model, const char *id)
{
    json_print(out, "{'type':'model','id':%s,'display_name':%s,'created_at':", id, id);
    put_time(out, model->created_s);
    json_print(out, ",'max_input_tokens':%z,'max_tokens':%z}", model->n_context, model->n_context);
}

void facts_put_models_anthropic(struct buf *out, const struct model_facts *model)
{
    json_print(out, "{'data':[");
    facts_put_model_anthropic(out, model, model->name);
    json_print(out, "],'has_more':false,'first_id':%s,'last_id':%s}", model->name, model->name);
}

void facts_put_model_openai(struct buf *out, const struct model_facts *model, const char *id)
{
    json_print(out,
               "{'id':%s,'object':'model','created':%l,'owned_by':'hearth','aliases':[%s],"
               "'architecture':{'input_modalities':['text'],'output_modalities':['text']},"
               "'max_model_len':%z,'meta':{'n_ctx':%z,'n_ctx_train':%z,'n_vocab':%z,'n_embd':%z,"
               "'n_params':%l,'size':%l}}",
               id, (long long)model->created_s, model->name, model->n_context, model->n_context,
               model->n_context_train, model->n_vocab, model->n_embd, (long long)model->n_params,
               (long long)model->size);
}

void facts_put_models_openai(struct buf *out, const struct model_facts *model)
{
    json_print(out, "{'object':'list','data':[");
    facts_put_model_openai(out, model, model->name);
    // Older tools made for llama-server read this second list.
    json_print(out,
               "],'models':[{'name':%s,'model':%s,'modified_at':'','size':'','digest':'',"
               "'type':'model','description':'','tags':[],'capabilities':['completion'],"
               "'parameters':'','details':{'parent_model':'','format':'gguf','family':%s,"
               "'families':[%s],'parameter_size':'','quantization_level':''}}]}",
               model->name, model->name, model->architecture, model->architecture);
}

// What is known of the token that comes next; has_new_line is told at the answer's end only.
static void put_next_token(struct buf *out, const struct slot_facts *slot)
{
    long long n_remain = -1, n_decoded = slot ? (long long)slot->n_generated : 0;
    if (slot && slot->has_settings && slot->settings.max_tokens != FIELD_UNSET)
        n_remain = slot->settings.max_tokens - n_decoded;
    json_print(out, "{'has_next_token':%b,'has_new_line':%b,'n_remain':%l,'n_decoded':%l}",
               slot != NULL, slot && slot->has_newline, n_remain, n_decoded);
}

void facts_put_props(struct buf *out, const struct model_facts *model)
{
    struct llama_settings defaults = llama_settings_of(&model->sampling, NULL);
    json_print(out,
               "{'default_generation_settings':{'id':0,'id_task':-1,'n_ctx':%z,"
               "'speculative':false,'is_processing':false,'params':",
               model->n_context);
    llama_put_settings(out, &defaults, true, NULL);
    json_print(out, ",'prompt':'','next_token':");
    put_next_token(out, NULL);
    json_print(out,
               "},'total_slots':%z,'model_alias':%s,'model_path':%s,"
               "'modalities':{'vision':false,'audio':false},",
               model->n_parallel, model->name, model->path);
    json_print(out,
               "'endpoint_slots':true,'endpoint_props':false,'endpoint_metrics':true,'webui':false,"
               "'chat_template':%s,'chat_template_caps':{'supports_tools':%b,"
               "'supports_tool_calls':%b,'supports_system_role':true,"
               "'supports_parallel_tool_calls':%b},'bos_token':%s,'eos_token':%s,"
               "'build_info':%s,'is_sleeping':%b}",
               model->chat_template ? model->chat_template : "", model->calls_tools,
               model->calls_tools, model->calls_tools, model->bos_text ? model->bos_text : "",
               model->eos_text ? model->eos_text : "", model->version, model->is_asleep);
}

// A slot is a place for a running answer, whose settings it shows; a free one shows the defaults.
// Nobody's texts are shown.
void facts_put_slots(struct buf *out, const struct model_facts *model,
                     const struct server_facts *server)
{
    struct llama_settings defaults = llama_settings_of(&model->sampling, NULL);
    buf_append_byte(out, '[');
    for (size_t i = 0; i < model->n_parallel; i++) {
        const struct slot_facts *slot = i < server->n_slots ? &server->slots[i] : NULL;
        bool is_busy = slot || i < server->n_running;
        long long number = slot ? (long long)slot->number : is_busy ? (long long)i : -1;
        buf_append_text(out, i ? "," : "");
        json_print(out, "{'id':%z,'id_task':%l,'n_ctx':%z,'speculative':false,'is_processing':%b",
                   i, number, model->n_context, is_busy);
        if (slot)
            json_print(out,
                       ",'n_prompt_tokens':%z,'n_prompt_tokens_processed':%z,"
                       "'n_prompt_tokens_cache':%z",
                       slot->n_prompt, slot->n_computed, slot->n_reused);
        json_print(out, ",'params':");
        llama_put_settings(out, slot && slot->has_settings ? &slot->settings : &defaults, false,
                           NULL);
        json_print(out, ",'next_token':[");
        put_next_token(out, slot);
        buf_append_text(out, "]}");
    }
    buf_append_byte(out, ']');
}

void facts_put_metrics(struct buf *out, const struct server_facts *server)
{
    double prompt_rate = (double)(server->n_prompt_tokens - server->n_reused_tokens);
    prompt_rate = server->prompt_s > 0 ? prompt_rate / server->prompt_s : 0;
    double rate =
        server->generated_s > 0 ? (double)server->n_generated_tokens / server->generated_s : 0;
    const struct {
        const char *name, *type, *help;
        double value;
    } rows[] = {
        {"llamacpp:prompt_tokens_total", "counter", "Prompt tokens computed.",
         (double)(server->n_prompt_tokens - server->n_reused_tokens)},
        {"llamacpp:prompt_seconds_total", "counter", "Time spent on prompts.", server->prompt_s},
        {"llamacpp:tokens_predicted_total", "counter", "Tokens generated.",
         (double)server->n_generated_tokens},
        {"llamacpp:tokens_predicted_seconds_total", "counter", "Time spent generating.",
         server->generated_s},
        {"llamacpp:prompt_tokens_seconds", "gauge", "Prompt tokens per second.", prompt_rate},
        {"llamacpp:predicted_tokens_seconds", "gauge", "Generated tokens per second.", rate},
        {"llamacpp:requests_processing", "gauge", "Requests being answered.",
         (double)server->n_running},
        {"llamacpp:requests_deferred", "gauge", "Requests waiting.", (double)server->n_waiting},
        {"llamacpp:n_tokens_max", "counter", "Tokens of the longest conversation so far.",
         (double)server->n_tokens_max},
        {"llamacpp:n_decode_total", "counter", "Steps of the model.", (double)server->n_steps},
        {"llamacpp:n_busy_slots_per_decode", "gauge", "Answers that shared a step, on average.",
         server->n_steps ? (double)server->n_steps_shared / (double)server->n_steps : 0},
        {"llamacpp:kv_cache_usage_ratio", "gauge", "Share of the KV pages in use.",
         server->n_cache_pages_max
             ? (double)server->n_cache_pages / (double)server->n_cache_pages_max
             : 0},
        {"hearth:prompt_tokens_reused_total", "counter", "Prompt tokens found in the cache.",
         (double)server->n_reused_tokens},
        {"hearth:prompt_tokens_from_disk_total", "counter", "Of these, read from disk.",
         (double)server->n_disk_tokens},
        {"hearth:kv_pages", "gauge", "KV pages in use, of sequences and of what is remembered.",
         (double)server->n_cache_pages},
        {"hearth:kv_pages_max", "gauge", "KV pages there are.", (double)server->n_cache_pages_max},
        {"hearth:state_bytes", "gauge", "Recurrent states in use, remembered ones included.",
         (double)server->state_size},
        {"hearth:requests_total", "counter", "HTTP requests answered.", (double)server->n_requests},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %.10g\n", rows[i].name, rows[i].help,
                   rows[i].name, rows[i].type, rows[i].name, rows[i].value);
}
