"""Sixty small jobs for a coding agent, as developers put them: short and direct.

A blind examination: who makes the model, its training data or its generator does not read this file,
nor what it draws (tests/ember/run.py keeps requests of this set to itself unless told --show).
Neither the forms nor the words were taken from the training data, and nobody looked there to
write them; tasks_test.py compares both.

Within a family no form comes twice in the first sixty tasks.
"""
import random
import shlex

from task import ERRORS, GREETINGS, OF_ITSELF, REGRETS, Task, text_of

STEMS = (
    'errands packing agenda roster standup backlog ideas recipes inventory members attendees contacts '
    'volunteers playlist bookmarks glossary roadmap expenses suppliers shipping prices catalog timetable '
    'itinerary feedback checklist onboarding handbook overview memo speech groceries plants birds trips '
    'workouts meals menu rooms countries staff rota shifts holidays milestones films albums jokes '
    'wishlist donors speakers venues vendors customers payments receipts rent sensors printers').split()
CONFIGS = ('router scanner warehouse festival hotel office studio invoice release booking conference '
           'clinic library printer theatre').split()
FOLDERS = 'drafts contracts lessons offers handouts reviews'.split()
THINGS = (
    'router scanner keyboard headset charger adapter laptop tablet cactus invoice contract lease parcel '
    'brakes helmet raincoat tent stove compass rug pan bowl mug jar basket gutter hedge bench shed barn '
    'bookcase doormat lampshade').split()
ADJECTIVES = ('cheap broken spare leaky dusty rusty sturdy wooden woollen heavy narrow overdue monthly '
              'annual crooked').split()
GOODS = ('ferns tulips roses tomatoes peppers onions apples lemons grapes noodles oats stamps '
         'pears olives walnuts almonds mushrooms cherries plums crayons').split()
PEOPLE = ('Nadia Bruno Ines Hugo Petra Dora Emil Greta Hanna Jonas Karin Leon Nils Olga Stefan '
          'Ulla').split()
CALLINGS = ('dentist plumber electrician carpenter gardener landlord lawyer accountant designer '
            'librarian tailor butcher optician surveyor courier notary translator '
            'photographer chef florist').split()
VERBS = 'sweep polish mend borrow renew collect deliver wrap unpack repair varnish'.split()
VISITS = 'phone invite remind visit'.split()
TOWNS = 'Porto Lyon Ghent Turin Bergen Graz Malmo Seville Basel Krakow'.split()

# What a key may have as its value.
KEYS = {
    'threshold': 'number', 'capacity': 'number', 'altitude': 'number', 'humidity': 'number',
    'voltage': 'number', 'pressure': 'number', 'max_guests': 'number', 'page_size': 'number',
    'speaker': 'person', 'sponsor': 'person', 'supplier': 'person', 'editor': 'person',
    'publisher': 'person', 'venue': 'town', 'birthplace': 'town', 'destination': 'town',
    'checkout_time': 'time', 'arrival': 'time', 'departure': 'time', 'boarding_time': 'time',
}


