"""The sets are right: a task's own steps do it, nothing else does, and training shares nothing with it.

What fails is told by its number, not by its words: a set may be a blind examination.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TRAIN = os.path.join(HERE, '..', '..', 'train')
sys.path[:0] = [HERE, TRAIN]

import set_1  # noqa: E402
import set_2  # noqa: E402
from sets import PER_FAMILY, SETS, draw_tasks  # noqa: E402
from task import Task, files_in, holds, put_files  # noqa: E402

# Conversations of the trainer's generator that are drawn to be compared.
N_DRAWN = int(os.environ.get('DRAWS', 1500))


def every_task():
    for name in ('dev', '1', '2', 'dev-3'):
        for i, task in enumerate(draw_tasks(60, 1, name)):
            yield f'set {name}, task {i} ({task.family})', task


def answer_of(task):
    return ' '.join(['Here:', *task.says, *task.says_one_of[:1]])


def outcomes(task, files, answers):
    """What the check says of a folder and each answer."""
    with tempfile.TemporaryDirectory() as folder:
        put_files(folder, files)
        return [task.check(folder, answer) for answer in answers]


def outcome(task, files, answer):
    return outcomes(task, files, [answer])[0]


def do_as_told(task):
    """The task's own commands in its folder, and their output as the answer: the check's verdict."""
    with tempfile.TemporaryDirectory() as folder:
        put_files(folder, task.files)
        answer = subprocess.run(['sh', '-c', '\n'.join(task.does)], cwd=folder, text=True, check=True,
                                stdout=subprocess.PIPE).stdout
        return task.check(folder, answer)


class Checkers(unittest.TestCase):
    def test_a_tasks_own_steps_do_it(self):
        for name, task in every_task():
            with self.subTest(name):
                self.assertTrue(not do_as_told(task))

    def test_each_step_is_needed(self):
        for name, task in every_task():
            for i in range(len(task.does)):
                fewer = Task(**{**vars(task), 'does': task.does[:i]})
                with self.subTest(name, steps=i):
                    self.assertTrue(do_as_told(fewer))

    def test_the_right_folder_and_answer_pass_however_they_came_about(self):
        for name, task in every_task():
            files = task.wants
            with self.subTest(name):
                self.assertTrue(not outcome(task, files, answer_of(task)))
            with self.subTest(name + ', no end of line, as a tool that writes whole files leaves it'):
                files = {path: text.rstrip('\n') for path, text in files.items()}
                self.assertTrue(not outcome(task, files, answer_of(task)))

    def test_a_fact_counts_in_any_dress(self):
        dresses = ('It is {}.', 'It says "{}".', 'The result: `{}`', '**{}**', '- {}\n- done', "'{}',",
                   'I found it in ./{}: there', '/tmp/folder/{}', '{}:3:the line', 'Yes ({})!')
        for name, task in every_task():
            words = (*task.says, *task.says_one_of[:1])
            answers = [' and '.join(dress.format(word) for word in words).upper() for dress in dresses]
            for dress, wrong in zip(dresses, outcomes(task, task.wants, answers)):
                with self.subTest(name, dress=dress):
                    self.assertTrue(not wrong)

    def test_doing_nothing_fails(self):
        for name, task in every_task():
            answers = ['', 'Done.', task.prompt if task.files != task.wants else '']
            for i, wrong in enumerate(outcomes(task, task.files, answers)):
                with self.subTest(name, answer=i):
                    self.assertTrue(wrong)

    def test_a_wrong_folder_fails(self):
        for name, task in every_task():
            with self.subTest(name):
                wrong = dict(task.wants, stray='a file nobody asked for')
                self.assertTrue(outcome(task, wrong, answer_of(task)))
                for path in task.wants:
                    wrong = dict(task.wants)
                    wrong[path] = 'x' + wrong[path]
                    self.assertTrue(outcome(task, wrong, answer_of(task)))
                    del wrong[path]
                    self.assertTrue(outcome(task, wrong, answer_of(task)))

    def test_an_answer_without_the_fact_fails(self):
        for name, task in every_task():
            for word in task.says:
                with self.subTest(name):
                    answer = answer_of(task).replace(word, word[1:] + word[0] + '0')
                    self.assertTrue(outcome(task, task.wants, answer))

    def test_naming_every_file_is_no_search(self):
        for name, task in every_task():
            if task.family == 'search':
                with self.subTest(name):
                    self.assertTrue(outcome(task, task.wants, ' '.join(task.files)))

    def test_what_is_asked_to_be_replaced_is_there_once(self):
        for name, task in every_task():
            if task.family == 'replace':
                with self.subTest(name):
                    before, after = (sorted(files.items()) for files in (task.files, task.wants))
                    changed = [(b.split('\n'), a.split('\n')) for (_, b), (_, a) in zip(before, after)
                               if a != b]
                    self.assertEqual(len(changed), 1)
                    self.assertEqual(sum(b != a for b, a in zip(*changed[0])), 1)

    def test_a_value_inside_a_longer_one_does_not_count(self):
        for text, word, there in [
                ('it is 14123', '412', False), ('It is "412".', '412', True), ('412 ms', '412', True),
                ('412ms', '412', True), ('41,200 people', '41200', True), ('4.412', '412', False),
                ('412.5', '412', False), ('old-list.txt', 'list.txt', False),
                ('list.txt.bak', 'list.txt', False), ('It is in ./list.txt.', 'list.txt', True),
                ('I can\u2019t', "can't", True), ('the\n  words', 'the words', True)]:
            with self.subTest(text):
                self.assertEqual(holds(text, word), there)

    def test_files_are_found_in_folders(self):
        with tempfile.TemporaryDirectory() as folder:
            put_files(folder, {'a/b.txt': 'x\n', 'c': ''})
            self.assertEqual(files_in(folder), {'a/b.txt': 'x\n', 'c': ''})


class Draws(unittest.TestCase):
    def test_a_seed_draws_the_same_and_another_other_ones(self):
        for name in SETS:
            self.assertTrue(draw_tasks(60, 3, name) == draw_tasks(60, 3, name))
            self.assertTrue(draw_tasks(60, 3, name) != draw_tasks(60, 4, name))

    def test_families_are_drawn_alike(self):
        for name in SETS:
            found = [task.family for task in draw_tasks(60, 1, name)]
            self.assertEqual({found.count(family) for family in found}, {PER_FAMILY})


def forms_of(module):
    """The second set's phrasings, by name and number."""
    for name, value in vars(module).items():
        if name.isupper() and isinstance(value, list):
            for i, form in enumerate(value):
                yield f'{name} {i}', form


