"""Training stops and goes on as if it had not stopped; what it wrote becomes a file."""

import json
import os
import re
import subprocess
import sys

import pytest
import torch

HERE = os.path.dirname(os.path.abspath(__file__))


def config_file(tokenizer, folder):
    with open(os.path.join(HERE, 'config.json'), encoding='utf-8') as file:
        configs = json.load(file)
    configs['tiny']['model']['n_vocab'] = len(tokenizer)
    for stage, steps in zip(configs['tiny']['stages'], (3, 3)):
        stage.update(steps=steps, row=512)
    path = folder / 'config.json'
    path.write_text(json.dumps(configs))
    return str(path)


def train(folder, configs, *more):
    command = [sys.executable, os.path.join(HERE, 'train.py'), '--config', 'tiny', '--workers', '0']
    command += ['--configs', configs, '--folder', str(folder), '--log-every', '1', *more]
    env = dict(os.environ, OMP_NUM_THREADS='1')
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def folders(tokenizer, tmp_path):
    out = []
    for name in ('whole', 'cut'):
        folder = tmp_path / name
        folder.mkdir()
        (folder / 'tokenizer.json').write_text(json.dumps(tokenizer.data), encoding='utf-8')
        out.append(folder)
    return out


def test_a_cut_run_ends_like_a_whole_one(tokenizer, folders, tmp_path):
    whole, cut = folders
    configs = config_file(tokenizer, tmp_path)
    train(whole, configs)
    train(cut, configs, '--stop-at', '2')
    assert 'going on at step 2' in train(cut, configs)
    models = [torch.load(f / 'checkpoint.pt', weights_only=True)['model'] for f in folders]
    for name, x in models[0].items():
        assert torch.allclose(x, models[1][name], atol=1e-6), name


def test_two_processes_make_one_run(tokenizer, folders, tmp_path):
    """Each has half of the rows; without the sums of gradients their models would part."""
    configs = config_file(tokenizer, tmp_path)
    command = [sys.executable, '-m', 'torch.distributed.run', '--nproc-per-node', '2']
    command += ['--standalone', os.path.join(HERE, 'train.py'), '--config', 'tiny']
    command += ['--configs', configs, '--folder', str(folders[0]), '--workers', '0']
    env = dict(os.environ, OMP_NUM_THREADS='1')
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr
    assert len(set(re.findall(r'model of .*', done.stdout))) == 1, done.stdout
    assert done.stdout.count('model of') == 2, done.stdout
    state = torch.load(folders[0] / 'checkpoint.pt', weights_only=True)
    assert state['step'] == 6 and state['n_tokens'] == 6 * 1024


def test_a_checkpoint_becomes_a_file(tokenizer, folders, tmp_path, hearth):
    folder, _ = folders
    train(folder, config_file(tokenizer, tmp_path))
    out = str(tmp_path / 'ember.gguf')
    command = [sys.executable, os.path.join(HERE, 'export.py'), '--folder', str(folder)]
    subprocess.run([*command, '--out', out], check=True)
    assert 'qwen35moe' in hearth('inspect', out)
