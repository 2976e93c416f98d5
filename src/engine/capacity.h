// capacity.h - how many pages, states and rows does a configuration need?
//
// Arithmetic over a model's numbers and an engine's configuration, before anything is opened: for
// engine_open(), for who opens the model, and for the ledger.
#ifndef HEARTH_ENGINE_CAPACITY_H
#define HEARTH_ENGINE_CAPACITY_H

#include <stdint.h>

#include "engine/engine.h"

// The configuration with every 0 that has a default replaced by it.
struct engine_config capacity_config(const struct hyperparams *hyperparams,
                                     const struct engine_config *config);

uint64_t capacity_page_size(const struct cache_spec *spec, uint32_t i_group); // bytes
uint64_t capacity_state_size(const struct cache_spec *spec);                  // bytes; 0: no states

#endif
