"""Sixty small jobs for a coding agent, drawn from a seed: what is asked, and how to see that it is done.

Nothing here comes from the training data: names, contents and phrasings are this file's own
(tasks_test.py compares them with train/tasks).  Each family has two sets of phrasings: 'dev', for
looking at what goes wrong while a model is made, and 'held-out', which only counts.  There are two
sets of words: everyday ones, as most people's files have them, and rare and longer ones, which a small
vocabulary cuts into many pieces.
"""
import random
import shlex

from task import ERRORS, GREETINGS, OF_ITSELF, REGRETS, Task, text_of

SPLITS = ('dev', 'held-out')

RARE = (
    'abacus acorn almanac anchor anvil apricot armada aster avocado badger bagpipe bamboo barley '
    'barnacle basalt bassoon beaver bellows biscuit bison blanket bobbin bonfire buckle burdock '
    'cactus calico caramel cardigan caribou carousel cashew catapult cello chestnut chisel chutney '
    'cinder citadel clarinet clover cobbler compost cricket crocus crumpet cucumber cutlass cymbal '
    'dahlia dinghy domino doorbell dormouse dumpling easel eider elbow ermine fiddle figurine '
    'flannel flask flounder foghorn fresco galley gannet gargoyle gazebo gherkin goblet gondola '
    'gosling granola gravel griffin gusset hamster harpoon hatchet hedgehog heron hickory hinge '
    'hyacinth icicle inkwell isthmus jackal jasmine jigsaw juniper kayak kelp kestrel kiosk lacquer '
    'ladle lagoon lantern lapwing lattice lavender leopard lichen limerick llama lobster locket loom '
    'lozenge lupin lynx macaroon magpie mallet mammoth mandolin mango manor marmot marzipan mattock '
    'meerkat merlin minaret mitten mongoose monocle mosaic mulberry mustard nettle nougat nutmeg '
    'oasis oatmeal ocelot octopus orchid osprey ottoman oyster paddock paprika parsnip pavilion '
    'pelican pendulum peony pheasant pickle pigeon pinwheel plaid platypus plover plywood polka '
    'poplar pretzel pudding puffin pumice quail quarry quiche quill quiver radish raisin reed '
    'rhubarb ribbon rickshaw rosemary rudder saddle saffron samovar sandal sardine scarf seahorse '
    'sequoia shamrock shovel sieve skillet sleigh snorkel sonnet sparrow spatula spinach sprocket '
    'squirrel starling stirrup stork sundial tadpole tapestry teapot terrace thicket thimble thistle '
    'toboggan toffee tortoise toucan trellis trombone truffle tugboat tulle turnip turret tweed '
    'ukulele umbrella unicorn urchin vanilla vault verbena viaduct viola waffle wagtail walrus '
    'warbler weasel whistle wicker widget wigwam wisteria wombat yarrow yogurt zeppelin zinnia '
    'zither').split()
EVERYDAY = (
    'butter cheese milk flour sugar salad soup pasta beans carrot potato tomato garlic cabbage '
    'banana lemonade coffee spoon fork plate towel soap brush broom bucket ladder pillow sofa carpet '
    'curtain shelf drawer fridge oven toaster kitchen cellar attic balcony garage roof chimney gate '
    'lawn shirt socks shoes jacket gloves hat coat belt boots dress sweater doctor baker farmer '
    'sailor teacher pilot nurse painter singer driver waiter monday tuesday friday january august '
    'december london paris berlin madrid oslo vienna dublin prague lisbon warsaw peter maria oscar '
    'julia simon clara martin laura victor emma felix helen david dog horse sheep goat duck goose '
    'mouse pony kitten puppy parrot guitar violin drums flute trumpet football tennis hockey chess '
    'bicycle tractor ferry airport tunnel taxi tomorrow tonight holiday birthday party picnic '
    'concert lunch dinner breakfast ticket passport wallet envelope pencil eraser ruler cloudy sunny '
    'rainy windy snowy happy lazy hungry tired busy ready funny brave shy noisy eleven twelve twenty '
    'fifty hundred thousand').split()
