"""Sixty more small jobs for a coding agent, drawn from a seed, for looking at what goes wrong.

Other phrasings, names, contents and words than those of set_1.py, by somebody who had seen neither the
training data nor the blind set.  What fails here may be read and steers training, so its figures are
no examination.
"""
import json
import os
import random
import re
import shlex

from task import ERRORS, GREETINGS, OF_ITSELF, REGRETS, Task, text_of

PER_FAMILY = 6

NOUNS = (
    'invoice receipt ledger payroll audit refund stapler printer scanner keyboard monitor cable router '
    'laptop charger battery adapter projector microphone loudspeaker camera tripod lens canvas paint '
    'varnish primer plaster cement mortar brick timber lumber rafter gutter drill screw washer wrench '
    'hammer sandpaper clamp scaffold helmet vest apron uniform badge locker toolbox trolley pallet '
    'forklift crate parcel stamp postcard label barcode warehouse freight container trailer bumper '
    'clutch brake piston gasket radiator muffler axle windshield mirror pedal bandage syringe '
    'stethoscope thermometer vaccine ointment capsule splint crutch wheelchair stretcher gauze scalpel '
    'pharmacy dentist molar vitamin allergy fever dough yeast cinnamon pepper onion celery lettuce '
    'mushroom broccoli pumpkin lentil rice noodle omelette pancake muffin croissant honey syrup vinegar '
    'ketchup freezer kettle blender whisk grater colander napkin tablecloth candle vase lamp mattress '
    'duvet wardrobe bookshelf hallway staircase porch fence hedge orchard greenhouse mulch rake '
    'wheelbarrow sprinkler hose tulip daffodil rose lily fern moss ivy oak maple birch cedar willow '
    'beetle wasp butterfly spider snail frog lizard turtle rabbit fox wolf deer owl eagle falcon swan '
    'rooster lamb donkey camel tiger zebra giraffe dolphin whale salmon trout tuna shrimp essay lecture '
    'seminar thesis homework semester exam syllabus chalk crayon marker binder notebook textbook atlas '
    'globe microscope beaker pipette magnet prism lever pulley telescope comet planet rocket satellite '
    'volcano glacier canyon desert island valley meadow creek waterfall bridge tram subway platform '
    'timetable luggage suitcase backpack tent compass campfire hammock canoe lifeboat mast lighthouse '
    'choir anthem hymn sermon altar chapel piano saxophone tambourine melody lyrics stanza rehearsal '
    'costume audience referee goalkeeper jersey stadium marathon javelin trophy medal scoreboard league '
    'tournament contract clause witness verdict notary tenant landlord mortgage deposit lease insurance '
    'pension salary bonus voucher coupon discount cashier mannequin zipper needle fabric cotton linen '
    'velvet silk yarn hem sleeve collar').split()
ADJECTIVES = (
    'spare broken urgent cheap heavy yellow purple crimson wooden plastic rusty folded sturdy narrow '
    'gentle quiet northern southern local fragile polished striped faded damp frozen bitter spicy salty '
    'crisp second-hand left-hand waterproof').split()
PEOPLE = (
    'Amara Bjorn Chiara Deepak Elodie Farid Greta Hassan Ingrid Jamal Keiko Leandro Mireille Nadia '
    'Olumide Priya Quentin Rosalind Sanjay Tamsin Ulrich Valeria Winston Xenia Yusuf Zoltan Bridget '
    'Callum Dorothea Esteban Fiona Gideon Harriet Ibrahim Jocelyn Kwame Lorenzo Nikolai Ottilie').split()
SURNAMES = 'Okafor Lindqvist Hargreaves Delgado Nakamura Petrov Castellanos Whitlock Abernathy Novak'.split()
PLACES = (
    'Lagos Toronto Bergen Seville Porto Kyoto Dundee Leeds Naples Quito Nairobi Zagreb Basel Ghent '
    'Denver Tampa Perth Osaka Hanoi Turin Aarhus Cardiff Boston').split()
STEMS = (
    'agenda minutes draft summary todo shopping inventory guests roster schedule budget forecast expenses '
    'journal diary memo notice quotes ideas plan outline chapter review feedback survey results readings '
    'samples log history changes release setup install hosts settings options profile account members '
    'volunteers donors orders stock suppliers clients patients classes lessons grades recipes menu trips '
    'route packing repairs parts tools chores garden plants seeds rota shifts handover report letter '
    'speech poem song scores matches team players fixtures travel visits faq glossary welcome help about '
    'contacts reminder errands wishlist books films prices').split()
FOLDERS = ('docs archive office reports drafts inbox private shared club school clinic workshop site data '
           'year2 2023 old-stuff team_b').split()
KEY_NAMES = ('port host version timeout owner deadline budget room region email branch language supplier '
             'start_time log_dir max_users phone currency backup-path theme').split()
WORDS = {'everyday': sorted(set(NOUNS + ADJECTIVES + PEOPLE + PLACES + SURNAMES + STEMS))}

