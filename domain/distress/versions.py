"""By what a signal was decided, in a few digits that are kept with it.

The first eight are of the lexicons, concepts and messages, as `likeness.made-of` has them; four
behind a dash are of the code and its bars; an s where a model of sentences had its say. What an
organisation listens for itself has a number of its own, behind a plus.
"""

from hashlib import sha256
from importlib.resources.abc import Traversable

_LEXICONS, _CODE, _SENTENCES = 8, 4, "s"


def version_of(watch: Traversable, *, sentences: bool) -> str:
    """Of the watch in that folder."""
    lexicons = watch.joinpath("likeness.made-of").read_text("ascii")
    modules = {file.name: file for file in watch.iterdir() if file.name.endswith(".py")}
    code = sha256(b"".join(modules[name].read_bytes() for name in sorted(modules))).hexdigest()
    return f"{lexicons[:_LEXICONS]}-{code[:_CODE]}{_SENTENCES if sentences else ''}"


def lexicons_in(version: str) -> str:
    """The part of it that changes with a lexicon, a concept or a message."""
    return version.partition("-")[0]
