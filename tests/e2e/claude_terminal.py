"""Claude Code in its terminal, keys typed and the screen read."""
import json
import os

from claude_code import QUIET, SAME_PROMPT, SUMMARY, environment, turns_of
from stage import call, check_reuse
from terminal import ESCAPE, Terminal


def open_terminal(stage, server, *arguments, **more):
    """The interface as a person sees it, past the questions of a first start."""
    settings = {'hasCompletedOnboarding': True, 'theme': 'dark',
                'bypassPermissionsModeAccepted': True,
                'projects': {stage.project: {'hasTrustDialogAccepted': True,
                                             'hasCompletedProjectOnboarding': True}}}
    stage.write('.claude.json', json.dumps(settings), stage.home)
    terminal = Terminal(stage, [os.path.join(stage.bin, 'claude'), *arguments],
                        **environment(server, **more))
    terminal.expect(r'\?\s*for\s*shortcuts|bypass\s*permissions|>')
    terminal.rest(1)
    return terminal


def scenario_claude_interactive(stage):
    """A prompt is answered; one is interrupted; a tool is refused; /compact; and out again."""
    story = 'Once upon a time there was a file and then another one. ' * 30
    server = stage.server(f'''=- title
{{"title": "A title"}}
== CRITICAL: Respond with TEXT ONLY
{SUMMARY}
== greet me
Greetings, stranger.
== long story
=: pace_ms 50
{story}
== short one
A file was. The end.
== write a file
{call('Write', file_path='@PROJECT@/answer.txt', content='forty-two')}
== still there
Still here, indeed.
''')
    terminal = open_terminal(stage, server, **SAME_PROMPT)
    terminal.type('please greet me')
    terminal.expect(r'Greetings,\s*stranger')
    terminal.rest(1)
    terminal.type('tell me a long story')
    terminal.expect(r'upon\s*a\s*time')
    terminal.send(ESCAPE)
    server.wait_for(r'client left')
    terminal.rest(1)
    terminal.type('make it a short one')
    terminal.expect(r'A\s*file\s*was.\s*The\s*end')
    terminal.rest(1)
    terminal.type('now write a file')
    terminal.expect(r'Do\s*you\s*want\s*to\s*create')
    terminal.rest(0.5)
    terminal.send(ESCAPE)
    terminal.rest(1)
    terminal.type('are you still there?')
    terminal.expect(r'Still\s*here,\s*indeed')
    terminal.rest(1)
    terminal.type('/compact')
    terminal.expect(r'Compacted\s*\(ctrl')
    terminal.rest(1)
    terminal.type('are you still there now?')
    terminal.expect(r'Still\s*here,\s*indeed')
    terminal.rest(0.5)
    terminal.type('/exit')
    assert terminal.close() == 0
    assert not os.path.exists(stage.path('answer.txt'))
    left = next(turn for turn in turns_of(server) if 'client left' in turn['text'])
    assert left['generated'] < 300, left
    mains = [turn for turn in turns_of(server) if turn.get('prompt', 0) > 2500]
    assert len(mains) == 7, [turn['text'] for turn in mains]
    # After the interruption only the new words are computed, whatever the client kept of the old.
    assert mains[2]['computed'] < 400, mains[2]['text']
    history = server.traced('request')[-1]['body']['messages']
    assert 'filled in rounds' in json.dumps(history)


def scenario_claude_queued(stage):
    """Words typed while a tool runs reach the model together with the tool's result."""
    server = stage.server(f'''=- take your time
{{"title": "A title"}}
== take your time
{call('Bash', command='sleep 6; echo slept-well', description='Wait')}
== by the way
I heard you.
== slept-well
I heard you.
''')
    terminal = open_terminal(stage, server, '--dangerously-skip-permissions', **QUIET)
    terminal.type('take your time')
    server.wait_for('stop=calls')
    terminal.rest(1)
    terminal.type('by the way, hello')
    terminal.expect(r'I\s*heard\s*you')
    terminal.rest(1)
    terminal.type('/exit')
    assert terminal.close() == 0
    messages = next(r['body']['messages'] for r in server.traced('request')
                    if 'tool_result' in json.dumps(r['body']['messages']))
    assert 'by the way, hello' in json.dumps(messages[-2:]), messages[-2:]
    check_reuse([turn for turn in turns_of(server) if turn['prompt'] > 2500])