WORDS = {'everyday': EVERYDAY, 'rare': RARE}
EXTENSIONS = 'txt md cfg lst dat notes'.split()
KEYS = 'keeper tariff gauge harbour berth pitch curator postcode mileage dosage bakery ferry'.split()


class Draw:
    """What a task is made of; no word comes twice."""

    def __init__(self, seed, split, words):
        self.rng = random.Random(f'{split} {seed}')
        self.split = split
        self.left = self.rng.sample(WORDS[words], len(WORDS[words]))

    def word(self):
        return self.left.pop()

    def words(self, low, high):
        return ' '.join(self.word() for _ in range(self.rng.randint(low, high)))

    def name(self, extension=None):
        stem = self.word()
        if self.rng.random() < 0.4:
            stem += self.rng.choice('-_') + self.word()
        return f'{stem}.{extension or self.rng.choice(EXTENSIONS)}'

    def number(self):
        return str(self.rng.randint(120, 98000))

    def lines(self, low, high):
        return [self.words(2, 4) for _ in range(self.rng.randint(low, high))]

    def pick(self, dev, held_out, **values):
        phrasings = dev if self.split == 'dev' else held_out
        return self.rng.choice(phrasings).format(**values)


# ---- the families; `i` is 0 to 5 and chooses between kinds ----

def create(d, i):
    name, text = d.name(), d.words(2, 4)
    prompt = d.pick(
        ['Make a new file {n} with this text: {t}', 'Write "{t}" to a file called {n}.',
         'I want a file {n} here that contains: {t}',
         'Please set up {n}. Its content is the line "{t}".'],
        ['Put the words "{t}" into a new file named {n}.', 'We need {n} with one line in it: {t}',
         'Could you create {n}? It should say "{t}".', 'New file {n}, please, containing "{t}".',
         'Start a file called {n} holding the text {t}'], n=name, t=text)
    other = {} if i % 2 else {d.name(): text_of(d.lines(1, 3))}
    return Task('create', prompt, other, {**other, name: text},
                does=(f'echo {shlex.quote(text)} > {name}',))


def report(d, i):
    name = d.name()
    if i % 3 == 2:
        text = d.words(2, 4)
        prompt = d.pick(
            ['I wonder what {n} says.', 'Show me the text of {n}.'],
            ['What is written in {n}?', 'I need the text that {n} has, please.', 'Tell me the content of {n}.'], n=name)
        files = {name: text + '\n'}
        return Task('report', prompt, files, files, says=(text,), does=(f'cat {name}',))
    keys = d.rng.sample(KEYS, d.rng.randint(2, 5))
    values = [d.number() if d.rng.random() < 0.5 else d.word() for _ in keys]
    sign = d.rng.choice([': ', ' = ', '='])
    at = d.rng.randrange(len(keys))
    prompt = d.pick(
        ['Which {k} is given in {n}?', 'Look at {n} and tell me the {k}.',
         'I would like to know the {k} from {n}.'],
        ['What {k} does {n} have?', 'Open {n} and say what the {k} is.',
         'Check {n}: which value has {k}?', '{n} names a {k}: which one is it?'],
        n=name, k=keys[at])
    files = {name: text_of(k + sign + v for k, v in zip(keys, values))}
    return Task('report', prompt, files, files, says=(values[at],),
                does=(f'grep {shlex.quote(keys[at])} {name}',))


def replace(d, i):
    name, lines = d.name(), d.lines(2, 5)
    at = d.rng.randrange(len(lines))
    if i % 2:
        old, new = lines[at], d.words(2, 4)
        prompt = d.pick(
            ['In {n} the line "{o}" should become "{w}".',
             'Swap the line "{o}" of {n} for "{w}".'],
            ['Change the line "{o}" in {n} to "{w}".',
             'The line "{o}" in {n} is wrong: make it "{w}".',
             'Please rewrite the line "{o}" of {n} as "{w}".'], n=name, o=old, w=new)
        after = lines[:at] + [new] + lines[at + 1:]
    else:
        old, new = d.rng.choice(lines[at].split()), d.word()
        prompt = d.pick(
            ['Turn the word {o} in {n} into {w}.', 'Use {w} and not {o} in {n}.',
             '{n} has the word {o}. Put {w} there.'],
            ['Where {n} has {o}, change it to {w}.', 'In {n}, write {w} where it says {o}.',
             'Please replace the word {o} with {w} in {n}.', '{n} says {o}, but it should say {w}.'],
            n=name, o=old, w=new)
        after = [line.replace(old, new) for line in lines]
    return Task('replace', prompt, {name: text_of(lines)}, {name: text_of(after)},
                does=(f'sed -i {shlex.quote(f"s|{old}|{new}|")} {name}',))


