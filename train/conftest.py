"""What the tests share: a tiny vocabulary, a tiny random model, and the engine's program."""

import os
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)


@pytest.fixture(scope='session')
def tokenizer():
    from tasks.sample import training_texts
    from tokenizer import Tokenizer, train

    return Tokenizer(train(training_texts(60), 640))


@pytest.fixture(scope='session')
def model(tokenizer):
    import dataclasses
    import torch
    from model import Config, Ember

    torch.manual_seed(7)
    torch.set_num_threads(1)
    config = dataclasses.replace(
        Config.load(os.path.join(HERE, 'config.json'), 'tiny'), n_vocab=640
    )
    model = Ember(config).eval()
    with torch.no_grad():  # away from the neat values of the start
        for p in model.parameters():
            p += 0.1 * torch.randn_like(p) * (p.std() if p.numel() > 1 and p.std() > 0 else 1)
        model.token_embd.weight *= 10
    return model


@pytest.fixture(scope='session')
def hearth():
    """Runs the engine's program and returns its output; tests are skipped where it is not built."""
    path = os.environ.get('HEARTH') or os.path.join(HERE, '..', 'build', 'hearth')
    if not os.path.exists(path):
        pytest.skip('build/hearth is not built')

    def run(*args):
        done = subprocess.run(
            [path, *args],
            capture_output=True,
            text=True,
            errors='replace',
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope='session')
def files(model, tokenizer, tmp_path_factory):
    """The tiny model as files: {'f32': path, 'q8_0': path}."""
    from export import export

    folder = tmp_path_factory.mktemp('models')
    paths = {'f32': str(folder / 'f32.gguf'), 'q8_0': str(folder / 'q8_0.gguf')}
    for name, path in paths.items():
        export(model, tokenizer, path, in_f32=name == 'f32')
    return paths
