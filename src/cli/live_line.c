#include "cli/live_line.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/os.h"

enum { DRAW_MS = 500, WIDTH_DEFAULT = 80, LINE_MAX_SIZE = 200, NUMBER_SIZE = 32 };

#define WIPE "\r\033[K"

// What a moment looks like; two of them make a speed.
struct moment {
    uint64_t time_ns;
    uint64_t n_prompt, n_reused, n_computed, n_generated; // since the server started
    uint64_t n_finished; // of n_generated, those of finished answers
    double finished_s;   // that those took, one after another
};

struct live_line {
    FILE *terminal;
    const struct model_side *side;
    pthread_t thread;
    pthread_mutex_t lock; // of what follows and of the terminal
    pthread_cond_t changed;
    bool is_closing, has_thread;
    char text[LINE_MAX_SIZE]; // as drawn; empty: nothing is
    // ---- the thread's own ----
    struct moment before;
    size_t n_context; // of the longest conversation that runs or ran last
    char speed[60];
};

// ---- the text ----

// 1234567 as 1,234,567.
static const char *grouped(char *out, uint64_t number)
{
    char digits[NUMBER_SIZE];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    char *at = out;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            *at++ = ',';
        *at++ = digits[i];
    }
    *at = 0;
    return out;
}

// The counters of the server hold finished requests; the slots are added for those that run.
static struct moment moment_of(const struct server_facts *server, size_t *n_context)
{
    struct moment now = {
        .time_ns = os_time_ns(),
        .n_prompt = server->n_prompt_tokens,
        .n_reused = server->n_reused_tokens,
        .n_computed = server->n_prompt_tokens - server->n_reused_tokens,
        .n_generated = server->n_generated_tokens,
        .n_finished = server->n_generated_tokens,
        .finished_s = server->generated_s,
    };
    size_t longest = 0;
    for (size_t i = 0; i < server->n_slots; i++) {
        const struct slot_facts *slot = &server->slots[i];
        now.n_prompt += slot->n_prompt;
        now.n_reused += slot->n_reused;
        now.n_computed += slot->n_computed;
        now.n_generated += slot->n_generated;
        size_t n = slot->n_prompt + slot->n_generated;
        longest = n > longest ? n : longest;
    }
    if (longest)
        *n_context = longest;
    return now;
}

static void put_speed(struct live_line *live, const char *what, uint64_t n_tokens, double seconds)
{
    char number[NUMBER_SIZE];
    if (n_tokens && seconds > 0)
        snprintf(live->speed, sizeof live->speed, "%s%s tokens/s", what,
                 grouped(number, (uint64_t)((double)n_tokens / seconds + 0.5)));
}

// Writing has precedence: it is what one waits for.  While nothing runs, the speed is that of the last
// answers, without the time between them.
static void tell_speed(struct live_line *live, const struct moment *now, bool is_running)
{
    const struct moment *before = &live->before;
    double seconds = (double)(now->time_ns - before->time_ns) * 1e-9;
    if (!is_running)
        put_speed(live, "", now->n_finished - before->n_finished,
                  now->finished_s - before->finished_s);
    else if (before->time_ns && now->n_generated > before->n_generated)
        put_speed(live, "", now->n_generated - before->n_generated, seconds);
    else if (before->time_ns && now->n_computed > before->n_computed)
        put_speed(live, "reading ", now->n_computed - before->n_computed, seconds);
}

