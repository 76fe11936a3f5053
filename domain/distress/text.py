"""From what somebody typed to plain words that a phrase can be compared with."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from operator import itemgetter

from domain.distress.homoglyphs import SMALL_CAPITALS, one_script

INVISIBLE = {"Mn", "Me", "Cf", "Cs", "Sk", "Lm"}
# Letters, to Unicode, of which nothing is seen, or as much as of a space.
BLANK = str.maketrans(dict.fromkeys("\u115f\u1160", "") | dict.fromkeys("\u3164\uffa0\u2800", " "))
APOSTROPHE = re.compile(r"['’‘ʼ`´ʻ′](?<=\w.)(?=\w)")
PORTUGUESE_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=(?:me|nos|se)(?!\w))", re.IGNORECASE)
SMILING_BRACKETS = re.compile(r"\){2,}")
SENTENCE_END = re.compile(r"[.!?…؟。।\n]+")
PIECE = re.compile(r"[^\W_]+|\S|\n")
LETTER_RUN = re.compile(r"(.)\1(?<=[^\W\d_])\1*")
OPENING, CLOSING, EITHER = "«“„", "»”", '"'
ONE_SPELLING = SMALL_CAPITALS | str.maketrans(
    {"ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "گ": "ك", "ڭ": "ك", "ݣ": "ك", "پ": "ب", "ڤ": "ف"}
    | {"ł": "l", "đ": "d", "ø": "o", "ı": "i", "œ": "oe", "æ": "ae"}
    | dict(zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2, strict=True))
)
ARABIC_ARTICLE = re.compile(r"(?<![^\W_])(?:و?(?:[بفك]?ال|لل)|و)(?=[ء-ي]{3})")


@dataclass(slots=True)
class Words:
    """The words of a message, each with its sentence, its clause, and whether it is quoted.

    `lines` has for each sentence the places of its words.
    """

    words: list[str] = field(default_factory=list)
    lines: list[range] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    clauses: list[int] = field(default_factory=list)
    quoted: list[bool] = field(default_factory=list)

    @property
    def mostly_quoted(self) -> bool:
        """Somebody else's words, passed on: who is in danger puts no quotation marks around it."""
        return 2 * sum(self.quoted) > len(self.words)

    def near(self, start: int, end: int, most: int) -> list[str]:
        """The words from start to end and so many beside them, in their sentence."""
        sentence = self.lines[self.sentences[start]]
        return self.words[max(sentence.start, start - most) : min(sentence.stop, end + most)]

    def clause(self, start: int, end: int) -> list[str]:
        """The words from start to end and those beside them, up to a comma or the like."""
        begin = bisect_left(self.clauses, self.clauses[start])
        return self.words[begin : bisect_right(self.clauses, self.clauses[end - 1])]

    def read(self, sentence: str, number: int) -> None:
        clause, quoted = self.clauses[-1] + 1 if self.clauses else 0, False
        begin = len(self.words)
        for piece in PIECE.findall(sentence):
            if piece[0].isalnum() or unicodedata.category(piece) == "So":
                self.words.append(piece)
                self.sentences.append(number)
                self.clauses.append(clause)
                self.quoted.append(quoted)
            else:
                clause += 1
                quoted = (
                    piece in OPENING
                    or (quoted and piece not in CLOSING + EITHER)
                    or (piece in EITHER and not quoted)
                )
        self.lines.append(range(begin, len(self.words)))


def words_of(text: str) -> Words:
    """Never raises, whatever the string holds; the work is linear in its length."""
    # Marks go first: normalising a long run of them takes quadratic time. Some of them are joints.
    text = SMILING_BRACKETS.sub(" 😄 ", _joined(_visible(text)))
    # Circled letters become letters, and have joints, too.
    text = _joined(_visible(unicodedata.normalize("NFKD", text)))
    message = Words()
    for number, sentence in enumerate(SENTENCE_END.split(text)):
        message.read(plain(sentence), number)
    return message


def _joined(text: str) -> str:
    return PORTUGUESE_HYPHEN.sub("", APOSTROPHE.sub("", text))


def plain(sentence: str) -> str:
    """One spelling for a word: single letters for drawn-out ones, no Arabic article or "and"."""
    if sentence.isascii():
        return LETTER_RUN.sub(itemgetter(1), sentence.casefold())
    # Capitals of two scripts look alike where their small letters don't.
    sentence = one_script(sentence).casefold().translate(ONE_SPELLING)
    return ARABIC_ARTICLE.sub("", LETTER_RUN.sub(itemgetter(1), sentence))


def _visible(text: str) -> str:
    if text.isascii():
        return text
    text = text.translate(BLANK)
    if INVISIBLE.isdisjoint(map(unicodedata.category, text)):
        return text
    for char in set(text):
        if not char.isascii() and unicodedata.category(char) in INVISIBLE:
            text = text.replace(char, "")
    return text
