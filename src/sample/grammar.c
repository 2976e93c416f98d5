#include "sample/grammar.h"

#include <stdlib.h>

#include "base/memory.h"

void grammar_release(struct grammar *grammar)
{
    for (size_t i = 0; i < grammar->n_rules; i++)
        free(grammar->rules[i].alternatives);
    for (size_t i = 0; i < grammar->n_parameters; i++) {
        struct parameter_list *list = &grammar->parameters[i];
        for (size_t k = 0; k < list->openings.n_texts; k++)
            free((char *)list->openings.texts[k].data);
        free(list->openings.texts);
        free(list->openings.owners);
        free(list->values);
    }
    free(grammar->symbols);
    free(grammar->rules);
    free(grammar->parameters);
    *grammar = (struct grammar){0};
}

uint32_t grammar_add_rule(struct grammar *grammar)
{
    if (grammar->n_rules == grammar->rules_capacity) {
        grammar->rules_capacity = grammar->rules_capacity ? grammar->rules_capacity * 2 : 16;
        grammar->rules = mem_resize(grammar->rules, grammar->rules_capacity, sizeof(struct rule));
    }
    grammar->rules[grammar->n_rules] = (struct rule){0};
    return (uint32_t)grammar->n_rules++;
}

uint32_t grammar_add_symbols(struct grammar *grammar, const struct symbol *symbols, size_t n)
{
    while (grammar->n_symbols + n + 1 > grammar->symbols_capacity) {
        grammar->symbols_capacity = grammar->symbols_capacity ? grammar->symbols_capacity * 2 : 64;
        grammar->symbols =
            mem_resize(grammar->symbols, grammar->symbols_capacity, sizeof(struct symbol));
    }
    uint32_t first = (uint32_t)grammar->n_symbols;
    for (size_t i = 0; i < n; i++)
        grammar->symbols[grammar->n_symbols++] = symbols[i];
    grammar->symbols[grammar->n_symbols++] = (struct symbol){SYMBOL_END, 0};
    return first;
}

uint32_t grammar_add_alternative(struct grammar *grammar, uint32_t rule,
                                 const struct symbol *symbols, size_t n)
{
    uint32_t first = grammar_add_symbols(grammar, symbols, n);
    struct rule *to = &grammar->rules[rule];
    to->alternatives =
        mem_resize(to->alternatives, to->n_alternatives + 1, sizeof *to->alternatives);
    to->alternatives[to->n_alternatives++] = first;
    return first;
}