# {N} {M} {O} things, {A} a quality, {P} {Q} people, {S} a surname, {L} a place, {d} a number, {p} a price,
# {t} a time, {D} a date, {r} a room, {v} a version.
NOTES = [
    'Call {P} about the {N}', 'The {A} {N} goes to {L}', "{P}'s {N} needs a new {M}",
    'Return the {N} by {D}', '{N}, {M} and one {A} {O}', '{P} will bring the {N}', '{N}: {d} left',
    'Ask {P} or {Q} for the {N}', "Don't forget the {N}", '{A} {N} for {P}', '{N} {M}',
    '{N} to {L}, departs {t}', '{N} - {p} EUR', 'Pay {P} {p} for the {N}',
    "It's the {A} {N}, not the {M}", 'New {N} arrives {D}', '{d} copies of the {N}',
    'check {N} twice', 'TODO: repair {N} ({M})', 'Dr. {S} wants the {N} at {t}',
    'Version {v} fixes the {N}', '{N}/{M}, room {r}', 'keep {N} and {M} apart', '{A} {N}',
    'Mrs. {S} paid for the {N}, {M} still open', '{d}x {N}, {d}x {M}', '{N} at 50% off until {D}',
    'Lost: one {A} {N}, please ring {P}', 'we ran out of {N} again', '{L} office has the {N} now',
    'Well done, {P}! The {N} looks great', 'Who took the {N}?', '{P} & {Q}: {N}, {M}',
    'ref. {d}-{r}: {N} (paid)', 'User {P} logged in at {t}', '{N}={d}']
TIMED = ['{N} opens at {t}', 'Pick up {P} at {t}', '{N} with {P}: {t}', 'Bus to {L}, {t}, stop {r}',
         'Deliver the {N} on {D}', 'Deadline for the {N} is {D}', '{N} inspection: {D}']


class Draw:
    """What a task is made of; no word comes twice."""

    def __init__(self, i, seed):
        self.rng = random.Random(f'set 3, {seed}, {i}')
        self.seed, self.turn = seed, i // len(FORMS)
        self.left = {kind: self.rng.sample(words, len(words)) for kind, words in dict(
            N=NOUNS, A=ADJECTIVES, P=PEOPLE, S=SURNAMES, L=PLACES, stem=STEMS, folder=FOLDERS).items()}
        self.left['N'] = [w for w in self.left['N'] if w not in STEMS]

    def form(self, family, kind, **values):
        """Each time another phrasing within a family, as long as there are some."""
        forms = FORMS[family][kind]
        order = random.Random(f'{self.seed} {family} {kind}').sample(forms, len(forms))
        return order[self.turn % len(order)].format(**values)

    def word(self, kind='N', besides=()):
        """One that no text of `besides` has, not even within another word."""
        while True:
            word = self.left[kind].pop()
            if not any(word.lower() in text.lower() for text in besides):
                return word

    def time(self):
        return f'{self.rng.randint(6, 21):02}:{self.rng.choice((10, 15, 20, 30, 40, 45, 50))}'

    def date(self):
        year, month, day = self.rng.randint(2019, 2027), self.rng.randint(1, 12), self.rng.randint(1, 28)
        return self.rng.choice([f'{year}-{month:02}-{day:02}', f'{day:02}.{month:02}.{year}',
                                f'{day} {"March April May June July September October".split()[month % 7]}'])

    def price(self):
        return f'{self.rng.randint(2, 480)}.{self.rng.choice("00 25 40 50 75 95 99".split())}'

    def version(self):
        return '.'.join(str(self.rng.randint(0, 14)) for _ in range(3))

    def room(self):
        return self.rng.choice('ABCDEFG') + str(self.rng.randint(101, 489))

    def fill(self, template):
        values = {}
        for slot in re.findall(r'{(\w)}', template):
            kind = {'M': 'N', 'O': 'N', 'Q': 'P'}.get(slot, slot)
            make = {'d': lambda: str(self.rng.randint(3, 950)), 'p': self.price, 't': self.time,
                    'D': self.date, 'r': self.room, 'v': self.version}.get(kind)
            values[slot] = make() if make else self.word(kind)
        text = template.format(**values)
        if template[0] == '{' and template[1] in 'NA' and self.rng.random() < 0.4:
            text = text[0].upper() + text[1:]
        return text

    def line(self):
        return self.fill(self.rng.choice(NOTES))

    def lines(self, low, high):
        return [self.fill(t) for t in self.rng.sample(NOTES, self.rng.randint(low, high))]

    def stem(self):
        a = self.word('stem')
        roll = self.rng.random()
        if roll < 0.35:
            return a
        n = self.rng.randint(2, 48)
        return self.rng.choice([
            f'{a}-{self.word("A")}', f'{a}_{self.word()}', f'{self.word()}-{a}', f'{self.word()}_{a}',
            f'{a}-{n}', f'{a}{n}', f'{a}.{self.rng.randint(2018, 2026)}', f'{a}_{self.word("P").lower()}',
            f'{self.word("L").lower()}-{a}', f'{a}.{self.word()}', a.upper(), a.capitalize(),
            f'{a}_v{self.rng.randint(2, 9)}', f'{self.rng.randint(1, 12):02}_{a}'])

    def name(self, extensions='txt txt md text log rst', folder=0.15):
        name = f'{self.stem()}.{self.rng.choice(extensions.split())}'
        return f'{self.word("folder")}/{name}' if self.rng.random() < folder else name

    def value(self, key):
        r = self.rng
        return str({
            'port': lambda: r.randint(1100, 9900), 'version': self.version, 'timeout': lambda: r.randint(21, 900),
            'host': lambda: f'{self.word()}{r.randint(1, 9)}.example.{r.choice(["org", "net", "com"])}',
            'owner': lambda: self.word('P'), 'budget': lambda: r.randint(1200, 99000),
            'deadline': lambda: f'{r.randint(2024, 2028)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}',
            'room': self.room, 'region': lambda: f'{r.choice(["eu", "us", "ap"])}-{r.choice(["west", "east", "south"])}-{r.randint(1, 4)}',
            'email': lambda: f'{self.word("P").lower()}@example.{r.choice(["org", "com"])}',
            'branch': lambda: r.choice(['main', f'release-{r.randint(3, 20)}', f'fix-{self.word()}', f'{self.word()}_dev']),
            'language': lambda: r.choice('Danish Swahili Korean Catalan Welsh Urdu'.split()),
            'supplier': lambda: f'{self.word("S")} & {r.choice(["Sons", "Co", "Daughters"])}' if r.random() < 0.4 else self.word('S'),
            'start_time': self.time, 'log_dir': lambda: f'/var/log/{self.word()}', 'max_users': lambda: r.randint(15, 700),
            'phone': lambda: f'555-0{r.randint(100, 199)}', 'currency': lambda: r.choice('CHF SEK JPY BRL INR NOK'.split()),
            'backup-path': lambda: f'/srv/{self.word()}/{self.word()}',
            'theme': lambda: f'{self.word("A")}-{self.word()}'}[key]())

    def config(self, low=3, high=6):
        """Keys and values, no value within another one."""
        keys = self.rng.sample(KEY_NAMES, self.rng.randint(low, high))
        values = []
        for key in keys:
            value = self.value(key)
            while any(value in other or other in value for other in values):
                value = self.value(key)
            values.append(value)
        return keys, values


