"""In which letters a file was saved. UTF-8 is known for sure; what older spreadsheets write is
guessed, and one wrong guess makes other letters of every text in it.
"""

import re

from domain.text_files import MARKS, plain_text

_SAMPLE = 256 * 1024
_DAMAGED = "\ufffd"
_LINE_END = b"\n"
# Capitals and signs within a word.
_OUT_OF_PLACE = re.compile(r"(?<=[a-zà-ÿ])(?:[À-Þ]|[‘‚“”„«»–—…•°€](?=[a-zà-ÿ]))")
# Words of letters beyond ASCII alone, and words in which they stand among others.
_FOREIGN = re.compile(rb"(?<![A-Za-z\x80-\xff])[\x80-\xff]{2,}(?![A-Za-z\x80-\xff])")
_MIXED = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
_SIGNS = frozenset("‘’‚“”„«»–—…·•°ºª€¿¡،؟؛")
_WESTERN = frozenset("àâáãäçèéêëìíîïñòóôõöùúûüß")
_POLISH = frozenset("ąćęłńóśźż")
#: By encoding, its most frequent letters. Windows first, then the Mac, DOS and Unix: of two that do
#: as well, the first.
_LATIN = {
    "cp1252": _WESTERN,
    "cp1250": _POLISH,
    "mac_roman": _WESTERN,
    "iso8859_2": _POLISH,
    "cp850": _WESTERN,
    "cp852": _POLISH,
}
_OTHERS = {
    "cp1251": frozenset("оеаинтсрвлкмдпуяізй"),
    "cp1253": frozenset("αεοιτσνηρκπυλμάέίόής"),
    "cp1256": frozenset("اليمونرتبعدسةهفقحك"),
}


class BrokenOff(ValueError):
    """Text in UTF-8 or UTF-16, but for one place."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


def decoded(data: bytes) -> str:
    """Raises BrokenOff: any other encoding would make other letters of all that is whole."""
    try:
        return plain_text(data)
    except UnicodeDecodeError as error:
        if data.startswith(tuple(MARKS)) or _is_nearly_utf_8(data):
            raise BrokenOff(data.count(_LINE_END, 0, error.start) + 1) from None
    return data.decode(_likeliest(data[:_SAMPLE]), "replace")


def _is_nearly_utf_8(data: bytes) -> bool:
    """Letters of other encodings are UTF-8 by chance now and then, and never nearly all of them."""
    text = data.decode("utf-8", "replace")
    damaged = text.count(_DAMAGED)
    whole = sum(not letter.isascii() for letter in text) - damaged
    return whole > max(2, 4 * damaged)


def _likeliest(sample: bytes) -> str:
    of_others = len(_FOREIGN.findall(sample)) > len(_MIXED.findall(sample))
    letters = _OTHERS if of_others else _LATIN
    return min(letters, key=lambda encoding: _oddness(sample, encoding, letters[encoding]))


def _oddness(sample: bytes, encoding: str, usual: frozenset[str]) -> int:
    """How many letters nobody writes so often, less those that many do."""
    text = sample.decode(encoding, "replace")
    letters = [each for each in text if not each.isascii()]
    odd = sum(each.isalpha() or each == _DAMAGED for each in letters)
    odd += 2 * len(_OUT_OF_PLACE.findall(text))
    return odd - sum(2 if each.lower() in usual else each in _SIGNS for each in letters)
