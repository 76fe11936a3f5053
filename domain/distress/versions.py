"""By what a signal was decided, in a few digits that are kept with it.

The first eight are of the lexicons, concepts and messages, as `likeness.made-of` has them; four
behind a dash are of the code, its bars and the model of sentences. What an organisation listens for
itself has a number of its own, behind a plus. An s behind those four was of a model that an
organisation chose, before one came with Wayhome.
"""

from hashlib import sha256
from importlib.resources.abc import Traversable

_LEXICONS, _CODE = 8, 4


def version_of(watch: Traversable) -> str:
    """Of the watch in that folder."""
    lexicons = watch.joinpath("likeness.made-of").read_text("ascii")
    hashed = {file.name: file for file in watch.iterdir() if file.name.endswith(".py")}
    hashed["sentences.hash"] = watch.joinpath("sentences.hash")
    code = sha256(b"".join(hashed[name].read_bytes() for name in sorted(hashed))).hexdigest()
    return f"{lexicons[:_LEXICONS]}-{code[:_CODE]}"


def lexicons_in(version: str) -> str:
    """The part of it that changes with a lexicon, a concept or a message."""
    return version.partition("-")[0]