def sed_from(text):
    return re.sub(r'([\\.*^$\[\]|])', r'\\\1', text)


def sed_to(text):
    return re.sub(r'([\\&|])', r'\\\1', text)


def sed(old, new, name):
    return f'sed -i {shlex.quote(f"s|{sed_from(old)}|{sed_to(new)}|")} {name}'


def write(text, name):
    lines = ' '.join(shlex.quote(line) for line in text.rstrip('\n').split('\n'))
    folder = os.path.dirname(name)
    return (f'mkdir -p {folder} && ' if folder else '') + f"printf '%s\\n' {lines} > {name}"


def add(text, name):
    return f"printf '%s\\n' {shlex.quote(text)} >> {name}"


# ---- the phrasings ----

FORMS = {
    'create': {
        'line': [
            'Can you save "{t}" as {n} for me?',
            'hi, i need a file called {n}. it should just have this in it: {t}',
            'Create {n}. The only thing in it is "{t}".',
            '{n} does not exist yet. Create it with the line "{t}", please.',
            'Jot down "{t}" in a fresh file, {n}.',
            'Note for later, store it as {n}: {t}',
            'Would you mind making a file {n} for the team? Content: "{t}"',
            "I'd like to have a file {n} in here that reads \"{t}\".",
            'create {n} with content "{t}"',
            'Save the following sentence in a new file by the name of {n}:\n\n{t}',
            'Please generate the file {n}, and let its one and only line be: {t}',
            'There should be a file {n} with "{t}" as its text. Can you add that to the project?',
            'Type up a file {n} which says "{t}", nothing more.',
            'Before I forget: "{t}". Put that into {n}, a new file.',
            'Make me a small text file. Name: {n}. Text: {t}'],
        'lines': [
            'Please create {n} with these lines:\n{t}',
            'I need a new file named {n} that looks like this:\n\n{t}',
            'Save this list as {n}:\n{t}',
            'Here is what goes into the new file {n}, line for line:\n\n{t}'],
        'config': [
            'Create {n} and put {t} in it.',
            'Add a file {n} to the project with a single setting: {t}',
            'My program expects a file {n} with the line `{t}`. Please create it.',
            'Could you make {n}? All it needs is this: {t}'],
        'empty': [
            'Create an empty file named {n}.',
            'I just need an empty {n} here, please.',
            'Make a file {n} with nothing in it yet.']},
    'report': {
        'key': [
            'What is the {k} in {n}?',
            'Can you look up the {k} in {n} for me?',
            'Which value is set for {k} in {n}?',
            'I forgot what {k} we put in {n}. Could you check?',
            "What's {k} set to in {n}?",
            'According to {n}, what is the {k}?',
            'Somebody asked me for the {k}. It should be in {n}; what is it?',
            'Please read the {k} from {n} and give it to me.'],
        'person': [
            "What is {k}'s number? It's in {n}.",
            '{n} has a list of phone numbers. Which one belongs to {k}?',
            'I have to ring {k}. Get me the number out of {n}, please.',
            'Under which number can I reach {k}, going by {n}?',
            'Look {k} up in {n} and give me the phone number.'],
        'price': [
            'How much is the {k} in {n}?',
            'What does the {k} cost according to {n}?',
            'Give me the price of the {k} from {n}, please.',
            'price of {k}? see {n}',
            'A customer wants to know the price of the {k}. It is listed in {n}.'],
        'whole': [
            "What's in {n}?",
            'Please read {n} to me.',
            'Could you print the contents of {n}?',
            'Display {n}, please.',
            'Remind me what I noted down in {n}.',
            'can you open {n} and tell me what it says',
            'Let me see {n}.',
            "I can't remember what {n} was about. What does it say?"],
        'first': [
            'What is the first line of {n}?',
            'How does {n} start? I only need the first line.',
            'Tell me just the top line of {n}.'],
        'last': [
            'What does the last line of {n} say?',
            'How does {n} end? The last line is all I need.',
            'Give me the final line of {n}, please.']},
    'replace': {
        'word': [
            'In {n}, replace {o} with {w}.',
            'Please change {o} to {w} in {n}.',
            "There's a mistake in {n}: it's not {o} but {w}. Please fix it.",
            'Can you edit {n} so that it says {w} instead of {o}?',
            'Open {n}, find the word "{o}" and make it "{w}".',
            'we no longer say {o}, we say {w}. update {n} please',
            'Substitute {w} for {o} in the file {n}.',
            'I wrote "{o}" in {n} by mistake. I meant "{w}". Can you correct that?',
            "Correct {n} for me, please: '{o}' has to be '{w}'.",
            'Edit {n}: {o} -> {w}'],
        'line': [
            'In {n}, replace the line "{o}" with "{w}".',
            'There is a line "{o}" in {n}. I want it to read "{w}" from now on.',
            'Could you update {n}? Instead of "{o}" the line should be "{w}".',
            'Please edit {n}. Old line: "{o}". New line: "{w}".',
            '"{o}" is out of date. Please replace that line in {n} by "{w}".',
            'Take the line "{o}" out of {n} and put "{w}" in its place.'],
        'key': [
            'Set {k} to {w} in {n}.',
            'Please change the {k} in {n} to {w}.',
            'The {k} in {n} has to be {w} now. Can you update it?',
            'Update {n} so that {k} is {w}.',
            'From today our {k} is {w}; please adjust {n}.'],
        'value': [
            'In {n}, change {o} to {w}.',
            "It's been moved from {o} to {w}. Please fix that in {n}.",
            '{n} still says {o}. It must be {w}.',
            'Please correct {n}: not {o} but {w}.']},
    'append': {
        'line': [
            'Append "{w}" to {n}.',
            'Add this at the bottom of {n}: {w}',
            'Please put "{w}" at the end of {n}.',
            'One more thing for {n}: {w}',
            'Can you add another line to {n}? It should say "{w}".',
            'add "{w}" to the end of {n} please',
            '{n} is missing a last line, "{w}". Could you add it?',
            'I forgot something in {n}. Please add the following line at the end:\n{w}',
            'Leave everything in {n} as it is, but add "{w}" as the last line.',
            'Open {n}, go to the end and write "{w}" on a new line.',
            'Tack "{w}" onto the end of {n}.',
            'The next entry for {n} is "{w}". Please append it.',
            'New last line for {n}, please: {w}',
            'Could "{w}" be added to {n}, at the very end?'],
        'item': [
            'Add {w} to the list in {n}.',
            'Can you also put {w} on the list? The list is in {n}, one per line, new ones go last.',
            '{n} is our list. Add {w} at the end.',
            'Please add {w} as the last item in {n}.'],
        'setting': [
            'Add the setting {w} to the end of {n}.',
            'Please append {w} to {n}.',
            'In {n}, add one line at the bottom: {w}',
            'My {n} needs another line at the end, namely `{w}`.']},
    'list': {
        'all': [
            'What files are there in this directory?',
            'list the files please',
            'Could you go through this folder and name every file I keep in it?',
            "What's in this folder?",
            'Give me an overview of the files in this project.',
            "I'd like to see the names of all the files in here.",
            'What do I have in the current folder?',
            'Please list the files in this folder.',
            "I've lost track a bit. Which files are in this folder?",
            'Could you do a quick directory listing for me?',
            'Which documents are stored here?',
            'Let me know the file names in the working directory.',
            'Show a list of all files in the current folder.',
            'ls please'],
        'folder': [
            'Which files are in the folder {f}?',
            'What is inside {f}? Just the file names.',
            'Please list what is in the {f} directory.',
            'Can you look into {f} and tell me which files are there?'],
        'kind': [
            'Which .{e} files are there?',
            'List only the {e} files in this folder, please.',
            'Do I have any .{e} files here? Tell me their names.',
            'Show me all files that end in .{e}.']},
    'search': {
        'word': [
            'Which of these files mentions {w}?',
            'I wrote something about {w} somewhere. Which file was it?',
            'Find the file with the word "{w}" in it.',
            "Can you find out where it says '{w}'? I need the file name.",
            'In which file does {w} occur?',
            'where did i put the note on {w}? which file',
            'Please search all the files for "{w}" and give me the name of the one that has it.',
            'Only one file talks about {w}. What is it called?',
            "I'm looking for {w}. What file is that in?",
            'grep for {w} and tell me which file it is in',
            'Does any file here contain "{w}"? If so, which?',
            'What is the name of the file that has {w} in it?',
            'Somewhere in this project is the word {w}. Where?',
            'Help me find {w}: in which of the files do I have to look?'],
        'person': [
            'Which file has something about {w} in it?',
            'Where does the name {w} come up? Give me the file.',
            'I need the file in which {w} is named.',
            '{w} is in one of these files. In which one?'],
        'code': [
            'Where has {w} been recorded? Tell me the file.',
            'I have the number {w} here. Which file is it from?',
            'Look through the files for {w} please. Which one has it?',
            'Find {w}. Which file?']},
    'command': {
        'run': [
            'Run `{r}` and tell me the result.',
            'What does `{r}` output?',
            'Please execute this command and tell me what you see: {r}',
            'Can you run {r} for me? I want to know what it prints.',
            'run {r} and give me the output',
            'Type `{r}` in the shell. What do you get back?',
            'I would like you to run this in the terminal: `{r}`. What is the answer?',
            'What is printed when you run `{r}`?',
            'Start `{r}` in this folder and pass the output on to me.',
            "Here's a command: {r}\nRun it and tell me what comes back."],
        'script': [
            'Run the script {n} and tell me what it prints.',
            'What happens if you run {n}? Tell me its output.',
            'Please start {n} and show me its output.',
            "There's a script called {n}. Run it; what does it say?",
            'Execute {n} for me and report the result, please.',
            'Let {n} run once and tell me what it writes to the screen.'],
        'lines': [
            'How many lines are in {n}?',
            'Count the lines of {n} with wc, please.',
            'Use the shell to find out how many lines {n} has.',
            'Please tell me the number of lines in {n}.']},
    'steps': {
        'create-append': [
            'Make a new file {n} that says "{t}". Then add a second line: "{m}".',
            'Please create {n} with "{t}" in it and then append the line "{m}".',
            'Start {n} with the line "{t}". Once that is done, add "{m}" underneath.',
            'Two steps: 1. create {n} with the text "{t}" 2. add "{m}" as the second line'],
        'copy': [
            'Make a copy of {n} and call it {c}.',
            'Please look at {n} and save the same text as {c}, too.',
            'Copy {n} to {c}; keep the original.',
            'I need what is in {n} a second time, in a file called {c}.'],
        'search-replace': [
            'Find out which file mentions {o} and replace {o} with {w} in it.',
            "Somewhere in these files it says {o}. Find it and change it to {w}.",
            'One of my files contains "{o}", which is wrong. Look for it and write "{w}" instead.',
            "{o} should be {w}, but I don't know which file it is in. Please find and fix it."],
        'create-read': [
            'Make {n} with the text "{t}", replace {o} with {w} in it, and tell me what it says now.',
            'Create a file {n} that says "{t}". Next change {o} to {w}. Then print the file.',
            'First write "{t}" into {n}, then change the word {o} there to {w}, then show me the result.',
            'Please create {n} containing "{t}"; then edit it so that {o} becomes {w}; then read it out.'],
        'append-count': [
            'Add the line "{m}" to {n} and then tell me how many lines it has.',
            'Append "{m}" to {n}. How many lines are in it after that?',
            'Please put "{m}" at the end of {n}, then count its lines and tell me the number.'],
        'rename-append': [
            'Rename {n} to {c}, then add the line "{m}" at the end.',
            '{n} should be called {c}. Please rename it, and after that append "{m}" to it.'],
        'two': [
            'Create two files: {n} with the text "{t}" and {c} with the text "{m}".',
            'I need a file {n} that says "{t}" and another one, {c}, that says "{m}".'],
        'key-copy': [
            'Look up the {k} in {n} and write just that value into a new file {c}.',
            'What is the {k} in {n}? Save only the value to {c}, please.']},
    'talk': {
        'greeting': [
            'Good afternoon!', 'hello there', 'Hi! Are you there?', 'Hey, good to see you.', 'hi',
            'Morning!', 'Greetings!', 'Good day to you.', 'Hello Ember!', 'Hi, how are you today?',
            'hey there, everything fine?', 'Hello again!', 'Good evening, are you ready?',
            'Hi, I am new here.'],
        'self': [
            'Who am I talking to?', 'What is your name?', 'Are you a person or a program?',
            'Tell me a little about yourself.', 'what model are you', 'Are you an AI?',
            'What sort of things can you do?', 'Can you help me with my files?', 'How can you help me?',
            'Which assistant is this?', 'Please introduce yourself in a sentence.',
            "Hi, who's this?", 'What are you good at?', 'Are you Ember?']},
    'beyond': {
        'any': [
            'Call my landlord and tell him the heating is out.',
            'Rewrite our entire payroll system in Rust.',
            'Who will win the next election?',
            'Write a complete history of Portugal in twelve volumes.',
            'What is the exchange rate of the yen right now?',
            'Develop a self-driving car for me.',
            'Find a proof of the Riemann hypothesis.',
            'Create a 3D multiplayer game with its own physics engine.',
            'Reserve a table for four at the Italian place round the corner.',
            'How many people are in line at the post office just now?',
            'Design a new vaccine against malaria.',
            'Make a feature-length film about my grandmother.',
            'Predict the stock prices for the coming year.',
            'Develop an app like a big social network, with servers all over the world.',
            'Please drive me to the station.',
            'Write a compiler for C++ with all optimisations.',
            'Which numbers will come up in the lottery on Saturday?',
            'Send a text message to my sister that I will be late.']},
}


