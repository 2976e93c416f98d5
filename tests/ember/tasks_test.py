"""The tasks' checkers can fail, and the tasks share nothing with the training data."""
import glob
import os
import re
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import tasks  # noqa: E402

TRAINING = os.path.join(HERE, '..', '..', 'train', 'tasks', '*.py')


def answer_of(task):
    return ' '.join(['Here:', *task.says, *task.says_one_of[:1]])


def every_task():
    for split in tasks.SPLITS:
        for words in tasks.WORDS:
            yield from tasks.draw_tasks(60, 1, split, words)


class Checkers(unittest.TestCase):
    def outcome(self, task, files, answer):
        with tempfile.TemporaryDirectory() as folder:
            tasks.put_files(folder, files)
            return task.check(folder, answer)

    def test_the_right_folder_and_answer_pass(self):
        for task in every_task():
            with self.subTest(task.prompt):
                self.assertEqual(self.outcome(task, task.wants, answer_of(task)), '')

    def test_doing_nothing_and_saying_nothing_fails(self):
        for task in every_task():
            with self.subTest(task.prompt):
                self.assertNotEqual(self.outcome(task, task.files, ''), '')

    def test_a_wrong_folder_fails(self):
        for task in every_task():
            with self.subTest(task.prompt):
                wrong = dict(task.wants, stray='a file nobody asked for')
                self.assertNotEqual(self.outcome(task, wrong, answer_of(task)), '')
                for path in task.wants:
                    wrong = dict(task.wants)
                    wrong[path] = 'x' + wrong[path]
                    self.assertNotEqual(self.outcome(task, wrong, answer_of(task)), '')
                    del wrong[path]
                    self.assertNotEqual(self.outcome(task, wrong, answer_of(task)), '')

    def test_an_answer_without_the_fact_fails(self):
        for task in every_task():
            for word in task.says:
                with self.subTest(task.prompt):
                    answer = answer_of(task).replace(word, word[1:] + word[0] + '0')
                    self.assertNotEqual(self.outcome(task, task.wants, answer), '')

    def test_naming_every_file_is_no_search(self):
        for task in every_task():
            if task.family == 'search':
                answer = ' '.join(task.files)
                self.assertNotEqual(self.outcome(task, task.wants, answer), '')

    def test_a_value_inside_a_longer_one_does_not_count(self):
        self.assertFalse(tasks.holds('it is 14123', '412'))
        self.assertTrue(tasks.holds('It is "412".', '412'))


class Draws(unittest.TestCase):
    def test_a_seed_draws_the_same_and_another_other_ones(self):
        self.assertEqual(tasks.draw_tasks(60, 3, 'dev'), tasks.draw_tasks(60, 3, 'dev'))
        self.assertNotEqual(tasks.draw_tasks(60, 3, 'dev'), tasks.draw_tasks(60, 4, 'dev'))

    def test_families_are_drawn_alike(self):
        found = [task.family for task in tasks.draw_tasks(60, 1, 'held-out')]
        self.assertEqual({found.count(name) for name in found}, {tasks.PER_FAMILY})


class Training(unittest.TestCase):
    """Phrasings and words must not occur in what the model is trained with."""

    def setUp(self):
        self.text = ''
        for path in glob.glob(TRAINING):
            with open(path) as file:
                self.text += file.read()
        if not self.text:
            self.skipTest('train/tasks is not here')

    def test_words_are_not_in_training(self):
        known = set(re.findall(r'[a-z]+', self.text.lower()))
        self.assertEqual([w for w in tasks.EVERYDAY + tasks.RARE + tasks.KEYS if w in known], [])

    def test_phrasings_are_not_in_training(self):
        def plain(text):
            return re.sub(r'[^a-z{} ]', '', re.sub(r'\{[^}]*\}', '{}', text.lower()))
        with open(os.path.join(HERE, 'tasks.py')) as file:
            own = re.findall(r"'([^'\n]*(?: |\?|!)[^'\n]*)'", file.read())
        training = plain(self.text)
        same = [text for text in own if len(plain(text)) > 12 and plain(text) in training]
        self.assertEqual(same, [])


if __name__ == '__main__':
    unittest.main()
