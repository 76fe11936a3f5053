"""The rows in an archive, read without a database: COPY's binary format."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from storage.archive.sealed_files import SealedFileError, SealedReader

_BEGINNING = b"PGCOPY\n\xff\r\n\x00"
_FLAGS = 4
_END = -1

Row = Mapping[str, bytes | None]


def rows_of_table(archive: SealedReader, columns: list[str]) -> Iterator[Row]:
    """The rows of the table whose name was just read, and its end. Raises SealedFileError."""
    copied = _Copied(archive)
    if copied.take(len(_BEGINNING)) != _BEGINNING:
        raise SealedFileError("This backup holds rows in another format.")
    copied.take(_FLAGS)
    copied.take(copied.number(4))
    while (fields := copied.number(2)) != _END:
        if fields != len(columns):
            raise SealedFileError("This backup holds rows of other columns than it says.")
        yield {column: copied.value() for column in columns}
    copied.end()


@dataclass(slots=True)
class _Copied:
    """The bytes of a table, whose records end anywhere."""

    archive: SealedReader
    waiting: bytearray = field(default_factory=bytearray)

    def take(self, size: int) -> bytes:
        while len(self.waiting) < size:
            more = self.archive.read()
            if not more:
                raise SealedFileError("A table of this backup ends in the middle of a row.")
            self.waiting += more
        taken = bytes(self.waiting[:size])
        del self.waiting[:size]
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), signed=True)

    def value(self) -> bytes | None:
        size = self.number(4)
        return None if size < 0 else self.take(size)

    def end(self) -> None:
        if self.waiting or self.archive.read():
            raise SealedFileError("A table of this backup goes on after its last row.")
