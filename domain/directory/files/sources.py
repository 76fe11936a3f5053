"""The files of a directory, out of a folder, a zip archive or a single file, never more of them
than fits in memory with ease. Nothing is written to disk, so names in an archive lead nowhere.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath

from domain.errors import Refused

MEGABYTE = 1024 * 1024
MAX_FILE = 32 * MEGABYTE
MAX_TOTAL = 64 * MEGABYTE
MAX_FILES = 200
# Folders and files of other kinds stand in an archive's list, too.
_MAX_ENTRIES = 10 * MAX_FILES
_ENTRY = b"PK\x01\x02"
_ARCHIVE = b"PK\x03\x04"
_READ = {".csv", ".tsv", ".txt", ".json"}
# Excel's own files before 2007, and what newer ones and those of LibreOffice hold.
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_OF_SPREADSHEETS = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}
# What somebody saved who was not signed in any more.
_WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SourceFile:
    name: str
    data: bytes

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.casefold()


def read_files(path: Path) -> list[SourceFile]:
    """All readable files at a path, which may be a folder, an archive or one file."""
    try:
        return _limited(_of_folder(path) if path.is_dir() else _of_file(path))
    except OSError as error:
        raise Refused(
            f"{error.filename or path} cannot be read: {error.strerror or error}."
        ) from error


def _of_folder(folder: Path) -> Iterator[SourceFile]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.casefold() in _READ and path.is_file():
            with path.open("rb") as stream:
                yield SourceFile(path.relative_to(folder).as_posix(), stream.read(MAX_FILE + 1))


def _of_file(path: Path) -> Iterator[SourceFile]:
    """An archive's, or the file itself."""
    name = path.name
    with path.open("rb") as stream:
        data = stream.read(MAX_TOTAL + 1)
    if len(data) > MAX_TOTAL:
        raise Refused(f"{name} is larger than {MAX_TOTAL // MEGABYTE} MB.")
    if data.startswith(_OLD_EXCEL):
        raise _a_spreadsheet(name)
    if not zipfile.is_zipfile(BytesIO(data)):
        if data.startswith(_ARCHIVE):
            # Its list, by which it is known, stands at its end.
            raise _damaged(name)
        yield SourceFile(name, data)
        return
    # Before it is opened: a list of a million names is a bomb of its own.
    if data.count(_ENTRY) > _MAX_ENTRIES:
        raise Refused(f"{name} holds more than {MAX_FILES} files.")
    try:
        yield from _members(name, data)
    except Refused:
        raise
    # What the library raises of a damaged archive it does not say: that a place before its
    # beginning was asked for, that four bytes are no number, that a name is no text.
    except Exception as error:
        raise _damaged(name) from error


def _members(name: str, data: bytes) -> Iterator[SourceFile]:
    with zipfile.ZipFile(BytesIO(data)) as opened:
        members = [member for member in opened.infolist() if not member.is_dir()]
        if len(members) > MAX_FILES:
            raise Refused(f"{name} holds more than {MAX_FILES} files.")
        if any(member.filename in _OF_SPREADSHEETS for member in members):
            raise _a_spreadsheet(name)
        readable = [*_readable(name, members)]
        # Of what an archive states no more is unpacked, so what is too much is not begun with.
        _ensure_small((path, member.file_size) for path, member in readable)
        for path, member in readable:
            yield SourceFile(path, _unpacked(opened, member))


def _readable(name: str, members: list[zipfile.ZipInfo]) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    for member in members:
        inner = PurePosixPath(member.filename.replace("\\", "/"))
        if inner.is_absolute() or ".." in inner.parts or ":" in member.filename:
            raise Refused(f"{name} holds a file whose name points outside the archive.")
        if inner.suffix.casefold() in _READ and not inner.name.startswith("."):
            yield inner.as_posix(), member


def _a_spreadsheet(name: str) -> Refused:
    return Refused(f"{name} is a spreadsheet: save each sheet as CSV.")


def _damaged(name: str) -> Refused:
    return Refused(f"{name} is damaged, encrypted or packed in an unknown way.")


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    # The size that an archive states is a claim. Whoever asks the library for no size gets no more
    # than that, either, but it unpacks all that there is.
    with archive.open(member) as stream:
        return stream.read(member.file_size + 1)


def _limited(files: Iterator[SourceFile]) -> list[SourceFile]:
    kept: list[SourceFile] = []
    for file in files:
        kept.append(file)
        _ensure_small((each.name, len(each.data)) for each in kept)
        if _WEB_PAGE.match(file.data):
            raise Refused(f"{file.name} is a web page, whatever it is called: download it anew.")
    return kept


def _ensure_small(sizes: Iterable[tuple[str, int]]) -> None:
    """Raises Refused."""
    total = 0
    for number, (name, size) in enumerate(sizes, start=1):
        total += size
        if size > MAX_FILE:
            raise Refused(f"{name} is larger than {MAX_FILE // MEGABYTE} MB.")
        if total > MAX_TOTAL:
            raise Refused(f"Together the files are larger than {MAX_TOTAL // MEGABYTE} MB.")
        if number > MAX_FILES:
            raise Refused(f"There are more than {MAX_FILES} files.")
