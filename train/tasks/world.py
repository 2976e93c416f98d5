"""A small world of files and a shell: what tools answer in training is what really happened.

Holds a folder of text files and runs the commands that simple tasks need: ls, cat, head, tail, wc,
grep, echo, printf, touch, mkdir, rm, mv, cp, pwd, seq, sed -i s///, date, uname, whoami, ls through
nl, and scripts that only print.  `&&` and `;` join commands; `>` and `>>` write files, `<` and
<<'EOF' read.  Knows no client: the forms that results have on the wire are in clients.py.
"""

import fnmatch
import posixpath
import re


def sed_pattern(text):
    """What sed's basic expressions mean here: groups, sets and a star; all else is itself."""
    text = text.replace('\\(', '\0').replace('\\)', '\1')
    text = re.sub(r'[(){}+?|]', lambda match: '\\' + match[0], text)
    return re.compile(text.replace('\0', '(').replace('\1', ')'))


class Refused(Exception):
    """The tool or command fails with this message."""


NUMBERED = " | nl -w1 -s' '"  # the one pipe there is
DIRNAME = re.compile(r'"\$\(dirname \'?([^\')]*)\'?\)"')


class World:
    def __init__(self, cwd, files=()):
        self.cwd = cwd
        self.files = {self.full(path): text for path, text in dict(files).items()}
        self.folders = set()
        self.date = 'Mon Jan  1 12:00:00 UTC 2024'
        self.outputs = {}  # what a project's own command prints, by command

    def full(self, path):
        path = posixpath.expanduser(path) if path.startswith('~') else path
        return posixpath.normpath(posixpath.join(self.cwd, path))

    def short(self, path):
        return posixpath.relpath(path, self.cwd)

    # ---- files ----
    def read(self, path):
        if self.full(path) not in self.files:
            raise Refused(f'{path}: No such file or directory')
        return self.files[self.full(path)]

    def write(self, path, text):
        self.files[self.full(path)] = text

    def edit(self, path, old, new, everywhere=False):
        text = self.read(path)
        n = text.count(old) if old else 0
        if n == 0:
            raise Refused('not found')
        if n > 1 and not everywhere:
            raise Refused(f'{n} matches')
        self.write(path, text.replace(old, new))
        return n

    def is_folder(self, path):
        prefix = self.full(path).rstrip('/') + '/'
        return (
            self.full(path) in self.folders
            or self.full(path) == self.cwd
            or any(p.startswith(prefix) for p in self.files)
        )

    def names(self, path='.'):
        """What `ls` would show, folders without a slash, sorted."""
        prefix = self.full(path).rstrip('/') + '/'
        inside = [p[len(prefix) :] for p in [*self.files, *self.folders] if p.startswith(prefix)]
        return sorted({name.split('/')[0] for name in inside if name})

    def find(self, pattern):
        """Full paths that match a glob; ** crosses folders."""
        if '/' not in pattern and '**' not in pattern:
            return sorted(
                p
                for p in self.files
                if posixpath.dirname(p) == self.cwd
                and fnmatch.fnmatch(posixpath.basename(p), pattern)
            )
        loose = pattern.replace('**/', '*').replace('**', '*')
        return sorted(
            p
            for p in self.files
            if fnmatch.fnmatch(self.short(p), loose) or fnmatch.fnmatch(p, loose)
        )

    def search(self, pattern, path='.', ignores_case=False):
        """[(full path, line number, line)]"""
        try:
            form = re.compile(pattern, re.I if ignores_case else 0)
        except re.error:
            form = re.compile(re.escape(pattern))
        top = self.full(path)
        return [
            (p, i, line)
            for p, text in sorted(self.files.items())
            if p == top or p.startswith(top.rstrip('/') + '/')
            for i, line in enumerate(text.split('\n'), 1)
            if form.search(line)
        ]

    # ---- shell ----
    def shell(self, line):
        """(output without its last newline, exit code)"""
        if line in self.outputs:
            return self.outputs[line]
        if line.endswith(NUMBERED):
            text, code = self.shell(line.removesuffix(NUMBERED))
            lines = text.split('\n') if text and not code else []
            numbered = '\n'.join(f'{i} {one}' for i, one in enumerate(lines, 1))
            return (text if code else numbered), 0
        out, code = [], 0
        line, self.here = self.without_here(line)
        line = DIRNAME.sub(lambda match: posixpath.dirname(match[1]), line)
        try:
            words = self.shell_words(line)
        except ValueError:
            return 'sh: 1: Syntax error: Unterminated quoted string', 2
        command, joins = [], ['&&', ';']
        for word in [*words, (';', True)]:
            if word[1] and word[0] in joins:
                if command and not (code and self.joined_by == '&&'):
                    text, code = self.one(command)
                    out.append(text)
                self.joined_by = word[0]
                command = []
            else:
                command.append(word)
        return ''.join(out).rstrip('\n'), code

    joined_by = ';'
    here = ''  # what a command reads from <<'EOF'

    @staticmethod
    def without_here(line):
        """The command and the lines that follow its <<'EOF', of which there is one at most."""
        head, found, rest = line.partition(" <<'EOF'\n")
        if not found or not (rest + '\n').endswith('\nEOF\n'):
            return line, ''
        return head, rest.removesuffix('EOF').removesuffix('\n') + '\n'

    @staticmethod
    def shell_words(line):
        """[(word, is_operator)]; quotes as in sh, no expansions."""
        words, word, quote, i, is_open = [], '', None, 0, False
        while i < len(line):
            char = line[i]
            if quote:
                if char == quote:
                    quote = None
                elif quote == '"' and char == '\\' and i + 1 < len(line) and line[i + 1] in '"\\$`':
                    i += 1
                    word += line[i]
                else:
                    word += char
            elif char in '\'"':
                quote, is_open = char, True
            elif char == '\\' and i + 1 < len(line):
                i += 1
                word, is_open = word + line[i], True
            elif char.isspace() or char in '&;>|<':
                if is_open or word:
                    words.append((word, False))
                word, is_open = '', False
                if char == '\n':
                    words.append((';', True))
                elif not char.isspace():
                    operator = char * 2 if line[i : i + 2] in ('&&', '>>', '||') else char
                    words.append((operator, True))
                    i += len(operator) - 1
            else:
                word += char
            i += 1
        if quote:
            raise ValueError('quote')
        if is_open or word:
            words.append((word, False))
        return words

    def one(self, command):
        target, appends, argv, i = None, False, [], 0
        while i < len(command):
            word, is_operator = command[i]
            if is_operator and word in ('>', '>>') and i + 1 < len(command):
                target, appends, i = command[i + 1][0], word == '>>', i + 1
            elif is_operator and word == '<' and i + 1 < len(command):
                path, i = command[i + 1][0], i + 1
                if self.full(path) not in self.files:
                    return f'sh: 1: cannot open {path}: No such file\n', 2
                self.here, argv = self.files[self.full(path)], [*argv, '-']
            elif is_operator:
                return 'sh: pipes are not available here\n', 2
            else:
                argv.append(word)
            i += 1
        if target is not None and not self.is_folder(posixpath.dirname(self.full(target))):
            if len(target) % 2:  # two shells' words
                return f'sh: 1: cannot create {target}: Directory nonexistent\n', 2
            return f'bash: line 1: {target}: No such file or directory\n', 1
        try:
            text = self.run(argv)
        except Refused as refused:
            return f'{refused}\n', 1
        if target is None:
            return text, 0
        old = self.files.get(self.full(target), '') if appends else ''
        self.write(target, old + text)
        return '', 0

    def run(self, argv):
        if not argv:
            return ''
        name, args = argv[0], argv[1:]
        flags = [arg for arg in args if arg.startswith('-') and len(arg) > 1]
        paths = [arg for arg in args if arg not in flags]
        if ' '.join(argv) in self.outputs:
            text, code = self.outputs[' '.join(argv)]
            if code:
                raise Refused(text)
            return text + '\n'
        method = getattr(self, f'run_{name}', None)
        if method:
            return method(flags, paths)
        if name in ('sh', 'bash', 'python3', 'python') and len(paths) == 1:
            return self.script(name, paths[0])
        raise Refused(f'sh: 1: {name}: not found')

    def script(self, name, path):
        """What a script prints, for those that only print quoted words."""
        if self.full(path) not in self.files:
            raise Refused(f"{name}: can't open file '{path}': No such file or directory")
        form = r'^\s*(?:echo|print\()\s*["\'](.*)["\']\)?$'
        return ''.join(m.group(1) + '\n' for m in re.finditer(form, self.read(path), re.M))

    def run_ls(self, flags, paths):
        out = []
        for path in paths or ['.']:
            if '*' in path and self.find(path):
                out += [self.short(found).removeprefix('./') for found in self.find(path)]
            elif self.full(path) in self.files:
                out.append(path)
            elif self.is_folder(path):
                out += self.names(path)
            else:
                raise Refused(f"ls: cannot access '{path}': No such file or directory")
        if any('l' in flag for flag in flags):
            out = [self.long_line(paths[0] if paths else '.', name) for name in out]
        return ''.join(name + '\n' for name in out)

    def long_line(self, folder, name):
        text = self.files.get(self.full(posixpath.join(folder, name)))
        size, kind = (
            (4096, 'drwxr-xr-x 2') if text is None else (len(text.encode()), '-rw-r--r-- 1')
        )
        return f'{kind} dev dev {size:5} Jan  1 12:00 {name}'

    def text_of(self, command, path):
        if path == '-':
            return self.here
        if self.full(path) not in self.files:
            raise Refused(f'{command}: {path}: No such file or directory')
        return self.files[self.full(path)]

    def run_cat(self, flags, paths):
        return ''.join(self.text_of('cat', path) for path in paths) if paths else self.here

    def lines_cut(self, command, flags, paths, take):
        n = 10
        if '-n' in flags and len(paths) > 1:
            n, paths = int(paths[0]), paths[1:]
        elif flags and flags[0].lstrip('-n').isdigit():
            n = int(flags[0].lstrip('-n'))
        return ''.join(take(self.text_of(command, path).splitlines(True), n) for path in paths)

    def run_head(self, flags, paths):
        return self.lines_cut('head', flags, paths, lambda lines, n: ''.join(lines[:n]))

    def run_tail(self, flags, paths):
        return self.lines_cut('tail', flags, paths, lambda lines, n: ''.join(lines[-n:]))

    def run_wc(self, flags, paths):
        out = ''
        for path in paths:
            text = self.text_of('wc', path)
            n = {'-l': text.count('\n'), '-w': len(text.split()), '-c': len(text.encode())}
            counts = ' '.join(str(n[flag]) for flag in flags or ['-l', '-w', '-c'])
            out += f'{counts}\n' if path == '-' else f'{counts} {path}\n'
        return out

    def run_grep(self, flags, paths):
        letters = ''.join(flags)
        if not paths:
            raise Refused('Usage: grep [OPTION]... PATTERNS [FILE]...')
        hits = self.search(paths[0], paths[1] if len(paths) > 1 else '.', 'i' in letters)
        if not hits:
            raise Refused('')
        # Some clients have a grep of their own, which leaves the ./ out.
        below = './' if paths[1:2] == ['.'] and len(self.cwd) % 2 else ''
        if 'l' in letters:
            return ''.join(
                f'{below}{path}\n' for path in dict.fromkeys(self.short(p) for p, _, _ in hits)
            )

        def head(p, i):
            return (f'{below}{self.short(p)}:' if 'r' in letters else '') + (
                f'{i}:' if 'n' in letters else ''
            )

        return ''.join(f'{head(p, i)}{line}\n' for p, i, line in hits)

    def run_echo(self, flags, paths):
        return ' '.join([*flags, *paths]) + '\n' if '-n' not in flags else ' '.join(paths)

    def run_printf(self, flags, paths):
        form = (paths or [''])[0].replace('\\n', '\n').replace('\\t', '\t')
        args, out = paths[1:], ''
        while True:  # the form is used again until no argument is left
            n = max(1, form.count('%s'))
            parts = form.split('%s')
            out += ''.join(part + arg for part, arg in zip(parts, [*args[:n], *[''] * len(parts)]))
            args = args[n:]
            if not args or len(parts) == 1:
                return out

    def run_touch(self, flags, paths):
        for path in paths:
            self.files.setdefault(self.full(path), '')
        return ''

    def run_mkdir(self, flags, paths):
        self.folders.update(self.full(path) for path in paths)
        return ''

    def run_rm(self, flags, paths):
        for path in paths:
            full = self.full(path)
            inside = [p for p in self.files if p == full or p.startswith(full + '/')]
            if not inside and full not in self.folders:
                raise Refused(f"rm: cannot remove '{path}': No such file or directory")
            for p in inside:
                del self.files[p]
            self.folders.discard(full)
        return ''

    def target_of(self, source, target):
        return (
            posixpath.join(target, posixpath.basename(source)) if self.is_folder(target) else target
        )

    def run_cp(self, flags, paths):
        if len(paths) != 2 or self.full(paths[0]) not in self.files:
            raise Refused(f"cp: cannot stat '{(paths or [''])[0]}': No such file or directory")
        self.write(self.target_of(*paths), self.read(paths[0]))
        return ''

    def run_mv(self, flags, paths):
        if len(paths) != 2 or self.full(paths[0]) not in self.files:
            raise Refused(f"mv: cannot stat '{(paths or [''])[0]}': No such file or directory")
        self.write(self.target_of(*paths), self.files.pop(self.full(paths[0])))
        return ''

    def run_sed(self, flags, paths):
        match = re.fullmatch(r's([/|#])(.*)\1(.*)\1(g?)', paths[0] if paths else '')
        if not match or '-i' not in flags:
            raise Refused('sed: unknown command')
        pattern, new = sed_pattern(match[2]), match[3]
        for path in paths[1:]:
            lines = self.text_of('sed', path).split('\n')
            put = (lambda m: new.replace('\\1', m[1])) if pattern.groups else (lambda m: new)
            count = 0 if match[4] else 1
            self.write(path, '\n'.join(pattern.sub(put, line, count=count) for line in lines))
        return ''

    def run_pwd(self, flags, paths):
        return self.cwd + '\n'

    def run_seq(self, flags, paths):
        return ''.join(f'{i}\n' for i in range(1, int(paths[-1]) + 1))

    def run_date(self, flags, paths):
        return self.date + '\n'

    def run_whoami(self, flags, paths):
        return self.outputs.get('user', 'dev') + '\n'

    def run_uname(self, flags, paths):
        return 'Linux\n'

    def run_true(self, flags, paths):
        return ''

    def run_false(self, flags, paths):
        raise Refused('')
