"""Within what is written from the right, what is read from the left all the same."""

import re

from domain.names import isolated

# Of Hebrew, Arabic and their neighbours, and the forms that these letters have in old texts.
_FROM_THE_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
# No end of a mark such as </b>, and no piece of an address.
_COMMAND = re.compile(r"(?<![\w/<])/[a-z]+( on| off)?\b")


def in_order(said: str) -> str:
    """A command is read from the left everywhere: else its slash is drawn behind it."""
    if not _FROM_THE_RIGHT.search(said):
        return said
    return _COMMAND.sub(lambda command: isolated(command[0]), said)
