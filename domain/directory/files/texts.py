"""Bytes to text, text to rows, whatever program wrote them."""

import csv
import re
from collections.abc import Iterator
from io import StringIO

from charset_normalizer import from_bytes

from domain.directory.files.formulas import as_meant
from domain.directory.files.sources import SourceFile
from domain.directory.files.tables import MAX_ROWS, MISPLACED, too_much
from domain.errors import Refused

_SAMPLE = 256 * 1024
_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
# PostgreSQL keeps no NUL, UTF-8 no half of a surrogate pair, and nobody needs the others: what
# turns the direction of a line stands around many a number that was copied out of Arabic, unseen.
_UNWRITABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def decoded(file: SourceFile) -> str:
    for encoding in _encodings(file.data):
        try:
            return file.data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(f"{file.name} is in no known text encoding; save it as UTF-8.")


def rows(file: SourceFile) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row that holds anything, by column, with the number that a spreadsheet gives it. What
    stands behind the last column is under ""."""
    text = decoded(file)
    try:
        if text.count("\n") > MAX_ROWS and sum(1 for _ in _reader(text)) > MAX_ROWS:
            raise too_much(file.name)
        reader = _reader(text)
        header = [clean(name).casefold() for name in next(reader, [])]
        for number, values in enumerate(reader, start=2):
            cleaned = [as_meant(clean(value)) for value in values]
            named = zip(header, cleaned, strict=False)
            cells = {name: text for name, text in named if name and text}
            if behind := "".join(cleaned[len(header) :]):
                cells[MISPLACED] = behind
            if cells:
                yield number, cells
    except csv.Error as error:
        raise Refused(f"{file.name} is no readable table: {error}.") from error


def _reader(text: str) -> Iterator[list[str]]:
    return csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))


def clean(text: str) -> str:
    """Without unprintable characters, outer spaces, and quotes that quote the whole."""
    stripped = _UNWRITABLE.sub("", text).strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] == '"' and '"' not in stripped[1:-1]:
        return stripped[1:-1].strip()
    return stripped


def _encodings(data: bytes) -> Iterator[str]:
    """What to try, the surest first; guessing only after UTF-8 has failed."""
    yield next((codec for mark, codec in _MARKS.items() if data.startswith(mark)), "utf-8")
    if best := from_bytes(data[:_SAMPLE]).best():
        yield best.encoding


def _delimiter(text: str) -> str:
    header = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
    return max(",;\t|", key=header.count)