# ---- the families; `i` is 0 to 5 and chooses between kinds ----

def create(d, i):
    name = d.name(folder=0.25)
    kind = 'line'
    if i == 3 and d.rng.random() < 0.3:
        kind, text = 'empty', ''
    elif i == 4:
        name = d.name('ini conf env cfg properties', folder=0.2)
        keys, values = d.config(1, 1)
        kind, text = 'config', f'{keys[0]}={values[0]}'
        if d.rng.random() < 0.3:
            name, text = d.name('json'), json.dumps({keys[0]: values[0]})
    elif i == 5:
        kind, lines = 'lines', d.lines(2, 4)
        if d.rng.random() < 0.4:
            lines = ['- ' + line for line in lines]
        text = '\n'.join(lines)
    else:
        text = d.line()
    other = {d.name(): text_of(d.lines(1, 3))} if i % 3 == 0 else {}
    prompt = d.form('create', kind, n=name, t=text)
    does = write(text, name) if text else ': > ' + name
    if not text and '/' in name:
        does = f'mkdir -p {os.path.dirname(name)} && {does}'
    return Task('create', prompt, other, {**other, name: text}, does=(does,))


def report(d, i):
    if i == 2:
        name, lines = d.name(), d.lines(1, 2)
        kind, key, says = 'whole', '', tuple(lines)
        does = f'cat {name}'
        text = text_of(lines)
    elif i == 5:
        name, lines = d.name(), d.lines(3, 6)
        kind, key = d.rng.choice(['first', 'last']), ''
        says = (lines[0 if kind == 'first' else -1],)
        does = f'{"head" if kind == "first" else "tail"} -n 1 {name}'
        text = text_of(lines)
    elif i in (1, 4):
        n = d.rng.randint(3, 6)
        kind = 'person' if i == 1 else 'price'
        keys = [d.word('P' if i == 1 else 'N') for _ in range(n)]
        if i == 1:
            values = [f'{a} {b:04}' for a, b in zip(d.rng.sample(range(200, 990), n), d.rng.sample(range(9999), n))]
            sign, name = d.rng.choice([': ', ' - ', '  ']), d.name()
        else:
            values = [d.price() for _ in range(n)]
            while len(set(values)) < n:
                values = [d.price() for _ in range(n)]
            sign, name = d.rng.choice([(',', d.name('csv')), (';', d.name('csv')), (': ', d.name()), ('\t', d.name('tsv'))])
        at = d.rng.randrange(n)
        key, says = keys[at], (values[at],)
        text = text_of([f'item{sign}price'] * (sign in ',;\t') + [k + sign + v for k, v in zip(keys, values)])
        does = f'grep -F {key} {name}'
    else:
        keys, values = d.config()
        at = d.rng.randrange(len(keys))
        kind, key, says = 'key', keys[at], (values[at],)
        form = d.rng.choice(['=', ' = ', ': ', 'json', 'ini'] if i == 0 else [': ', 'json'])
        name = d.name({': ': 'yaml yml txt md', 'json': 'json'}.get(form, 'ini conf env cfg properties'))
        if form == 'json':
            text = json.dumps(dict(zip(keys, values)), indent=2) + '\n'
        elif form == 'ini':
            text = text_of([f'[{d.word()}]'] + [f'{k} = {v}' for k, v in zip(keys, values)])
        else:
            text = text_of(k + form + v for k, v in zip(keys, values))
        does = f'grep -F -- {key} {name}'
    files = {name: text}
    if i % 2:
        files[d.name()] = text_of(d.lines(1, 3))
    return Task('report', d.form('report', kind, n=name, k=key), files, files, says=says, does=(does,))


