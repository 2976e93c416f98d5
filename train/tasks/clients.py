"""Coding clients, drawn at random: tool sets, how they are described, and what their results look
like.

A client gives each role (shell, read, write, edit, grep, glob, list) a tool under some name with
some parameter names, or none.  Two well-known naming habits (Read/file_path and read/filePath)
come often, in sets of changing size and order; the rest is drawn, so that names must be read from
the prompt.  All descriptions and prompts are our own words; nothing here quotes a client.
"""

from tasks import filler, words
from tasks.world import Refused

# role: tool names, parameter slots, each with possible names; a slot with ? is optional.
ROLES = {
    'shell': (
        ['run', 'shell', 'run_command', 'execute', 'terminal', 'exec_command', 'run_shell', 'sh'],
        [('command', ['command', 'cmd', 'script', 'commandLine', 'command_line'])],
    ),
    'read': (
        ['read_file', 'view', 'open_file', 'cat', 'get_file', 'file_read', 'view_file', 'ReadFile'],
        [('path', None)],
    ),
    'write': (
        ['write_file', 'create_file', 'save_file', 'put_file', 'file_write', 'create', 'WriteFile'],
        [('path', None), ('content', ['content', 'contents', 'text', 'data', 'file_text'])],
    ),
    'edit': (
        [
            'edit_file',
            'replace',
            'str_replace',
            'replace_in_file',
            'file_edit',
            'modify',
            'EditFile',
        ],
        [('path', None), ('old', None), ('new', None)],
    ),
    'grep': (
        ['search', 'search_text', 'find_text', 'grep_search', 'search_files', 'Search'],
        [('pattern', ['pattern', 'query', 'text', 'regex', 'needle']), ('path?', None)],
    ),
    'glob': (
        ['find_files', 'match_files', 'file_search', 'Find', 'glob_search'],
        [('pattern', ['pattern', 'glob', 'glob_pattern', 'filePattern'])],
    ),
    'list': (['list_dir', 'list_files', 'ls', 'list_directory', 'LS', 'dir'], [('path', None)]),
}
PATH_NAMES = [
    'path',
    'file',
    'filename',
    'file_path',
    'filePath',
    'target_file',
    'target',
    'file_name',
    'absolute_path',
    'relative_path',
    'uri',
]
EDIT_NAMES = [
    ('old_string', 'new_string'),
    ('oldString', 'newString'),
    ('old', 'new'),
    ('old_text', 'new_text'),
    ('search', 'replace'),
    ('old_str', 'new_str'),
    ('find', 'replacement'),
    ('before', 'after'),
]
HABITS = {
    'upper': {
        'shell': ('Bash', ['command']),
        'read': ('Read', ['file_path']),
        'write': ('Write', ['file_path', 'content']),
        'edit': ('Edit', ['file_path', 'old_string', 'new_string']),
        'grep': ('Grep', ['pattern', 'path?']),
        'glob': ('Glob', ['pattern']),
        'list': ('LS', ['path']),
    },
    'lower': {
        'shell': ('bash', ['command']),
        'read': ('read', ['filePath']),
        'write': ('write', ['filePath', 'content']),
        'edit': ('edit', ['filePath', 'oldString', 'newString']),
        'grep': ('grep', ['pattern', 'path?']),
        'glob': ('glob', ['pattern']),
        'list': ('list', ['path']),
    },
}
EXTRAS = {
    'shell': ['timeout', 'description', 'background', 'workdir', 'run_in_background', 'cwd'],
    'read': ['offset', 'limit', 'pages', 'encoding'],
    'write': ['mode', 'encoding'],
    'edit': ['replace_all', 'replaceAll', 'dry_run'],
    'grep': ['glob', 'include', 'output_mode', '-i'],
    'glob': ['path', 'limit'],
    'list': ['ignore', 'depth'],
}
DESCRIPTIONS = {
    'shell': [
        'Runs a shell command and returns what it prints',
        'Execute a command',
        'run commands in sh',
        'Executes the given command in a shell session with an optional timeout',
    ],
    'read': [
        'Reads a file',
        'Returns the text of a file from the local disk',
        'show a file with numbered lines',
        'Open a file and read its lines. The path should be absolute.',
    ],
    'write': [
        'Writes a file, replacing an older one',
        'Create a file with the given content',
        'Saves text to a file on the local disk',
        'write or overwrite files',
    ],
    'edit': [
        'Replaces one text in a file by another',
        'Exact text replacement in a file',
        'change files in place; read the file first',
        'Performs a replacement of strings in a file.',
    ],
    'grep': [
        'Searches file contents',
        'Find lines that match a regular expression',
        'search for text in files',
    ],
    'glob': ['Finds files by name pattern', 'Lists files that match a glob such as **/*.js'],
    'list': ['Lists a folder', 'Shows what is in a directory'],
}
# What tools say, by event.  Clients word this as they like; only paths and texts matter.
REPLIES = {
    'created': [
        'Created {path}',
        'The new file {path} is saved.',
        'File written: {path}',
        'ok',
        'done',
    ],
    'updated': [
        'Updated {path}',
        'The file {path} is changed now.',
        'Change made.',
        'Saved.',
        'ok',
    ],
    'unread': [
        '{path} was not read before. Read the file, then change it.',
        'Changes need a look first: read {path}, then try again.',
    ],
    'missing': ['There is no file {path}. The current folder is {cwd}.', 'Not found: {path}'],
    'absent': ['The old text is not in the file.\nText: {text}', 'No match for: {text}'],
    'many': ['The old text occurs more than once; it has to be unique.'],
    'no_tool': ['There is no tool {name}', 'Unknown tool: {name}'],
    'silent': [
        '(no output)',
        '(nothing was printed)',
        '',
        '(the command is done, no output)',
        '<no output>',
        '(completed with no output)',
    ],
    'nothing': ['Nothing found', 'no matches', 'No file matches'],
}
OTHER_TOOLS = [
    ('WebFetch', 'url prompt'),
    ('webfetch', 'url format timeout?'),
    ('WebSearch', 'query domains?'),
    ('Task', 'description prompt agent_type?'),
    ('task', 'description prompt subagent_type'),
    ('Agent', 'description prompt subagent_type? model?'),
    ('TodoWrite', 'todos'),
    ('todowrite', 'todos'),
    ('todoread', ''),
    ('Skill', 'skill args?'),
    ('skill', 'name'),
    ('NotebookEdit', 'notebook_path new_source cell_id?'),
    ('TaskCreate', 'subject description'),
    ('TaskList', ''),
    ('TaskUpdate', 'taskId status?'),
    ('AskUser', 'questions'),
    ('ask_question', 'question options?'),
    ('SendMessage', 'to message summary?'),
    ('CronCreate', 'cron prompt recurring?'),
    ('ExitPlanMode', 'plan?'),
    ('KillShell', 'shell_id'),
    ('memory', 'action text?'),
    ('lsp', 'operation filePath line?'),
    ('screenshot', ''),
    ('git_commit', 'message'),
    ('fetch_page', 'address'),
    ('plan', 'steps'),
    ('apply_patch', 'input'),
    ('web_search', 'query'),
]


