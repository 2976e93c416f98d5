"""Families answered in words: greetings, questions about Ember, what is beyond it, titles."""

from tasks import words
from tasks.phrases import chosen, phrase, quoted_name as q
from tasks.voices import add_voices

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


GREETINGS = [
    '[hi|hello|hey|greetings|yo|howdy|hiya|hallo|hello again][ there| ember| you| again|][!|.|]',
    '[good|a good|] [morning|evening|afternoon|day|night][ to you| ember| there|][!|.|]',
    '[hi|hello|hey][,|!|] [how are you|how do you do|how is it going|how are things|what is up|'
    "what's up|are you well|all good]?",
    '[how are you|how do you do|how is it going|how is your day|are you there|anybody there|is '
    'anyone here|you there|are you awake][ today| now|]?',
    '[say|just say] [hello|hi][ to me|]',
    '[nice|good|glad|pleased] to [meet|see] you[!|.|]',
    '[welcome|welcome back|long time no see|it is me|here I am|I am back][!|.|]',
]
ABOUTS = [
    '[who|what] [are you|am I talking to|am I speaking with|is this|is answering me]?',
    '[what|which] [model|language model|assistant|program] [are you|is this|do I talk to|am I '
    'using|answers here|runs here]?',
    'what is your [name|purpose|job|task]?',
    '[what|which things] [can|could|do] you [do|help with|offer][ for me| here|]?',
    '[tell me|say] [about yourself|something about you|who you are|what you are|what you can do|'
    'your name|how you can help]',
    '[how can|can] you [help me|be of use|assist me]?',
    '[who|what company] [made|built|trained|wrote|created] you?',
    'are you [an AI|a person|human|a robot|real|a large model|Claude|GPT|local]?',
    '[what are|list|describe|show me] your [abilities|skills|strengths|limits|capabilities|'
    'features][?|]',
    '[help|help me|I need help|introduce yourself|describe yourself|present yourself|explain '
    'yourself|what are you good at?|how big are you?]',
]


def greeting(task):
    task.ask(capital(task.rng, chosen(task.rng, task.rng.choice(GREETINGS))), varies=False)
    task.wants(lambda: True, 'Hello')
    task.say(GREETING)


def about(task):
    task.ask(capital(task.rng, chosen(task.rng, task.rng.choice(ABOUTS))), varies=False)
    task.wants(lambda: True, 'Ember')
    task.say(ABOUT)


def capital(rng, text):
    return text[0].upper() + text[1:] if rng.random() < 0.6 else text


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


BEYONDS = [
    # programming that needs understanding
    '[refactor|rewrite|restructure|modernise|simplify|clean up|redesign] the {a} [module|code|'
    'class|service|layer|package][ to use {c}| properly| for speed|]',
    '[write|implement|build|develop|design|program|code] [a|an|me a|the] [{a} |] [compiler|web '
    'server|database|game|website|web app|mobile app|parser|operating system|chat bot|'
    'neural network|search engine|API|interpreter|scheduler|simulator|shop] '
    '[for {c}|in Rust|in Go|in C++|with {c}|about {c}|that scales|from scratch|]',
    '[fix|find|solve] [all|every|the] [bugs|bug|errors|security holes|problems|memory '
    'leaks|race condition] in [this project|the {a} code|{b}|our {a} service]',
    '[write|add|generate] [unit tests|tests|documentation|benchmarks|type hints|error handling] '
    '[for|to] [{b}|the {a} module|this project|everything]',
    '[review|audit|judge|criticise|assess] [my last commit|my code|the {a} change|this project|'
    'the design of {b}]',
    'why [is|does|did] the {a} [test|build|server|program] [flaky|fail|crash|slow|hang|stop]?',
    '[debug|profile|optimise|speed up|port|migrate|parallelise|translate] [{b}|the {a} code|our '
    '{a} service|this program|the whole project][ to {c}| to Python| to another language|]',
    '[explain|describe|summarise|analyse] [how {b} works|the architecture|this repository|the '
    '{a} algorithm|quantum physics|{c} to me|the idea of {a}|what a {a} is]',
    '[plan|organise|prepare] [the migration of {a}|a trip to {c}|our {a} meeting|my week]',
    '[make|turn] {b} [thread safe|faster|portable|asynchronous|secure|into a service]',
    # words and knowledge
    '[write|compose|give me|make up] [a|an|me a] [poem|essay|song|story|joke|letter|'
    'recipe|haiku|novel|blog post|slogan|review] [about|for|on] [{a}|{c}|my {a}|the {a} of {c}]',
    '[tell|sing|read] me a [joke|story|song|fairy tale|riddle|secret] [about {a}|]',
    '[translate|convert] [this|the sentence|the text] [to|into] [French|German|Spanish|Latin|'
    'Chinese|Japanese|{c}][: {a} {c}|]',
    'what is the [capital|population|history|meaning|price|distance|height|colour|origin|'
    'president|currency|largest city] of [{a}|{c}|the {a}|life]?',
    '[who|when] [won|wrote|invented|discovered|painted|built] the {a}[ {c}| cup| war|]?',
    '[prove|show] that [there are infinitely many primes|{a} is {c}|the {a} theorem holds|P is '
    'not NP]',
    '[solve|compute|calculate|work out|integrate] [this equation: {n}x + {m} = {n}|the square '
    'root of {n}|{n} times {m}|the sum of {n} and {m}|the integral of x squared|{n} % of {m}]',
    'what is {n} [times|plus|minus|divided by] {m}?',
    'how [much|many|far|old|big|tall|long] is [{a}|the {a}|a {c}|the moon|the sun]?',
    '[what|how] [will|is] the [weather|temperature|traffic|news|stock market] [today|'
    'like|this week|in {c}][ be|]?',
    '[will|does|is] it [rain|snow|be warm|cold outside|get dark] [today|this evening|in {c}|]?',
    'what do you think [about|of] [{a}|{c}|this project|my {a}|politics|the {a}]?',
    '[who|which] is the [best|greatest|tallest|richest|fastest] [{a}|player|person|team] '
    '[in {c}|of all time|ever|today]?',
    '[recommend|suggest|find me|choose] [a|some|the best] [{a}|book|film|restaurant|song|'
    'present|name] [for {c}|in {c}|about {a}|for my {a}|]',
    'how [do|can|should] [I|we|you] [cook|learn|build|play|become|grow|win] [a|the|] '
    '[{a}|{c}|{a} {c}]?',
    # the world outside
    '[order|buy|book|reserve|sell] [a|an|some|two|me a|my] [{a}|{c}|table|flight|'
    'meal|{a} {c}][ for {c}| for me| online| now|]',
    '[call|phone|email|text|invite|ask|message] [my {a}|the {a}|{c}|my mother|my boss'
    '][ about {c}| now| and say {a}|]',
    '[play|draw|paint|show|film|photograph|record] [a|some|me a|the] [{a}|music|picture of {c}|'
    '{a} {c}|portrait]',
    '[wake me up|remind me|set an alarm|set a timer|turn off the light|open the window|drive me '
    'home|pay my bills|wash the {a}][ at {n}| about {a}|]',
    '[deploy|publish|ship|host] [this|the {a}|our {a} service|the website] [to|on|in] '
    '[production|the cloud|{c}|our servers]',
]

add_voices(globals())


def beyond(task):
    rng = task.rng
    values = {'a': words.word(rng), 'b': words.identifier(rng), 'c': words.word(rng)}
    values |= {'n': words.number(rng), 'm': words.number(rng)}
    text = phrase(rng, BEYONDS, **values)
    task.ask(text, may_end=not text.endswith('.'))
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
