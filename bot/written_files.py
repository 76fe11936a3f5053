"""What a command writes: whole, and in place of nothing but an earlier one of its kind."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from bot.errors import CannotOpen
from storage.whole_files import whole_file


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    is_one: Callable[[BinaryIO], bool]
    #: For whoever else may read files of whoever writes it, too.
    public: bool = False


@contextmanager
def written(path: Path, kind: Kind) -> Iterator[BinaryIO]:
    """Raises CannotOpen, and leaves no new file behind then."""
    ensure_it_may_go_there(path, kind)
    try:
        with whole_file(path, public=kind.public) as draft:
            yield draft
    except OSError as error:
        raise CannotOpen(f"{path} can't be written: {error.strerror}.") from None


def ensure_it_may_go_there(path: Path, kind: Kind) -> None:
    """Raises CannotOpen where another kind of file stands there, such as the key file by a slip of
    the hand, or where the folder takes nothing.
    """
    try:
        _look_at(path, kind)
    except OSError as error:
        raise CannotOpen(f"{path} can't be written: {error.strerror}.") from None


def _look_at(path: Path, kind: Kind) -> None:
    if path.exists() and not path.is_file():
        raise CannotOpen(f"{path} can't be written: it is no file.")
    with TemporaryFile(dir=path.parent):
        pass
    if not path.exists():
        return
    with path.open("rb") as there:
        if path.stat().st_size and not kind.is_one(there):
            raise CannotOpen(f"{path} is no {kind.name} and is left as it is: choose another name.")
