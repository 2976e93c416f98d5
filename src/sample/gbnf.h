// gbnf.h - llama.cpp's grammar notation, as rules of a grammar.
//
// Rules "name ::= ...", literals, classes, groups, | * + ? {m,n}, comments from # on; the text
// follows the rule `root`.  What does not recur becomes one automaton; recursion stays a rule.  A rule
// that begins with itself is rewritten where that happens directly, and refused otherwise.
#ifndef HEARTH_SAMPLE_GBNF_H
#define HEARTH_SAMPLE_GBNF_H

#include "base/error.h"
#include "sample/grammar.h"

// Adds the rules of `text` to `grammar`; *symbol stands for `root`.  ERR_FORMAT with the line;
// ERR_LIMIT; ERR_UNSUPPORTED: left recursion through other rules, or tokens by name.
enum err gbnf_compile(struct grammar *grammar, struct dfa *dfa, struct symbol *symbol,
                      struct str text, struct error *error);

#endif
