"""A small job for a coding agent: what is asked, and how to see that it is done.

What counts is the folder afterwards and the facts in the last answer, not the way there and not the
words around them.
"""
import dataclasses
import os
import re


@dataclasses.dataclass
class Task:
    family: str
    prompt: str
    files: dict  # path -> text, before
    wants: dict  # path -> text, after; nothing else may be there
    says: tuple = ()  # each of these is in the answer,
    says_one_of: tuple = ()  # and one of these, where there are any
    keeps_silent_about: tuple = ()  # and none of these
    does: tuple = ()  # shell commands that do it, whose output is the answer; for the tests

    def check(self, folder, answer):
        """What is wrong, or ''."""
        found = files_in(folder)
        for path in sorted(set(found) | set(self.wants)):
            if path not in found:
                return f'no file {path}'
            if path not in self.wants:
                return f'{path} is there'
            # An end of line more or less at the end is nobody's mistake.
            if found[path].rstrip('\n') != self.wants[path].rstrip('\n'):
                return f'{path} holds {found[path]!r}'
        for word in self.says:
            if not holds(answer, word):
                return f'the answer lacks {word!r}'
        if self.says_one_of and not any(holds(answer, word) for word in self.says_one_of):
            return 'the answer is none of those hoped for'
        for word in self.keeps_silent_about:
            if holds(answer, word):
                return f'the answer has {word!r}'
        return ''


def holds(text, word):
    """Whether it is there as a word of its own, in any case.

    A name is not the end of a longer one (`list.txt` in `old-list.txt`), a number is not a part of
    another one, but may have its unit (`45s`) and its thousands set apart.  Kinds of space,
    apostrophes and marks of emphasis are a matter of taste.
    """
    text, word = plain(text), plain(word)
    after = r'(?!\d|[.,]\d)' if word.isdigit() else r'(?!\w|[-.]\w)'
    return re.search(r'(?<!\w)(?<!\w[-.])' + re.escape(word) + after, text, re.IGNORECASE) is not None


def plain(text):
    text = re.sub(r'(?<=\d),(?=\d{3}\b)', '', text.replace('\u2019', "'").replace('**', ''))
    return ' '.join(text.split())


def files_in(folder):
    found = {}
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != '.git']
        for name in names:
            path = os.path.join(where, name)
            with open(path, errors='replace') as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


def put_files(folder, files):
    for path, text in files.items():
        path = os.path.join(folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as file:
            file.write(text)


def text_of(lines):
    return '\n'.join(lines) + '\n'


# ---- what is hoped for where there is no fact to tell, and what no such answer is ----

GREETINGS = ('hello', 'hi', 'hey', 'welcome', 'greetings', 'help', 'nice', 'ready', 'glad', 'fine',
             'good morning', 'morning', 'good afternoon', 'afternoon', 'good evening', 'evening',
             'good day')
OF_ITSELF = ('Ember', 'model', 'assistant', 'agent', 'I can', 'I am', "I'm", 'yes')
REGRETS = ('cannot', "can't", 'can not', 'could not', "couldn't", 'beyond', 'unable', 'not able',
           'too much', 'too large', 'too big', 'too hard', 'too difficult', 'too complex', 'too small',
           'sorry', 'not possible', 'impossible', "don't know", 'do not know', 'no way', 'more than i',
           "won't", 'not something', 'out of my reach')
ERRORS = ('No such file', 'not found', 'Exit code', 'cannot access', "can't read", 'unexpected')