def append(d, i):
    name, lines, new = d.name(), d.lines(1, 4), d.words(2, 4)
    prompt = d.pick(
        ['At the end of {n}, put the line "{w}".', '{n} should get one more line: {w}',
         'Write "{w}" below the last line of {n}.'],
        ['Add the line "{w}" to {n}.', 'Please append this to {n}: {w}',
         'Please add one line at the end of {n}: {w}', 'Extend {n} with the line "{w}".'],
        n=name, w=new)
    return Task('append', prompt, {name: text_of(lines)}, {name: text_of(lines + [new])},
                does=(f'echo {shlex.quote(new)} >> {name}',))


def list_files(d, i):
    files = {d.name(): text_of(d.lines(1, 2)) for _ in range(d.rng.randint(2, 5))}
    prompt = d.pick(
        ['Which files do we have here?', 'Name all files of this folder.',
         'Tell me what files are in the project folder.'],
        ['Which files does this folder hold?', 'Show me the files here.',
         'List everything in the current directory.', 'Can you tell me which files are here?',
         'Give me the names of the files in this directory.'])
    return Task('list', prompt, files, files, says=tuple(files), does=('ls',))


def search(d, i):
    files = {d.name(): d.lines(2, 4) for _ in range(d.rng.randint(3, 5))}
    names, word = list(files), d.word()
    name = d.rng.choice(names)
    files[name].insert(d.rng.randint(0, len(files[name])), f'{d.word()} {word} {d.word()}')
    prompt = d.pick(
        ['One of the files here has the word {w}. Which?', 'In what file is {w} written?',
         'Find {w} in this folder and name the file.'],
        ['Which file contains the word {w}?', 'Search for {w} and tell me the file.',
         'Where is {w} mentioned?', 'Look for the word {w} in these files: where is it?'], w=word)
    files = {path: text_of(lines) for path, lines in files.items()}
    return Task('search', prompt, files, files, says=(name,),
                keeps_silent_about=tuple(other for other in names if other != name),
                does=(f'grep -rn {word} .',))


def command(d, i):
    name = d.name('sh' if i % 3 == 0 else None)
    if i % 3 == 0:
        secret = d.words(2, 2) + ' ' + d.number()
        files, run, says = {name: f'echo {secret}\n'}, f'sh {name}', (secret,)
    elif i % 3 == 1:
        lines = d.lines(3, 7)
        files, run, says = {name: text_of(lines)}, f'wc -l {name}', (str(len(lines)),)
    else:
        lines = d.lines(3, 6)
        files, run, says = {name: text_of(lines)}, f'tail -n 1 {name}', (lines[-1],)
    prompt = d.pick(
        ['Execute {r} and show me what comes out.', 'I need the output of {r}, please.',
         'Use the shell for this: {r}. What does it print?'],
        ['Run {r}: what is the output?', 'Please run `{r}`. What does it say?',
         'Try `{r}` and report what it prints.', 'What do you get from `{r}`?'], r=run)
    return Task('command', prompt, files, files, says=says, does=(run,))


