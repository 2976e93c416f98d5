"""How different people word the same requests: lists of forms as in asks.py and talk.py.

An experienced developer in a hurry (terse), somebody from an office who is no programmer (office), young
people and those whose first language is another (casual), authors of tasks and checklists (spec).
"""

from tasks.voices import casual, office, spec, terse

VOICES = (casual, office, spec, terse)


def add_voices(forms):
    """Adds to each list of a module's namespace what the voices have under its name."""
    for voice in VOICES:
        for name, own in forms.items():
            more = getattr(voice, name, None) if name.isupper() else None
            if isinstance(more, dict):
                for kind, list_of_kind in more.items():
                    own[kind] += list_of_kind
            elif more:
                own += more