static void write_text(struct live_line *live, char *out, size_t size)
{
    struct model_facts model = {0};
    struct server_facts server = {0};
    struct error why;
    char used[NUMBER_SIZE], room[NUMBER_SIZE];
    live->side->tell(live->side->self, &model, &server);
    if (live->side->state(live->side->self, &why) == MODEL_LOADING) {
        snprintf(out, size, "%s  loading", model.name);
        return;
    }
    struct moment now = moment_of(&server, &live->n_context);
    tell_speed(live, &now, server.n_running > 0);
    live->before = now;
    int n = snprintf(out, size, "%s  %zu running, %zu waiting | context %s of %s", model.name,
                     server.n_running, server.n_waiting, grouped(used, live->n_context),
                     grouped(room, model.n_context));
    if (n > 0 && (size_t)n < size && live->speed[0])
        n += snprintf(out + n, size - (size_t)n, " | %s", live->speed);
    if (n > 0 && (size_t)n < size && now.n_prompt)
        snprintf(out + n, size - (size_t)n, " | %llu %% reused",
                 (unsigned long long)(100 * now.n_reused / now.n_prompt));
}

// ---- the terminal; with the lock held ----

static size_t width_of(FILE *terminal)
{
    struct winsize size = {0};
    if (ioctl(fileno(terminal), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return WIDTH_DEFAULT;
    return size.ws_col;
}

// One column stays free: a cursor that has to wrap would leave the line behind.  A letter is never
// cut in half.
static void draw(struct live_line *live)
{
    size_t width = width_of(live->terminal) - 1, size = 0, n_letters = 0;
    for (; live->text[size]; size++) {
        n_letters += ((unsigned char)live->text[size] & 0xC0) != 0x80;
        if (n_letters > width)
            break;
    }
    fprintf(live->terminal, WIPE "%.*s", (int)size, live->text);
    fflush(live->terminal);
}

static void *keep_drawing(void *context)
{
    struct live_line *live = context;
    char text[LINE_MAX_SIZE];
    pthread_mutex_lock(&live->lock);
    while (!live->is_closing) {
        pthread_mutex_unlock(&live->lock); // what is asked may want to be logged
        write_text(live, text, sizeof text);
        pthread_mutex_lock(&live->lock);
        if (!live->is_closing && strcmp(text, live->text) != 0) {
            memcpy(live->text, text, sizeof text);
            draw(live);
        }
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += DRAW_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        if (!live->is_closing)
            pthread_cond_timedwait(&live->changed, &live->lock, &until);
    }
    pthread_mutex_unlock(&live->lock);
    return NULL;
}

// ---- public ----

struct live_line *live_line_open(FILE *terminal)
{
    const char *kind = getenv("TERM");
    if (!isatty(fileno(terminal)) || !kind || strcmp(kind, "dumb") == 0)
        return NULL;
    struct live_line *live = mem_new(struct live_line, 1);
    live->terminal = terminal;
    pthread_mutex_init(&live->lock, NULL);
    pthread_cond_init(&live->changed, NULL);
    return live;
}

void live_line_say(struct live_line *live, FILE *log, const char *line)
{
    if (!live) {
        if (log) {
            fputs(line, log); // one call, so lines of several threads stay whole
            fflush(log);
        }
        return;
    }
    pthread_mutex_lock(&live->lock);
    bool wipes = live->text[0] && log == live->terminal;
    if (wipes)
        fputs(WIPE, live->terminal);
    if (log) {
        fputs(line, log);
        fflush(log);
    }
    if (wipes)
        draw(live);
    pthread_mutex_unlock(&live->lock);
}

void live_line_watch(struct live_line *live, const struct model_side *side)
{
    if (!live || live->has_thread)
        return;
    live->side = side;
    live->has_thread = pthread_create(&live->thread, NULL, keep_drawing, live) == 0;
}

void live_line_close(struct live_line *live)
{
    if (!live)
        return;
    pthread_mutex_lock(&live->lock);
    live->is_closing = true;
    pthread_cond_broadcast(&live->changed);
    pthread_mutex_unlock(&live->lock);
    if (live->has_thread)
        pthread_join(live->thread, NULL);
    if (live->text[0]) {
        fputs(WIPE, live->terminal);
        fflush(live->terminal);
    }
    pthread_mutex_destroy(&live->lock);
    pthread_cond_destroy(&live->changed);
    free(live);
}