def replace(d, i):
    if i == 2:
        keys, values = d.config()
        sign = d.rng.choice(['=', ' = ', ': '])
        name = d.name('yaml yml' if sign == ': ' else 'ini conf env properties')
        lines = [k + sign + v for k, v in zip(keys, values)]
        at = d.rng.randrange(len(keys))
        new = d.value(keys[at])
        while new == values[at]:
            new = d.value(keys[at])
        old_line, new_line = lines[at], keys[at] + sign + new
        prompt = d.form('replace', 'key', n=name, k=keys[at], w=new)
    else:
        name, lines = d.name(), d.lines(2, 5)
        at = d.rng.randrange(len(lines))
        if i == 4:
            lines[at] = d.fill(d.rng.choice(TIMED))
            old_line = lines[at]
            old = re.search(r'\d\d:\d\d|\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4}|\d+ [JAMSO]\w+', old_line)[0]
            new = old
            while new == old or len(new) != len(old) or (':' in new) != (':' in old) or (' ' in new) != (' ' in old) \
                    or ('-' in new) != ('-' in old):
                new = d.time() if ':' in old else d.date()
            new_line = old_line.replace(old, new)
            prompt = d.form('replace', 'value', n=name, o=old, w=new)
        elif i % 3 == 1:
            old_line, new_line = lines[at], d.line()
            prompt = d.form('replace', 'line', n=name, o=old_line, w=new_line)
        else:
            old = d.word(besides=lines)
            template = d.rng.choice(['we still need the _', '_ from {L}', 'the {A} _', '_ for {P}, {d} pieces',
                                     "{P} hasn't seen the _", '_, {N} and {M}', 'No _ before {t}', '{N} with _'])
            lines[at] = old_line = d.fill(template).replace('_', old)
            new = d.word(besides=lines)
            new_line = old_line.replace(old, new)
            prompt = d.form('replace', 'word', n=name, o=old, w=new)
    after = lines[:at] + [new_line] + lines[at + 1:]
    return Task('replace', prompt, {name: text_of(lines)}, {name: text_of(after)},
                does=(sed(old_line, new_line, name),))