def schema(names, required):
    properties = {name: {'type': 'string', 'description': name.replace('_', ' ')} for name in names}
    return {'type': 'object', 'properties': properties, 'required': required}


class Client:
    """One drawn client with its tools in the form of an API request."""

    def __init__(self, rng, world, budget=0, without_shell=0.1, others=20):
        self.rng, self.world, self.without_shell = rng, world, without_shell
        self.failed = False  # the last call
        self.n_others_max = others
        self.budget = budget  # characters that system text may have
        self.habit = rng.choices(['upper', 'lower', 'drawn'], [5, 3, 2])[0]
        self.form = {'upper': 'numbered', 'lower': 'tagged'}.get(self.habit) or rng.choice(
            ['numbered', 'tagged', 'plain']
        )
        # Some put lines about the run before what a command printed.
        self.has_head = self.habit == 'drawn' and rng.random() < 0.4
        self.needs_reading = self.habit != 'drawn' or rng.random() < 0.3
        self.seen = set()  # files read or written in this conversation
        self.slots, self.names = {}, {}
        self.tools = []
        for role in self.draw_roles():
            self.add_tool(role)
        self.add_others()
        if self.habit != 'drawn' and rng.random() < 0.6:
            self.tools.sort(key=lambda tool: tool['function']['name'])
        else:
            rng.shuffle(self.tools)

    def draw_roles(self):
        roll = self.rng.random()
        if self.rng.random() < self.without_shell:
            return ['read', 'write', 'edit', 'grep', 'glob'] if roll < 0.7 else list(ROLES)[1:]
        if roll < 0.25:
            return ['shell', 'read', 'edit']
        if roll < 0.5:
            return ['shell', 'read', 'write', 'edit']
        if roll < 0.8:
            return ['shell', 'read', 'write', 'edit', 'grep', 'glob']
        if roll < 0.9:
            return list(ROLES)
        return ['shell']

    def add_tool(self, role):
        rng = self.rng
        if self.habit == 'drawn':
            if role == 'read':
                self.path_name = rng.choice(PATH_NAMES)
            names, slots = ROLES[role]
            name = (
                rng.choice(names) if rng.random() < 0.9 else words.identifier(rng).replace('-', '_')
            )
            path = getattr(self, 'path_name', rng.choice(PATH_NAMES))
            old, new = rng.choice(EDIT_NAMES)
            params = [
                rng.choice(options) if options else {'old': old, 'new': new}.get(slot, path)
                for slot, options in slots
            ]
            params = [p + '?' * slot.endswith('?') for p, (slot, _) in zip(params, slots)]
        else:
            name, params = HABITS[self.habit][role]
        slots = [slot.rstrip('?') for slot, _ in ROLES[role][1]]
        self.names[role] = name
        self.slots[role] = [(slot, p.rstrip('?')) for slot, p in zip(slots, params)]
        required = [p for p in params if not p.endswith('?')]
        shown = [p.rstrip('?') for p in params]
        extras = rng.sample(EXTRAS[role], rng.randint(0, min(3, len(EXTRAS[role]))))
        if (
            role == 'shell'
            and self.habit != 'upper'
            and 'description' in extras
            and rng.random() < 0.2
        ):
            required.append('description')
            self.slots[role].append(('description', 'description'))
        shown += [extra for extra in extras if extra not in shown]
        if self.habit != 'upper' and rng.random() < 0.25:
            rng.shuffle(shown)
            order = {name: i for i, name in enumerate(shown)}
            self.slots[role].sort(key=lambda slot: order[slot[1]])
        self.put_tool(name, rng.choice(DESCRIPTIONS[role]), shown, required)

    def put_tool(self, name, description, shown, required):
        rng = self.rng
        if rng.random() < 0.4:
            description += '\n\n' + words.sentence(rng, 5, 20)
        elif rng.random() < 0.2:
            description += '. ' + words.sentence(rng, 5, 12)
        self.tools.append(
            {
                'type': 'function',
                'function': {
                    'name': name,
                    'description': description,
                    'parameters': schema(shown, required),
                },
            }
        )

    def add_others(self):
        rng = self.rng
        n = min(self.n_others_max, rng.choice([0, 0, 0, 2, 4, 7, 12, 20]))
        taken = set(self.names.values())
        for name, params in rng.sample(OTHER_TOOLS, n):
            if rng.random() < 0.2:
                name = f'mcp__{words.word(rng)}__{words.identifier(rng).replace("-", "_")}'
            if name in taken:
                continue
            taken.add(name)
            names = params.split()
            self.put_tool(
                name,
                filler.short_line(rng),
                [p.rstrip('?') for p in names],
                [p for p in names if not p.endswith('?')],
            )

    def has(self, role):
        return role in self.names

    # ---- calls ----
    def call(self, role, **values):
        """The call as OpenAI's API has it; slots without a value are left out."""
        if any(slot == 'description' for slot, _ in self.slots[role]):
            values.setdefault('description', 'Run the command')
        arguments = {name: values[slot] for slot, name in self.slots[role] if slot in values}
        return {'function': {'name': self.names[role], 'arguments': arguments}}

    def run(self, call):
        """What the client's tool answers, as text.  Understands any call, also wrong ones."""
        name, arguments = call['function']['name'], call['function']['arguments']
        self.failed = False
        role = next((role for role, n in self.names.items() if n == name), None)
        if role is None:
            return self.failure(self.reply('no_tool', name=name))
        values = {slot: arguments[p] for slot, p in self.slots[role] if p in arguments}
        wanted = [slot.rstrip('?') for slot, _ in ROLES[role][1] if not slot.endswith('?')]
        for slot in wanted:
            if slot not in values:
                missing = dict(self.slots[role])[slot]
                return self.failure(f'{name} failed: the required parameter `{missing}` is missing')
        try:
            return getattr(self, f'do_{role}')(
                **{slot: v for slot, v in values.items() if slot != 'description'}
            )
        except Refused as refused:
            return self.failure(str(refused))

    def failure(self, text):
        self.failed = True
        return (
            f'<tool_use_error>{text}</tool_use_error>'
            if self.form == 'numbered'
            else f'Error: {text}'
        )

    def reply(self, event, **values):
        return self.rng.choice(REPLIES[event]).format(cwd=self.world.cwd, **values)

    def do_shell(self, command):
        text, code = self.world.shell(command)
        self.failed = code != 0
        if self.has_head:
            return run_head(self.rng, code) + text
        if code:
            return f'Exit code {code}' + (f'\n{text}' if text else '')
        if not text:
            return self.reply('silent')
        return text

    def output_of(self, result):
        """What a result says once the forms of the client are taken off."""
        result = result.strip()
        if self.has_head and HEAD_END in result + '\n':
            return result.partition(HEAD_END.strip())[2].strip()
        return '' if result in REPLIES['silent'] else result

    def missing(self, path):
        raise Refused(self.reply('missing', path=self.world.full(path)))

    def do_read(self, path):
        full = self.world.full(path)
        if full not in self.world.files:
            self.missing(path)
        self.seen.add(full)
        text = self.world.files[full]
        lines = text.split('\n')
        if self.form == 'plain':
            return text
        if self.form == 'numbered':
            return '\n'.join(f'{i}\t{line}' for i, line in enumerate(lines, 1))
        lines = lines[:-1] if lines[-1] == '' else lines
        numbered = '\n'.join(f'{i}: {line}' for i, line in enumerate(lines, 1))
        return (
            f'<path>{full}</path>\n<type>file</type>\n<content>\n{numbered}\n\n'
            f'(end of file, {len(lines)} lines)\n</content>'
        )

    def check_read(self, full):
        if self.needs_reading and full in self.world.files and full not in self.seen:
            raise Refused(self.reply('unread', path=full))

    def do_write(self, path, content):
        full = self.world.full(path)
        self.check_read(full)
        is_new = full not in self.world.files
        self.world.write(path, content)
        self.seen.add(full)
        return self.reply('created' if is_new else 'updated', path=full)

    def do_edit(self, path, old, new):
        full = self.world.full(path)
        if full not in self.world.files:
            self.missing(path)
        self.check_read(full)
        try:
            self.world.edit(path, old, new)
        except Refused as refused:
            event = 'many' if 'matches' in str(refused) else 'absent'
            raise Refused(self.reply(event, text=old)) from None
        return self.reply('updated', path=full)

    def do_grep(self, pattern, path='.'):
        hits = self.world.search(pattern, path)
        if not hits:
            return self.reply('nothing')
        if self.form == 'numbered':
            files = list(dict.fromkeys(self.world.short(p) for p, _, _ in hits))
            return f'Found {len(files)} file{"s" * (len(files) > 1)}\n' + '\n'.join(files)
        if self.form == 'plain':
            return '\n'.join(f'{self.world.short(p)}:{i}:{line}' for p, i, line in hits)
        out, last = [f'Found {len(hits)} matches'], None
        for p, i, line in hits:
            if p != last:
                out += ['', f'{p}:'] if last else [f'{p}:']
                last = p
            out.append(f'  Line {i}: {line}')
        return '\n'.join(out)

    def do_glob(self, pattern):
        paths = self.world.find(pattern)
        return '\n'.join(paths) or self.reply('nothing')

    def do_list(self, path):
        if not self.world.is_folder(path):
            self.missing(path)
        names = self.world.names(path)
        return '\n'.join(names if self.form == 'plain' else [f'- {name}' for name in names])

    # ---- the words around a task ----
    def system(self, length):
        """A system prompt with about `length` characters of instructions that change nothing."""
        rng, cwd = self.rng, self.world.cwd
        if length == 0:
            return None if rng.random() < 0.5 else filler.role_line(rng)
        place = rng.choice(
            [
                f'<env>\n  Folder: {cwd}\n  Platform: linux\n  Date: {day(rng)}\n</env>',
                f'# Environment\n- Working directory: {cwd}\n- Platform: linux\n- Shell: bash',
                f'CWD: {cwd}\nDate: {day(rng)}',
                f'You work in {cwd}.',
            ]
        )
        parts = [filler.role_line(rng), filler.passage(rng, length), place]
        if rng.random() < 0.3:
            parts[1:1] = [parts.pop()]
        if rng.random() < 0.5:
            parts.append(git_status(rng))
        return '\n\n'.join(parts)

    def around(self, request):
        """The user's message with a client's notes before or after it."""
        rng = self.rng
        notes = rng.choices([0, 1, 2], [4, 4, 1])[0]
        for _ in range(notes):
            inside = rng.choice(
                [
                    f'# date\nIt is {day(rng)}.',
                    filler.passage(rng, 300),
                    f'# notes\n{words.sentence(rng)}',
                    'There are no open todos.',
                ]
            )
            note = f'<system-reminder>\n{inside}\n</system-reminder>'
            request = f'{note}\n\n{request}' if rng.random() < 0.85 else f'{request}\n\n{note}'
        return request

    def late_system(self):
        """A system message after the first user message, as some clients send; mostly none."""
        if self.rng.random() > (0.35 if self.habit == 'upper' else 0.05):
            return None
        lines = [
            f'- {words.identifier(self.rng)}: {filler.short_line(self.rng)}'
            for _ in range(self.rng.randint(2, 8))
        ]
        size = self.budget * self.rng.random() / 3
        while sum(map(len, lines)) < size:
            lines.append(f'- {words.identifier(self.rng)}: {filler.own_passage(self.rng, 200)}')
        return (
            'Available '
            + self.rng.choice(['agents', 'skills', 'helpers'])
            + ':\n'
            + '\n'.join(lines)
        )


HEAD_END = 'Output:\n'


def run_head(rng, code):
    """Lines about a run: drawn labels, the exit code in one of them."""
    lines = [
        f'{words.word(rng).capitalize()} ID: {rng.getrandbits(24):06x}',
        f'{rng.choice(["Wall time", "Time", "Took"])}: {rng.random() / 9:.4f} seconds',
        rng.choice(['Process exited with code {}', 'Exit code: {}', 'exit status {}']).format(code),
        f'{words.word(rng).capitalize()} token count: {rng.randint(0, 99)}',
    ]
    return '\n'.join(line for i, line in enumerate(lines) if i == 2 or rng.random() < 0.7) + (
        '\n' + HEAD_END
    )


def day(rng):
    return f'{rng.randint(2023, 2029)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}'


def git_status(rng):
    commits = '\n'.join(
        f'{rng.getrandbits(28):07x} {words.sentence(rng, 2, 6)}' for _ in range(rng.randint(1, 5))
    )
    status = rng.choice(['(clean)', f'M {words.path(rng)}', f'?? {words.path(rng)}'])
    return (
        f'git: the state when this conversation began.\n\nBranch: {words.word(rng)}\n\n'
        f'Status:\n{status}\n\n'
        f'Recent commits:\n{commits}'
    )