def plain(text):
    return ' '.join(re.sub(r'["\'`.,?!:*]', ' ', text.lower()).split())


def pattern_of(form):
    """Matches what a form makes of any values: names are a word, other values some words."""
    parts = re.split(r'(\{\w\})', plain(re.sub(r'(\{\w\})', r' \1 ', form)))
    return re.compile(''.join(
        r'\S+' if part in ('{n}', '{a}', '{b}', '{k}', '{f}') else
        r'\S+(?: \S+){0,4}' if part.startswith('{') else re.escape(part) for part in parts) + '$')


class Training(unittest.TestCase):
    """Phrasings and words must not occur in what the model is trained with."""

    def setUp(self):
        self.text = ''
        for path in glob.glob(os.path.join(TRAIN, 'tasks', '*.py')):
            with open(path) as file:
                self.text += file.read().lower()
        if not self.text:
            self.skipTest('train/tasks is not here')

    def test_words_are_not_in_training(self):
        known = set(re.findall(r'[a-z]+', self.text))
        words = (set_1.EVERYDAY + set_1.RARE + set_1.KEYS + set_2.STEMS + set_2.CONFIGS + set_2.FOLDERS +
                 set_2.THINGS + set_2.ADJECTIVES + set_2.GOODS + set_2.PEOPLE + set_2.CALLINGS +
                 set_2.VERBS + set_2.TOWNS)
        self.assertEqual([word for word in words if word.lower() in known], [])
        self.assertEqual([key for key in set_2.KEYS if re.search(rf'\b{key}\b', self.text)], [])

    def test_phrasings_are_not_in_training(self):
        def bare(text):
            return re.sub(r'[^a-z{} ]', '', re.sub(r'\{[^}]*\}', '{}', text.lower()))
        with open(os.path.join(HERE, 'set_1.py')) as file:
            own = re.findall(r"'([^'\n]*(?: |\?|!)[^'\n]*)'", file.read())
        training = bare(self.text)
        self.assertEqual([form for form in own if len(bare(form)) > 12 and bare(form) in training], [])
        self.assertEqual([name for name, form in forms_of(set_2)
                          if len(bare(form)) > 12 and bare(form) in training], [])

    def test_the_generator_does_not_draw_the_blind_sets_phrasings(self):
        from tasks.sample import sample  # the trainer's, in train/
        asked = {plain(message['content']): message['content']
                 for i in range(N_DRAWN) for message in sample('blind', i)['messages']
                 if message['role'] == 'user'}
        self.assertGreater(len(asked), N_DRAWN)
        for name, form in forms_of(set_2):
            with self.subTest(name):
                pattern = pattern_of(form)
                self.assertEqual([asked[text] for text in asked if pattern.match(text)][:1], [])


if __name__ == '__main__':
    unittest.main()