def append(d, i):
    if i == 4:
        name = d.name('txt md list', folder=0.1)
        kind, people = 'item', d.rng.random() < 0.5
        lines = [d.word('P' if people else 'N') for _ in range(d.rng.randint(2, 6))]
        new = d.word('P' if people else 'N')
    elif i == 5:
        name, (keys, values) = d.name('ini conf env properties'), d.config(3, 5)
        lines = [f'{k}={v}' for k, v in zip(keys, values)]
        kind, new = 'setting', lines.pop()
    else:
        name, lines, kind, new = d.name(), d.lines(1, 5), 'line', d.line()
    return Task('append', d.form('append', kind, n=name, w=new), {name: text_of(lines)},
                {name: text_of(lines + [new])}, does=(add(new, name),))


def list_files(d, i):
    if i == 4:
        folder = d.word('folder')
        inside = [d.name(folder=0) for _ in range(d.rng.randint(2, 4))]
        files = {f'{folder}/{name}': text_of(d.lines(1, 2)) for name in inside}
        outside = [d.name(folder=0)]
        files[outside[0]] = text_of(d.lines(1, 2))
        return Task('list', d.form('list', 'folder', f=folder), files, files, says=tuple(inside),
                    does=(f'ls {folder}',))
    if i == 5:
        ending, others = d.rng.choice([('csv', 'txt md'), ('md', 'txt log'), ('log', 'md txt'), ('txt', 'csv md')])
        wanted = [d.name(ending, 0) for _ in range(d.rng.randint(2, 3))]
        rest = [d.name(others, 0) for _ in range(2)]
        names = d.rng.sample(wanted + rest, len(wanted + rest))
        files = {name: text_of(d.lines(1, 2)) for name in names}
        return Task('list', d.form('list', 'kind', e=ending), files, files, says=tuple(wanted),
                    keeps_silent_about=tuple(rest), does=(f'ls *.{ending}',))
    files = {d.name('txt md log csv html text', 0): text_of(d.lines(1, 2)) for _ in range(d.rng.randint(2, 6))}
    return Task('list', d.form('list', 'all'), files, files, says=tuple(files), does=('ls',))