class Draw:
    """What a task is made of; nothing comes twice."""

    def __init__(self, i, seed):
        self.i, self.seed = i, seed
        self.rng = random.Random(f'second {seed} {i}')
        self.used = set()

    def one_of(self, words):
        word = self.rng.choice([word for word in words if word not in self.used])
        self.used.add(word)
        return word

    def some(self, make, low, high):
        return [make() for _ in range(self.rng.randint(low, high))]

    def name(self, extensions=('txt', 'md')):
        return f'{self.one_of(STEMS)}.{self.rng.choice(extensions)}'

    def number(self):
        return self.one_of([str(n) for n in range(13, 990)])

    def line(self):
        """Some words, as they stand in a list of things to do or to buy."""
        kind = self.rng.randrange(5)
        if kind == 0:
            return f'{self.rng.choice(VERBS)} the {self.rng.choice(ADJECTIVES)} {self.one_of(THINGS)}'
        if kind == 1:
            return f'{self.rng.choice(VERBS)} the {self.one_of(THINGS)}'
        if kind == 2:
            return f'{self.rng.choice(VISITS)} the {self.one_of(CALLINGS)}'
        if kind == 3:
            return f'{self.one_of(THINGS)} for {self.one_of(PEOPLE)}'
        return f'{self.number()} {self.one_of(GOODS)}'

    def lines(self, low, high):
        return self.some(self.line, low, high)

    def value(self, kind):
        if kind == 'number':
            return self.number()
        if kind == 'time':
            return f'{self.rng.randint(10, 22)}:{self.rng.randint(10, 59)}'
        return self.one_of(PEOPLE if kind == 'person' else TOWNS)

    def settings(self):
        """A name, its lines, and which of them is meant: (key, sign, value)."""
        name = f'{self.one_of(CONFIGS)}.{self.rng.choice(("conf", "ini", "yml"))}'
        sign = ': ' if name.endswith('yml') else self.rng.choice((' = ', '='))
        keys = [self.one_of(KEYS) for _ in range(self.rng.randint(3, 5))]
        rows = [(key, sign, self.value(KEYS[key])) for key in keys]
        return name, [''.join(row) for row in rows], self.rng.choice(rows)

    def others(self, low, high):
        return {self.name(): text_of(self.lines(1, 3)) for _ in range(self.rng.randint(low, high))}

    def say(self, forms, turn, **values):
        """Form `turn` in an order that the seed shuffles."""
        order = random.Random(f'{self.seed} {forms[0]}').sample(forms, len(forms))
        return order[turn % len(order)].format(**values)


def write(path, lines, sign='>'):
    return f'printf "%s\\n" {" ".join(shlex.quote(line) for line in lines)} {sign} {path}'


def change(path, old, new):
    return f'sed -i {shlex.quote(f"s|{old}|{new}|")} {path}'


# ---- the families; `i` is 0 to 5 and chooses between kinds ----

CREATE_LINE = [
    'Make a file named {n} that says "{t}"',
    'create {n} with the line "{t}"',
    'Can you make {n} with "{t}" in it?',
    'Save the text "{t}" to {n}.',
    'I need a file called {n} with the text "{t}" in it.',
    'Add a new file {n} with this content: {t}',
    '{n} does not exist yet. Create it, it should contain "{t}".',
    'please create {n}, content: {t}',
]
CREATE_LINES = [
    'Create {n} with these lines:\n{t}',
    'I want a new file {n} with exactly this in it:\n\n{t}',
    'Make {n} with the following content:\n{t}',
    'write this to {n}:\n{t}',
]


