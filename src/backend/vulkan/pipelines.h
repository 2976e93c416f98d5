// pipelines.h - every shader as a pipeline, by operation and stored format.
//
// One layout serves all: BINDINGS_MAX storage buffers, from binding 0 up, and one block of push
// constants.  shaders.def lists the pipelines, and the build compiles its shaders.
#ifndef HEARTH_BACKEND_VULKAN_PIPELINES_H
#define HEARTH_BACKEND_VULKAN_PIPELINES_H

#include <stdbool.h>

#include "backend/vulkan/device.h"
#include "tensor/dtype.h"

enum op {
    OP_EMBED,
    OP_PRODUCT,      // one activation row a workgroup
    OP_PRODUCT_TILE, // PRODUCT_TILE_ROWS of them
    OP_STORE,
    OP_ATTEND,
    OP_NORM,
    OP_ROPE,
    OP_GATE,
    OP_COPY_ROWS,
    OP_CONV,
    OP_DELTA_RULE,
    OP_ROUTE,
    OP_GROUP,
    OP_COMBINE,
    OP_COUNT,
};

// Tile sizes that who dispatches must know; pipelines.c hands them to the shaders.
enum {
    ELEMENT_LANES = 64, // invocations of a workgroup where each is an element of a row
    PRODUCT_OUT_TILE = 4,
    PRODUCT_TILE_ROWS = 8,
    DELTA_LANES = 32,
    PUSH_SIZE_MAX = 128, // every device has as much
    ATTEND_HEAD_DIM_MAX = 256,
    ROUTE_USED_MAX = 64,
    GROUP_EXPERTS_MAX = 1024,
};

struct pipelines {
    const struct device *device;
    VkDescriptorSetLayout set_layout;
    VkPipelineLayout layout;
    VkPipeline pipelines[OP_COUNT][DTYPE_COUNT];
};

bool pipelines_support(enum op op, enum dtype dtype); // listed in shaders.def

// `delta_dim` is the width of a DeltaNet head, 0 in models without.
enum err pipelines_open(struct pipelines *pipelines, const struct device *device,
                        uint32_t delta_dim, struct error *error);
void pipelines_close(struct pipelines *pipelines);

#endif