def search(d, i):
    files = {d.name(): d.lines(1, 4) for _ in range(d.rng.randint(3, 5))}
    names = list(files)
    texts = names + [line for lines in files.values() for line in lines]
    if i == 3:
        kind, word = 'code', d.rng.choice(['INV-{}', 'A{}', '#{}', 'PO{}', '{}']).format(d.rng.randint(10200, 98700))
    elif i == 5:
        kind, word = 'person', d.word('P', texts)
    else:
        kind, word = 'word', d.word('N', texts)
    name = d.rng.choice(names)
    templates = {'code': ['{P}, order _', 'paid: _, {p}', 'reference _ ({N})'],
                 'person': ['_ has the keys', 'lunch with _, {t}', 'thanks to _ and {P}', '{N} - see _'],
                 'word': ['the {A} _ from {L}', '{P} took the _', '_ and {N}, {p} each', 'where is the _ now?',
                          "can't find the _", '{d} times _', 'see also: _, {N}']}
    line = d.fill(d.rng.choice(templates[kind])).replace('_', word)
    files[name].insert(d.rng.randint(0, len(files[name])), line)
    files = {path: text_of(lines) for path, lines in files.items()}
    return Task('search', d.form('search', kind, w=word), files, files, says=(os.path.basename(name),),
                keeps_silent_about=tuple(other for other in names if other != name),
                does=(f'grep -rn {shlex.quote(word)} .',))


def command(d, i):
    if i in (0, 3):
        name = d.name('sh', 0.25)
        if i == 0:
            lines = [d.line() for _ in range(d.rng.randint(1, 2))]
            text, says = text_of(f'echo "{line}"' for line in lines), tuple(lines)
        else:
            a, b = d.rng.randint(12, 96), d.rng.randint(12, 96)
            word = d.word()
            text, says = f'#!/bin/sh\ncount=$(({a} * {b}))\necho "{word}: $count"\n', (str(a * b),)
        if d.rng.random() < 0.5:
            kind, run = 'run', f'{d.rng.choice(["sh", "bash"])} {name}'
        else:
            kind, run = 'script', f'sh {name}'
        files = {name: text}
    elif i == 4:
        name, lines = d.name(folder=0.1), d.lines(4, 11)
        files, run, kind, says = {name: text_of(lines)}, f'wc -l {name}', 'lines', (str(len(lines)),)
    elif i == 5:
        kind = 'run'
        what = d.rng.randrange(3)
        if what == 0:
            a, b, c = (d.rng.randint(13, 89) for _ in range(3))
            run, files, says = f'echo $(({a} * {b} + {c}))', {d.name(): text_of(d.lines(1, 2))}, (str(a * b + c),)
        elif what == 1:
            name, word = d.name('py'), d.word()
            a, b = d.rng.randint(101, 899), d.rng.randint(101, 899)
            files, run, says = {name: f'total = {a} + {b}\nprint("{word}", total)\n'}, f'python3 {name}', (str(a + b),)
        else:
            name, n = d.name(), d.rng.sample(range(20, 990), d.rng.randint(4, 8))
            files, run, says = {name: text_of(map(str, n))}, f'sort -n {name} | tail -n 1', (str(max(n)),)
    else:
        name, lines, kind = d.name('txt md log csv'), d.lines(4, 7), 'run'
        files = {name: text_of(lines)}
        run, said = d.rng.choice([
            (f'head -n 1 {name}', lines[0]), (f'tail -n 1 {name}', lines[-1]), (f'sed -n 2p {name}', lines[1]),
            (f'head -n 3 {name} | tail -n 1', lines[2]), (f'cat {name}', None),
            (f'wc -w < {name}', str(len(text_of(lines).split())))])
        says = (said,) if said else tuple(lines)
    return Task('command', d.form('command', kind, r=run, n=next(iter(files))), files, files, says=says,
                does=(run,))


