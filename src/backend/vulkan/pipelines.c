#include "backend/vulkan/pipelines.h"
#include "base/memory.h"

#include <assert.h>

#include "shaders/all.inc" // generated: shader_NAME_FORMAT[], SPIR-V words

// clang-format off
static const struct listed {
    enum op op;
    enum dtype dtype;
    const uint32_t *words;
    size_t size;
} listed[] = {
#define PIPELINE(op, shader, format)                                                               \
    {op, DTYPE_##format, shader_##shader##_##format, sizeof shader_##shader##_##format},
#include "backend/vulkan/shaders.def"
#undef PIPELINE
};
// clang-format on

enum {
    CONSTANTS_MAX = 3,
    NORM_LANES = 128,
    PRODUCT_LANES = 32,
    ROUTE_LANES = 64,
    GROUP_LANES = 128
};

// Specialization constants of an operation, by their ids in the shader.
static void list_constants(enum op op, uint32_t delta_dim, uint32_t constants[CONSTANTS_MAX])
{
    constants[0] = ELEMENT_LANES;
    constants[1] = constants[2] = 1;
    switch (op) {
    case OP_PRODUCT:
    case OP_PRODUCT_TILE:
        constants[0] = PRODUCT_LANES;
        constants[1] = PRODUCT_OUT_TILE;
        constants[2] = op == OP_PRODUCT ? 1 : PRODUCT_TILE_ROWS;
        break;
    case OP_NORM:
        constants[0] = NORM_LANES;
        break;
    case OP_DELTA_RULE:
        constants[0] = DELTA_LANES;
        constants[1] = delta_dim;
        break;
    case OP_ROUTE:
        constants[0] = ROUTE_LANES;
        break;
    case OP_GROUP:
        constants[0] = GROUP_LANES;
        constants[1] = GROUP_EXPERTS_MAX;
        break;
    default:
        break;
    }
}

static VkResult open_layout(struct pipelines *p)
{
    VkDescriptorSetLayoutBinding bindings[BINDINGS_MAX];
    for (uint32_t i = 0; i < BINDINGS_MAX; i++)
        bindings[i] = (VkDescriptorSetLayoutBinding){
            .binding = i,
            .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
            .descriptorCount = 1,
            .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
        };
    VkDescriptorSetLayoutCreateInfo set_info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = BINDINGS_MAX,
        .pBindings = bindings,
    };
    VkResult result =
        vkCreateDescriptorSetLayout(p->device->logical, &set_info, NULL, &p->set_layout);
    if (result != VK_SUCCESS)
        return result;
    VkPushConstantRange push = {VK_SHADER_STAGE_COMPUTE_BIT, 0, PUSH_SIZE_MAX};
    VkPipelineLayoutCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount = 1,
        .pSetLayouts = &p->set_layout,
        .pushConstantRangeCount = 1,
        .pPushConstantRanges = &push,
    };
    return vkCreatePipelineLayout(p->device->logical, &info, NULL, &p->layout);
}

static VkResult open_pipeline(struct pipelines *p, const struct listed *row, uint32_t delta_dim)
{
    VkShaderModuleCreateInfo module_info = {
        .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
        .codeSize = row->size,
        .pCode = row->words,
    };
    VkShaderModule module;
    VkResult result = vkCreateShaderModule(p->device->logical, &module_info, NULL, &module);
    if (result != VK_SUCCESS)
        return result;
    uint32_t constants[CONSTANTS_MAX];
    VkSpecializationMapEntry entries[CONSTANTS_MAX];
    list_constants(row->op, delta_dim, constants);
    for (uint32_t i = 0; i < CONSTANTS_MAX; i++)
        entries[i] = (VkSpecializationMapEntry){i, i * sizeof(uint32_t), sizeof(uint32_t)};
    VkSpecializationInfo specialization = {CONSTANTS_MAX, entries, sizeof constants, constants};
    VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .layout = p->layout,
        .stage =
            {
                .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                .module = module,
                .pName = "main",
                .pSpecializationInfo = &specialization,
            },
    };
    result = vkCreateComputePipelines(p->device->logical, VK_NULL_HANDLE, 1, &info, NULL,
                                      &p->pipelines[row->op][row->dtype]);
    vkDestroyShaderModule(p->device->logical, module, NULL);
    return result;
}

bool pipelines_support(enum op op, enum dtype dtype)
{
    for (size_t i = 0; i < COUNT_OF(listed); i++)
        if (listed[i].op == op && listed[i].dtype == dtype)
            return true;
    return false;
}

enum err pipelines_open(struct pipelines *p, const struct device *device, uint32_t delta_dim,
                        struct error *error)
{
    *p = (struct pipelines){.device = device};
    VkResult result = open_layout(p);
    for (size_t i = 0; i < COUNT_OF(listed) && result == VK_SUCCESS; i++)
        if (listed[i].op != OP_DELTA_RULE || delta_dim)
            result = open_pipeline(p, &listed[i], delta_dim);
    if (result == VK_SUCCESS)
        return OK;
    pipelines_close(p);
    return device_fail(result, "compile a shader", error);
}

void pipelines_close(struct pipelines *p)
{
    if (!p->device)
        return;
    for (size_t i = 0; i < COUNT_OF(listed); i++)
        vkDestroyPipeline(p->device->logical, p->pipelines[listed[i].op][listed[i].dtype], NULL);
    vkDestroyPipelineLayout(p->device->logical, p->layout, NULL);
    vkDestroyDescriptorSetLayout(p->device->logical, p->set_layout, NULL);
    *p = (struct pipelines){0};
}
