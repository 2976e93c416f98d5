"""From a checkpoint to the GGUF file: python3 export.py --folder build/train/ember --out
models/ember.gguf

Matrices become Q8_0 where their rows are whole blocks of 32 (--f32 keeps all exact, for
comparisons); norms, the router, the convolution and what the recurrence needs stay F32.
"""

import argparse
import os

import torch

import gguf
from model import Config, Ember
from tokenizer import Tokenizer

SIZE_MAX = 24_000_000
ARCH = 'qwen35moe'
SUFFIXED = {'ssm_dt': 'ssm_dt.bias', 'a_log': 'ssm_a'}
# The router decides between experts and costs little: exact, as in published files.
ALWAYS_F32 = ('ffn_gate_inp.', 'ffn_gate_inp_shexp', 'ssm_conv1d', 'ssm_dt', 'ssm_a', 'norm')


def tensor_name(parameter):
    """blk.3.mix.attn_q.weight -> blk.3.attn_q.weight; bare parameters get .weight unless
    suffixed.
    """
    parts = [part for part in parameter.split('.') if part not in ('mix', 'ffn')]
    if parts[-1] in SUFFIXED:
        parts[-1] = SUFFIXED[parts[-1]]
    elif parts[-1] != 'weight':
        parts.append('weight')
    return '.'.join(parts)


def tensors(model):
    for parameter, x in model.state_dict().items():
        x = x.detach().float().cpu()
        if parameter.endswith('a_log'):
            x = -x.exp()
        if 'ffn_gate_inp_shexp' in parameter:
            x = x.flatten()
        yield tensor_name(parameter), x.numpy()


def put_model(writer, c, name):
    writer.put('general.architecture', gguf.STRING, ARCH)
    writer.put('general.type', gguf.STRING, 'model')
    writer.put('general.name', gguf.STRING, name)
    writer.put(
        'general.description', gguf.STRING, 'A very small model for simple coding-agent tasks.'
    )
    writer.put('general.file_type', gguf.U32, 7)  # mostly Q8_0
    numbers = {
        'block_count': c.n_layers,
        'context_length': c.n_context,
        'embedding_length': c.n_model,
        'attention.head_count': c.n_heads,
        'attention.head_count_kv': c.n_kv_heads,
        'attention.key_length': c.head_dim,
        'attention.value_length': c.head_dim,
        'rope.dimension_count': c.rope_dims,
        'full_attention_interval': c.interval,
        'expert_count': c.n_experts,
        'expert_used_count': c.n_experts_used,
        'expert_feed_forward_length': c.n_ff_expert,
        'expert_shared_feed_forward_length': c.n_ff_shared,
        'ssm.conv_kernel': c.conv,
        'ssm.state_size': c.state,
        'ssm.group_count': c.k_heads,
        'ssm.time_step_rank': c.v_heads,
        'ssm.inner_size': c.v_heads * c.state,
    }
    for key, number in numbers.items():
        writer.put(f'{ARCH}.{key}', gguf.U32, number)
    writer.put(f'{ARCH}.attention.layer_norm_rms_epsilon', gguf.F32, c.eps)
    writer.put(f'{ARCH}.rope.freq_base', gguf.F32, c.rope_theta)
    # All position streams are equal for text; the shares only have to add up.
    pairs = c.rope_dims // 2
    third = pairs // 3
    writer.put_array(
        f'{ARCH}.rope.dimension_sections', gguf.I32, [pairs - 2 * third, third, third, 0]
    )
    # Greedy: what it was trained for.
    writer.put('general.sampling.temp', gguf.F32, 0.0)
    writer.put('general.sampling.top_k', gguf.I32, 1)
    writer.put('general.sampling.top_p', gguf.F32, 1.0)
    writer.put('general.sampling.penalty_repeat', gguf.F32, 1.0)


def put_tokenizer(writer, tokenizer, template):
    writer.put('tokenizer.ggml.model', gguf.STRING, 'gpt2')
    writer.put('tokenizer.ggml.pre', gguf.STRING, 'qwen35')
    writer.put_array('tokenizer.ggml.tokens', gguf.STRING, tokenizer.tokens)
    writer.put_array('tokenizer.ggml.token_type', gguf.I32, tokenizer.data['kinds'])
    writer.put_array('tokenizer.ggml.merges', gguf.STRING, tokenizer.data['merges'])
    writer.put('tokenizer.ggml.eos_token_id', gguf.U32, tokenizer.end)
    writer.put('tokenizer.ggml.padding_token_id', gguf.U32, tokenizer.ids['<|endoftext|>'])
    writer.put('tokenizer.ggml.add_bos_token', gguf.BOOL, False)
    writer.put('tokenizer.chat_template', gguf.STRING, template)


def export(model, tokenizer, path, in_f32=False, name='Ember'):
    """Returns the file's size."""
    writer = gguf.Writer()
    put_model(writer, model.c, name)
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, 'ember.jinja'), encoding='utf-8') as file:
        put_tokenizer(writer, tokenizer, file.read())
    for tensor, array in tensors(model):
        is_exact = (
            in_f32
            or array.ndim < 2
            or array.shape[-1] % 32
            or any(part in tensor for part in ALWAYS_F32)
        )
        writer.add(tensor, array, as_q8_0=not is_exact)
    return writer.save(path)


def load(folder):
    state = torch.load(os.path.join(folder, 'checkpoint.pt'), map_location='cpu', weights_only=True)
    model = Ember(Config(**state['config']['model']))
    model.load_state_dict(state['model'])
    return model.eval(), Tokenizer.load(os.path.join(folder, 'tokenizer.json'))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--folder', required=True)
    parser.add_argument('--out', required=True)
    parser.add_argument('--f32', action='store_true')
    o = parser.parse_args()
    size = export(*load(o.folder), o.out + '.new', o.f32)
    if size > SIZE_MAX and not o.f32:
        raise SystemExit(f'{o.out}.new has {size} bytes, more than {SIZE_MAX}')
    os.replace(o.out + '.new', o.out)
    print(f'{o.out}: {size} bytes')


if __name__ == '__main__':
    main()