def steps(d, i):
    if i == 0:
        name, text, more = d.name(), d.line(), d.line()
        return Task('steps', d.form('steps', 'create-append', n=name, t=text, m=more), {},
                    {name: text_of([text, more])}, does=(write(text, name), add(more, name)))
    if i == 1:
        name, copy, text = d.name(folder=0), d.name(folder=0), text_of(d.lines(1, 4))
        return Task('steps', d.form('steps', 'copy', n=name, c=copy), {name: text}, {name: text, copy: text},
                    does=(f'cat {name}', f'cp {name} {copy}'))
    if i == 2:
        files = {d.name(): d.lines(1, 3) for _ in range(d.rng.randint(2, 4))}
        texts = list(files) + [line for lines in files.values() for line in lines]
        kind = d.rng.choice('NPL')
        old, new = d.word(kind, texts), d.word(kind, texts)
        name = d.rng.choice(list(files))
        line = d.fill(d.rng.choice({'N': ['the {A} _', '{P} asked for the _', '_ and {N}'],
                                    'P': ['_ pays for the {N}', 'meeting with _ at {t}'],
                                    'L': ['trip to _, {D}', '{P} lives in _ now']}[kind])).replace('_', old)
        files[name].insert(d.rng.randint(0, len(files[name])), line)
        before = {path: text_of(lines) for path, lines in files.items()}
        return Task('steps', d.form('steps', 'search-replace', o=old, w=new), before,
                    {**before, name: before[name].replace(old, new)},
                    does=(f'grep -rn {old} .', sed(old, new, name)))
    if i == 3:
        name, rest = d.name(), d.fill(d.rng.choice(['{P} has the _', '_ for {L}', 'the {A} _', '{d} x _, {N}', '_']))
        old = d.word(besides=[rest, name])
        new, text = d.word(besides=[rest, name]), rest.replace('_', old)
        after = text.replace(old, new)
        return Task('steps', d.form('steps', 'create-read', n=name, t=text, o=old, w=new), {}, {name: after},
                    says=(after,), does=(write(text, name), sed(old, new, name), f'cat {name}'))
    if i == 4:
        name, lines, more = d.name(), d.lines(2, 9), d.line()
        return Task('steps', d.form('steps', 'append-count', n=name, m=more), {name: text_of(lines)},
                    {name: text_of(lines + [more])}, says=(str(len(lines) + 1),),
                    does=(add(more, name), f'wc -l < {name}'))
    kind = d.rng.choice(['rename-append', 'two', 'key-copy'])
    if kind == 'rename-append':
        name, copy, lines, more = d.name(folder=0), d.name(folder=0), d.lines(1, 3), d.line()
        return Task('steps', d.form('steps', kind, n=name, c=copy, m=more), {name: text_of(lines)},
                    {copy: text_of(lines + [more])}, does=(f'mv {name} {copy}', add(more, copy)))
    if kind == 'two':
        name, copy, text, more = d.name(), d.name(), d.line(), d.line()
        return Task('steps', d.form('steps', kind, n=name, c=copy, t=text, m=more), {},
                    {name: text, copy: more}, does=(write(text, name), write(more, copy)))
    name, copy, (keys, values) = d.name('ini conf', 0), d.name('txt', 0), d.config()
    at = d.rng.randrange(len(keys))
    files = {name: text_of(f'{k} = {v}' for k, v in zip(keys, values))}
    return Task('steps', d.form('steps', kind, n=name, c=copy, k=keys[at]), files, {**files, copy: values[at]},
                does=(f'grep -F -- {keys[at]} {name}', write(values[at], copy)))


def talk(d, i):
    files = {d.name(): text_of(d.lines(1, 2))}
    if i % 2:
        return Task('talk', d.form('talk', 'self'), files, files, says_one_of=OF_ITSELF,
                    keeps_silent_about=ERRORS, does=('echo I am Ember, a small model.',))
    return Task('talk', d.form('talk', 'greeting'), files, files, says_one_of=GREETINGS,
                keeps_silent_about=ERRORS, does=('echo Hello.',))


def beyond(d, i):
    files = {d.name(): text_of(d.lines(1, 2))}
    return Task('beyond', d.form('beyond', 'any'), files, files, says_one_of=REGRETS,
                keeps_silent_about=ERRORS, does=('echo That is beyond me.',))


FAMILIES = (create, report, replace, append, list_files, search, command, steps, talk, beyond)


def draw(i, seed):
    """Task i: families in turn."""
    return FAMILIES[i % len(FAMILIES)](Draw(i, seed), i // len(FAMILIES))