def steps(d, i):
    if i % 4 == 0:
        name, text, more = d.name(), d.words(2, 3), d.words(2, 3)
        prompt = d.pick(
            ['First make {n} with the text "{t}". After that, put "{m}" on a second line of it.'],
            ['Create {n} containing "{t}", then add the line "{m}" to it.',
             'Write "{t}" into a new file {n}; afterwards append "{m}".'], n=name, t=text, m=more)
        return Task('steps', prompt, {}, {name: text_of([text, more])}, does=(
            f'echo {shlex.quote(text)} > {name}', f'echo {shlex.quote(more)} >> {name}'))
    if i % 4 == 1:
        name, copy, value = d.name(), d.name(), d.words(2, 3)
        prompt = d.pick(
            ['Look what is in {n} and write the same into a new file {c}.'],
            ['Read {n}, then put its text into a new file {c}.',
             'The content of {n} should also be in {c}: read the one and create the other.'],
            n=name, c=copy)
        return Task('steps', prompt, {name: value + '\n'}, {name: value, copy: value},
                    does=(f'cat {name}', f'cp {name} {copy}'))
    if i % 4 == 2:
        files = {d.name(): d.lines(1, 3) for _ in range(3)}
        name, old, new = d.rng.choice(list(files)), d.word(), d.word()
        files[name].append(f'{d.word()} {old}')
        prompt = d.pick(
            ['One file here has the word {o}. Look which, and make it {w} there.'],
            ['Find the file that contains {o} and change it to {w}.',
             'Search for {o}, then replace it with {w} in that file.'], o=old, w=new)
        before = {path: text_of(lines) for path, lines in files.items()}
        return Task('steps', prompt, before, {**before, name: before[name].replace(old, new)},
                    does=(f'grep -rn {old} .', f'sed -i s/{old}/{new}/ {name}'))
    name, old, new = d.name(), d.word(), d.word()
    prompt = d.pick(
        ['Make {n} with the text "{o}", turn {o} into {w} in it, and then show me the file.'],
        ['Create {n} with the text "{o}", then change {o} to {w}, and finally read it to me.',
         'Three things: write "{o}" to a new file {n}, replace {o} with {w}, and tell me what it '
         'says then.'], n=name, o=old, w=new)
    return Task('steps', prompt, {}, {name: new}, says=(new,), does=(
        f'echo {old} > {name}', f'sed -i s/{old}/{new}/ {name}', f'cat {name}'))


def talk(d, i):
    files = {d.name(): text_of(d.lines(1, 2))}
    if i % 2:
        prompt = d.pick(
            ['What are you?', 'Which model am I speaking to?', 'Would you introduce yourself?'],
            ['Who are you?', 'Say something about yourself.', 'What kind of model are you?',
             'What can you do for me?'])
        return Task('talk', prompt, files, files, says_one_of=OF_ITSELF,
                    keeps_silent_about=ERRORS, does=('echo I am Ember, a small model.',))
    prompt = d.pick(['Good evening!', 'Hey!', 'Hi, how is it going?'],
                    ['Hello!', 'Good morning!', 'Hi there.', 'Hello, nice to meet you.'])
    return Task('talk', prompt, files, files, says_one_of=GREETINGS,
                keeps_silent_about=ERRORS, does=('echo Hello.',))


def beyond(d, i):
    files = {d.name(): text_of(d.lines(1, 2))}
    prompt = d.pick(
        ['Write me an operating system with a graphical desktop.', 'Is it going to snow tomorrow?',
         'Prove that there are infinitely many twin primes.', 'Order a pizza for tonight.',
         'Compose a symphony in four movements.', 'Port the Linux kernel to Pascal.'],
        ['Build a web browser from scratch.', 'What will the weather be next week?',
         'Write a novel of three hundred pages.', 'Design a database engine that scales to a '
         'thousand machines.', 'Book a train to Vienna for me.', 'Explain why the universe exists.',
         'Translate the works of Goethe into Finnish.', 'Find the security holes in our backend.'])
    return Task('beyond', prompt, files, files, says_one_of=REGRETS,
                keeps_silent_about=ERRORS, does=('echo That is beyond me.',))


FAMILIES = (create, report, replace, append, list_files, search, command, steps, talk, beyond)


def draw(i, seed, split='held-out', words='everyday'):
    """Task i: families in turn."""
    family = FAMILIES[i % len(FAMILIES)]
    return family(Draw(f'{seed} {i}', split, words), i // len(FAMILIES))