def create(d, i):
    name = d.name() if i != 3 else f'{d.one_of(FOLDERS)}/{d.name()}'
    if i % 3 == 2:
        lines = d.lines(2, 3)
        prompt = d.say(CREATE_LINES, i // 3, n=name, t='\n'.join(lines))
    else:
        lines = d.lines(1, 1)
        prompt = d.say(CREATE_LINE, i, n=name, t=lines[0])
    files = d.others(0, 2)
    folder = (f'mkdir -p {name.split("/")[0]}',) if '/' in name else ()
    return Task('create', prompt, files, {**files, name: text_of(lines)},
                does=(*folder, write(name, lines)))


REPORT_KEY = [
    "What's the {k} in {n}?",
    'Read {n} and tell me the {k}.',
    'What does {n} say about the {k}?',
    'Can you look up the {k} in {n}?',
    'I forgot the {k}, it should be in {n}. What is it?',
    'Check {n}. What {k} do we have there?',
    '{n} has a {k}. Tell me what it is.',
]
REPORT_ALL = ['Can you show me the text in {n}?', 'Show me what is in {n}.', 'print {n}',
              "What's in {n}?"]
REPORT_LINE = ["What's the first line of {n}?", 'Tell me the first line in {n}.',
               'Which line comes first in {n}?']


def report(d, i):
    if i == 2:
        name, lines = d.name(), d.lines(1, 3)
        files = {name: text_of(lines), **d.others(0, 2)}
        return Task('report', d.say(REPORT_ALL, i // 3, n=name), files, files, says=tuple(lines),
                    does=(f'cat {name}',))
    if i == 5:
        name, lines = d.name(), d.lines(2, 4)
        files = {name: text_of(lines), **d.others(0, 2)}
        return Task('report', d.say(REPORT_LINE, i // 3, n=name), files, files, says=(lines[0],),
                    does=(f'head -n 1 {name}',))
    name, lines, (key, _, value) = d.settings()
    files = {name: text_of(lines), **d.others(0, 2)}
    return Task('report', d.say(REPORT_KEY, i, n=name, k=key), files, files, says=(value,),
                does=(f'grep {key} {name}',))


REPLACE_WORD = [
    'Replace {o} by {w} in the file {n}.',
    'Change {o} into {w} in {n}, please.',
    'There is a mistake in {n}: it says {o} instead of {w}. Please fix it.',
    'Edit {n} so that it says {w} instead of {o}.',
    '"{o}" in {n} should be "{w}", please fix.',
    'update {n}: use {w} in place of {o}',
]
REPLACE_VALUE = [
    'Set the {k} in {n} to {w}.',
    'change the {k} to {w} in {n}',
    'The {k} in {n} should be {w}, not {o}.',
    'Update the {k} in {n}. It is {w} now.',
]
REPLACE_LINE = [
    'Replace the line "{o}" in {n} with "{w}".',
    'In {n}, "{o}" should now read "{w}".',
    'change the line "{o}" in {n} to "{w}"',
]


def replace(d, i):
    if i % 3 == 1:
        name, lines, (key, sign, old) = d.settings()
        new = d.value(KEYS[key])
        prompt = d.say(REPLACE_VALUE, i // 3, n=name, k=key, o=old, w=new)
        old, new = key + sign + old, key + sign + new
    elif i % 3 == 2:
        name, lines = d.name(), d.lines(2, 4)
        old, new = d.rng.choice(lines), d.line()
        prompt = d.say(REPLACE_LINE, i // 3, n=name, o=old, w=new)
    else:
        name, lines = d.name(), d.lines(1, 4)
        old, new = (d.one_of(GOODS if i else PEOPLE) for _ in range(2))
        line = f'{d.number()} {old}' if i else f'{d.one_of(THINGS)} for {old}'
        lines.insert(d.rng.randint(0, len(lines)), line)
        prompt = d.say(REPLACE_WORD, i // 3, n=name, o=old, w=new)
    others, text = d.others(0, 1), text_of(lines)
    assert text.count(old) == 1, f'{old} may be understood in two ways'
    return Task('replace', prompt, {name: text, **others}, {name: text.replace(old, new), **others},
                does=(change(name, old, new),))


APPEND = [
    'Append a line "{w}" to {n}.',
    'Add "{w}" at the bottom of {n}.',
    'add a line to the end of {n}: {w}',
    '{n} needs one more entry at the end: {w}',
    'Put "{w}" on a new line at the end of {n}.',
    'Can you add "{w}" to the end of {n}?',
    'Another line for {n}, after the last one: "{w}"',
]
APPEND_LINES = [
    'Add these two lines to the end of {n}:\n{w}',
    'Append this to {n}:\n{w}',
]


def append(d, i):
    name, lines, new = d.name(), d.lines(1, 4), d.lines(1, 1) if i != 4 else d.lines(2, 2)
    prompt = d.say(APPEND if i != 4 else APPEND_LINES, i, n=name, w='\n'.join(new))
    others = d.others(0, 1)
    return Task('append', prompt, {name: text_of(lines), **others},
                {name: text_of(lines + new), **others}, does=(write(name, new, '>>'),))


LIST = [
    'List this directory.',
    'What files do I have in this directory?',
    'Show me the names of all files in this folder.',
    'show all files in the current folder',
    'What files have we got here?',
    'Tell me the names of the files here.',
    'tell me which files exist here',
]
LIST_FOLDER = ['What files are in the {f} folder?', 'List all files inside {f}.',
               'Show me what is in the folder {f}.']


def list_files(d, i):
    if i % 3 == 2:
        folder = d.one_of(FOLDERS)
        inside = d.some(d.name, 2, 4)
        files = {f'{folder}/{name}': text_of(d.lines(1, 2)) for name in inside}
        return Task('list', d.say(LIST_FOLDER, i // 3, f=folder), {**files, **d.others(1, 2)},
                    {}, says=tuple(inside), does=(f'ls {folder}',))
    files = d.others(2, 5)
    return Task('list', d.say(LIST, i), files, {}, says=tuple(files), does=('ls',))


SEARCH = [
    'Which of these files mentions {w}?',
    'Find the file with the word {w} in it.',
    'Where does {w} appear? I need the file name.',
    'In which file do I find "{w}"?',
    'Search the files here for "{w}" and tell me where it is.',
    'Does any file here contain {w}? Which one?',
    'Find out which file has {w} in it.',
    'grep for {w} and tell me which file has it',
]


def search(d, i):
    files = {d.name(): d.lines(2, 4) for _ in range(d.rng.randint(3, 5))}
    word = d.one_of(PEOPLE + CALLINGS)
    name = d.rng.choice(list(files))
    line = f'{d.one_of(THINGS)} for {word}' if word in PEOPLE else f'{d.rng.choice(VISITS)} the {word}'
    files[name].insert(d.rng.randint(0, len(files[name])), line)
    files = {path: text_of(lines) for path, lines in files.items()}
    return Task('search', d.say(SEARCH, i, w=word), files, {}, says=(name,),
                keeps_silent_about=tuple(other for other in files if other != name),
                does=(f'grep -rn {word} .',))


COMMAND = [
    'Run `{r}` for me. What is the output?',
    'Run {r} and show me the result.',
    'I want to see what `{r}` prints.',
    'Execute `{r}`. What do you get?',
    'Can you run `{r}` and give me the output?',
    'run {r} please, what does it say?',
    'What does `{r}` print here?',
]


def command(d, i):
    others = d.others(0, 2)
    if i % 3 == 0:
        name = d.name(('sh',))
        text, says = f'{d.one_of(GOODS)} {d.number()}', ()
        text, files = f'{text} from {d.one_of(TOWNS)}', None
        files, run, says = {name: f'echo "{text}"\n'}, f'sh {name}', (text,)
    elif i == 1:
        a, b = d.rng.randint(13, 98), d.rng.randint(13, 98)
        files, run, says = {}, f'expr {a} + {b}', (str(a + b),)
    elif i == 2:
        name, lines = d.name(), d.lines(3, 6)
        files, run, says = {name: text_of(lines)}, f'wc -l {name}', (str(len(lines)),)
    elif i == 4:
        name, lines = d.name(), d.lines(4, 6)
        files, run, says = {name: text_of(lines)}, f'head -n 2 {name}', tuple(lines[:2])
    else:
        name, names = d.name(), [d.one_of(PEOPLE) for _ in range(4)]
        files, run, says = {name: text_of(names)}, f'sort {name} | head -n 1', (min(names),)
    files.update(others)
    return Task('command', d.say(COMMAND, i, r=run), files, {}, says=says, does=(run,))


STEPS_MAKE_TWO = [
    'Create {a} with the text "{t}" and {b} with the text "{u}".',
    'Make two files: {a} containing "{t}" and {b} containing "{u}".',
]
STEPS_CHANGE_SHOW = [
    'Change {o} to {w} in {a} and show me the file.',
    'Replace {o} with {w} in {a}. Then print the file.',
]
STEPS_COPY_ADD = [
    'Copy {a} to {b} and add the line "{t}" to {b}.',
    'Make a copy of {a} called {b}, then append "{t}" to the copy.',
]
STEPS_MAKE_RUN = [
    'Create {a} with the single line `echo {t}`, run it with sh and tell me the output.',
    'Put just "echo {t}" into a file {a}. Then run it with sh and show me what it prints.',
]
STEPS_FIND_CHANGE = [
    'Find the file that mentions {o} and replace {o} with {w} in it.',
    'One of the files here contains {o}. Find it and change that to {w}.',
]
STEPS_THREE = [
    'Create {a} with the text "{t}", append the line "{u}" and then show me the file.',
    'First create {a} with "{t}" in it, then add "{u}" as a second line, and finally print {a}.',
]


def steps(d, i):
    a, b, t, u = d.name(), d.name(), d.line(), d.line()
    if i == 0:
        return Task('steps', d.say(STEPS_MAKE_TWO, 0, a=a, b=b, t=t, u=u), {},
                    {a: text_of([t]), b: text_of([u])}, does=(write(a, [t]), write(b, [u])))
    if i == 1:
        old, new = d.one_of(PEOPLE), d.one_of(PEOPLE)
        lines = [*d.lines(0, 2), f'{d.one_of(THINGS)} for {old}']
        text = text_of(lines)
        return Task('steps', d.say(STEPS_CHANGE_SHOW, 0, a=a, o=old, w=new), {a: text},
                    {a: text.replace(old, new)}, says=(lines[-1].replace(old, new),),
                    does=(change(a, old, new), f'cat {a}'))
    if i == 2:
        lines = d.lines(1, 2)
        return Task('steps', d.say(STEPS_COPY_ADD, 0, a=a, b=b, t=t), {a: text_of(lines)},
                    {a: text_of(lines), b: text_of([*lines, t])},
                    does=(f'cp {a} {b}', write(b, [t], '>>')))
    if i == 3:
        a = d.name(('sh',))
        text = f'{d.one_of(GOODS)} from {d.one_of(TOWNS)}'
        return Task('steps', d.say(STEPS_MAKE_RUN, 0, a=a, t=text), {}, {a: f'echo {text}\n'},
                    says=(text,), does=(write(a, [f'echo {text}']), f'sh {a}'))
    if i == 4:
        files, (old, new) = d.others(2, 3), (d.one_of(PEOPLE), d.one_of(PEOPLE))
        files[a] = text_of([t, f'{d.one_of(THINGS)} for {old}'])
        files = {path: files[path] for path in sorted(files)}
        return Task('steps', d.say(STEPS_FIND_CHANGE, 0, o=old, w=new), files,
                    {**files, a: files[a].replace(old, new)},
                    does=(f'grep -rn {old} .', change(a, old, new)))
    return Task('steps', d.say(STEPS_THREE, 0, a=a, t=t, u=u), {}, {a: text_of([t, u])}, says=(t, u),
                does=(write(a, [t]), write(a, [u], '>>'), f'cat {a}'))


GREET = ['hello hello', 'Good day!', 'Good afternoon', 'hello, are you there?', 'Hi, good to see you.',
         'morning!']
ITSELF = ['Do you have a name?', 'What kind of assistant is this?', 'Are you a language model?',
          'What are you able to do?', 'Which model is this?', 'What sort of tasks can I give you?']


def talk(d, i):
    files = d.others(1, 2)
    if i % 2:
        return Task('talk', d.say(ITSELF, i // 2), files, {}, says_one_of=OF_ITSELF,
                    keeps_silent_about=ERRORS, does=('echo I am Ember, a small model.',))
    return Task('talk', d.say(GREET, i // 2), files, {}, says_one_of=GREETINGS,
                keeps_silent_about=ERRORS, does=('echo Hello.',))


BEYOND = [
    'Write a C++ compiler.',
    'Prove the Riemann hypothesis.',
    'Who will win the next election?',
    'Call my dentist and move the appointment to Monday.',
    'Transfer 200 euros to my landlord.',
    'Build a clone of Photoshop.',
    'Send an email to the whole team.',
    'What is the traffic like in Porto right now?',
    'Write a chess engine that beats grandmasters.',
    'Compose an opera in three acts.',
    'Train a neural network that drives a car.',
    'Book a flight to Lyon for Friday.',
]


def beyond(d, i):
    return Task('beyond', d.say(BEYOND, i), d.others(1, 2), {}, says_one_of=REGRETS,
                keeps_silent_about=ERRORS, does=('echo That is beyond me.',))


FAMILIES = (create, report, replace, append, list_files, search, command, steps, talk, beyond)


def draw(i, seed):
    """Task i: families in turn."""
    family = FAMILIES[i % len(FAMILIES)]
    task = family(Draw(i, seed), i // len(FAMILIES))
    if not task.wants:  # what only tells leaves all files as they are
        task.wants = task.files
    return task
