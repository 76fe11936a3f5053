"""Bytes to text, text to rows, whatever program wrote them."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice

from domain.directory.files import encodings
from domain.directory.files.formulas import as_meant
from domain.directory.files.sources import SourceFile
from domain.directory.files.tables import MAX_ROWS, MISPLACED, NAMELESS, too_much
from domain.errors import Refused

# How Excel is told what stands between the columns.
_SEPARATOR = re.compile(r"^sep=.\r?\n", re.IGNORECASE)
# With a row of them under its headings a table says what its columns are, in the words of HXL.
_TAG = "#"
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
# No text holds it.
_BEHIND = "\uffff"
# PostgreSQL keeps no NUL, UTF-8 no half of a surrogate pair, and nobody needs the others: what
# turns the direction of a line stands around many a number that was copied out of Arabic, unseen.
_UNWRITABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def decoded(file: SourceFile) -> str:
    """Raises Refused."""
    try:
        return encodings.decoded(file.data)
    except encodings.BrokenOff as broken:
        raise Refused(
            f"{file.name}, line {broken.line}: a letter is damaged, or the file was cut off there."
        ) from None


def rows(file: SourceFile, needed: Iterable[str] = ()) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row that holds anything but tags, by column, with the number that a spreadsheet gives
    it. What stands behind the last column is under MISPLACED, and under NAMELESS which columns hold
    something and have no heading. Raises Refused, also where a column is not there that is needed.
    """
    text = _SEPARATOR.sub("", decoded(file), count=1)
    try:
        if text.count("\n") > MAX_ROWS and _has_too_many_rows(text):
            raise too_much(file.name)
        records = _records(file, text)
        header = [clean(name).casefold() for name in next(records, [])]
        _ensure_sound(file.name, header, needed)
        for number, values in enumerate(records, start=2):
            cleaned = [as_meant(clean(value)) for value in values]
            named = zip(header, cleaned, strict=False)
            cells = {name: text for name, text in named if name and text}
            if behind := "".join(cleaned[len(header) :]):
                cells[MISPLACED] = behind
            if not all(text.startswith(_TAG) for text in cells.values()):
                if nameless := _nameless(header, cleaned):
                    cells[NAMELESS] = nameless
                yield number, cells
    except csv.Error as error:
        raise Refused(f"{file.name} is no readable table: {error}.") from error


def _nameless(header: Sequence[str], texts: Sequence[str]) -> str:
    columns = enumerate(zip(header, texts, strict=False), start=1)
    return " ".join(str(number) for number, (name, text) in columns if text and not name)


def _ensure_sound(name: str, header: Sequence[str], needed: Iterable[str]) -> None:
    """A column that was renamed would else be taken for one that says nothing any more, and of two
    that are called alike one would be lost.
    """
    for column, times in Counter(filter(None, header)).items():
        if times > 1:
            raise Refused(f"{name} has more than one column “{column}”: rename all but one.")
    for column in needed:
        if column.casefold() not in header:
            raise Refused(f"{name} has no column “{column}”, which the mapping reads.")


def _has_too_many_rows(text: str) -> bool:
    """Line by line: a million lines in a list are ten times what they are in a text."""
    lines = (line[0] for line in _LINE.finditer(text))
    records = csv.reader(lines, delimiter=_delimiter(text))
    return next(islice(records, MAX_ROWS, None), None) is not None


def _records(file: SourceFile, text: str) -> Iterator[list[str]]:
    """What is oddly quoted is read as kindly as can be within its line. A quotation mark that none
    closes would swallow the rows behind it, unseen.
    """
    lines, delimiter = [*StringIO(text, newline="")], _delimiter(text)
    strictly = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    while strictly.line_num < len(lines):
        number, begin = number + 1, strictly.line_num
        try:
            yield next(strictly)
        except csv.Error:
            kindly = [*csv.reader([lines[begin], _BEHIND], delimiter=delimiter)]
            if strictly.line_num - begin > 1 or kindly[1:] != [[_BEHIND]]:
                broken = f"{file.name}, row {number}: a quotation mark is never closed."
                raise Refused(f"{broken} Is the file whole?") from None
            yield kindly[0]


def clean(text: str) -> str:
    """Without unprintable characters, outer spaces, and quotes that quote the whole."""
    stripped = _UNWRITABLE.sub("", text).strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] == '"' and '"' not in stripped[1:-1]:
        return stripped[1:-1].strip()
    return stripped


def _delimiter(text: str) -> str:
    header = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
    return max(",;\t|", key=header.count)
