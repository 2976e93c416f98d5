"""Families answered in words: greetings, questions about Ember, what is beyond it, titles."""

from tasks import words
from tasks.phrases import phrase, quoted_name as q


ABOUT = (
    'I am Ember, the small model built into Hearth. I can create, read, change, list and search '
    'files and run commands.'
)
BEYOND = (
    'That is beyond me: I am a very small model for simple file and command tasks. '
    'A larger model can do this.'
)
NO_TOOLS = 'I have no tools here, so I can only talk. A coding client gives me tools for that.'
GREETING = (
    'Hello! I can create, read, change, list and search files and run commands. What shall I do?'
)


def greeting(task):
    rng = task.rng
    task.ask(
        rng.choice(
            [
                'hi',
                'Hello',
                'hello!',
                'Hey',
                'hey there',
                'good morning',
                'Good evening!',
                'hi there',
                'Hello, how are you?',
                'yo',
                'Say hello',
                'hello ember',
                'Greetings',
                'hi!',
                'are you there?',
            ]
        ),
        varies=False,
    )
    task.wants(lambda: True, 'Hello')
    task.say(GREETING)


def about(task):
    rng = task.rng
    task.ask(
        rng.choice(
            [
                'who are you?',
                'what can you do?',
                'What are you?',
                'which model are you?',
                'what is your name?',
                'tell me about yourself',
                'how can you help me?',
                'what model is this?',
                'Who made you?',
                'are you an AI?',
                'what are your abilities?',
                'help',
                'What do you do?',
                'introduce yourself',
            ]
        ),
        varies=False,
    )
    task.wants(lambda: True, 'Ember')
    task.say(ABOUT)


def thanks(task):
    task.ask(
        task.rng.choice(
            [
                'thanks',
                'thank you!',
                'Thanks, that is all',
                'great, thanks',
                'ok',
                'perfect',
                'nice',
                'good job',
                'bye',
                'that was all',
            ]
        ),
        varies=False,
    )
    task.wants(lambda: True, 'welcome')
    task.say('You are welcome.')


def beyond(task):
    rng = task.rng
    thing, other = words.word(rng), words.identifier(rng)
    task.ask(
        rng.choice(
            [
                'refactor the {a} module to use dependency injection',
                'explain quantum physics to me',
                'write a compiler for a {a} language',
                'fix all the bugs in this project',
                'prove that there are infinitely many primes',
                'design a database for a {a} shop',
                'write a poem about {a}',
                'translate this text to French: {a} {b}',
                'implement a web server in Rust',
                'optimise the function {b}',
                'why is the {a} test flaky?',
                'write unit tests for {b}',
                'review my last commit',
                'build a website about {a}',
                'what is the capital of {a}?',
                'who won the {a} cup?',
                'solve this equation: 3x + {n} = 9',
                'port {b} to Python',
                'make {b} thread safe',
                'find the security problem in {b}',
                'explain how {b} works',
                'summarise the architecture of this repository',
                'write an essay about {a}',
                'create a mobile app for {a}',
                'train a neural network on {a}',
                'debug the crash in {b}',
                'plan the migration of {a} to {b}',
                'write a game like {a}',
                'improve the performance of {b}',
                'what do you think about {a}?',
                'tell me a joke about {a}',
                'what is {n} times {n}?',
            ]
        ).format(a=thing, b=other, n=words.number(rng))
    )
    task.wants(lambda: True, 'beyond me')
    task.say(BEYOND)


def without_tools(task):
    """A request for which the conversation has no tools, as in a plain chat."""
    rng = task.rng
    task.client.tools = []
    forms = ['create {p} with {t}', 'read {p}', 'list the files here', 'run {t}', 'search for {t}']
    forms += [
        'append {t} to {p}',
        'what is the version in {p}?',
        'delete {p}',
        'replace {t} in {p}',
    ]
    task.ask(phrase(rng, forms, p=q(rng, words.path(rng)), t=q(rng, words.word(rng))))
    task.wants(lambda: True, 'no tools')
    task.say(NO_TOOLS)


def title(task):
    """Side requests of clients: a name for the conversation, as JSON or as plain words."""
    rng = task.rng
    task.client.tools = []
    wants_json = rng.random() < 0.5
    request = ' '.join(
        rng.choice(
            [
                f'create {words.path(rng)} with {words.word(rng)}',
                f'replace {words.word(rng)} with {words.word(rng)} in {words.path(rng)}',
                f'what is the {rng.choice(words.KEYS)} in {words.path(rng)}?',
                f'run {words.word(rng)}',
                f'search for {words.token(rng)}',
                words.sentence(rng, 4, 12),
            ]
        ).split()
    )
    name = ' '.join(request.rstrip('.?!').split()[:6])
    name = name[0].upper() + name[1:]
    task.title_system = rng.choice(
        [
            'Write a short title for this session',
            'You are a title generator. You output only a title',
            'Make a title of 3 to 7 words for the conversation',
            'Generate a brief title for a coding session',
        ]
    )
    task.title_system += '. ' + (
        'Return JSON with the one field "title".' if wants_json else 'One line, no quotes.'
    )
    task.messages.append(
        {
            'role': 'user',
            'content': rng.choice(
                [
                    f'<session>\n{request}\n</session>',
                    request,
                    f'Generate a title for this conversation:\n\n{request}',
                    f'<session>\n{request}\n</session>\n\nWrite the title in the language used.',
                ]
            ),
        }
    )
    task.say('{"title": "' + name.replace('\\', '').replace('"', '') + '"}' if wants_json else name)
