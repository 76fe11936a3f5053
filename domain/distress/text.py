"""From what somebody typed to plain words that a phrase can be compared with."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from domain.distress.homoglyphs import SMALL_CAPITALS, one_script

INVISIBLE = {"Mn", "Me", "Cf", "Cs", "Sk", "Lm"}
# Letters, to Unicode, of which nothing is seen, or as much as of a space.
BLANK = str.maketrans(dict.fromkeys("\u115f\u1160", "") | dict.fromkeys("\u3164\uffa0\u2800", " "))
# And letters that are signs to it: white ones on black circles and squares.
ON_BLACK = {first + at: chr(ord("a") + at) for first in (0x1F150, 0x1F170) for at in range(26)}
AS_SEEN = BLANK | ON_BLACK
APOSTROPHE = re.compile(
    r"""['’‘ʼ`´ʻ′](?<=\w.)(?=\w)|["”](?<=[бвгґджзйклмнпрстфхцчшщ].)(?=[яюєї])""", re.IGNORECASE
)
PORTUGUESE_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=(?:me|nos|se)(?!\w))", re.IGNORECASE)
SMILING_BRACKETS = re.compile(r"\){2,}")
# "S.O.S." is a word and no three sentences.
INITIALS = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}")
SENTENCE_END = re.compile(r"([.!?…؟。।\n]+)")
# People break a line, or hesitate, in the middle of what they say. Once read, dots stay read: fifty
# of them and a "!" could be split in more ways than anybody could wait for.
PAUSE = re.compile(r"(?:\n|\.{2,}+)++")
PIECE = re.compile(r"[^\W_]+|\S")
LETTER_RUN = re.compile(r"(.)\1(?<=[^\W\d_])\1*")
# A mark that nothing closes, or that closes nothing, quotes nothing: 5'4", or a line dictated.
QUOTATION = re.compile(r""""[^"]*"|“[^“”]*[“”]|„[^„“”]*[“”]|«[^«»]*»|»[^«»]*«|["“”„«»]""")
QUOTATION_MARKS = str.maketrans(dict.fromkeys('"“”„«»', "|"))
ONE_SPELLING = SMALL_CAPITALS | str.maketrans(
    {"ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "گ": "ك", "ڭ": "ك", "ݣ": "ك", "پ": "ب", "ڤ": "ف"}
    | {"ł": "l", "đ": "d", "ø": "o", "ı": "i", "œ": "oe", "æ": "ae"}
    | dict(zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2, strict=True))
)
# Letters of which Unicode makes no others, and digits: nothing of them joins, ends or hides a word.
BARE_WORD = re.compile("[a-z0-9α-ωа-ик-яєґіءا-غف-ي]+")
ARABIC_ARTICLE = re.compile(r"(?<![^\W_])(?:و?(?:[بفك]?ال|لل)|و)(?=[ء-ي]{3})")


@dataclass(slots=True)
class Words:
    """The words of a message, each with its sentence, its clause, and whether it is quoted.

    `lines` has for each sentence the places of its words, `pauses` whether only a pause ends it: a
    line break, or dots. `signs` are the places of what is no word but stands as one, such as emoji.
    """

    words: list[str] = field(default_factory=list)
    lines: list[range] = field(default_factory=list)
    pauses: list[bool] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    clauses: list[int] = field(default_factory=list)
    quoted: list[bool] = field(default_factory=list)
    #: The clauses that begin behind a colon.
    answers: set[int] = field(default_factory=set)
    signs: set[int] = field(default_factory=set)
    _is_quoting: bool = False

    @property
    def mostly_quoted(self) -> bool:
        """Somebody else's words, passed on: who is in danger puts no quotation marks around it."""
        return 2 * sum(self.quoted) > len(self.words)

    def near(self, start: int, end: int, most: int) -> list[str]:
        """The words from start to end and so many beside them, in their sentence."""
        first = self.lines[self.sentences[start]].start
        last = self.lines[self.sentences[end - 1]].stop
        return self._said(max(first, start - most), min(last, end + most))

    def clause(self, start: int, end: int) -> list[str]:
        """The words from start to end and those beside them, up to a comma or the like."""
        begin = bisect_left(self.clauses, self.clauses[start])
        stop = bisect_right(self.clauses, self.clauses[end - 1])
        return self._said(begin, stop)

    def is_an_answer(self, start: int, end: int) -> bool:
        """Whether the words from start to end are all that its sentence has behind a colon."""
        begins = not start or self.clauses[start - 1] != self.clauses[start]
        is_last = self.lines[self.sentences[start]].stop == end
        return begins and is_last and self.clauses[start] in self.answers

    def _said(self, begin: int, stop: int) -> list[str]:
        """Without the signs between and beside: they hide nothing of what is said."""
        return [self.words[place] for place in range(begin, stop) if place not in self.signs]

    @property
    def unbroken(self) -> list[str]:
        """Without the signs in the middle of a sentence, between its words."""
        between = {place for line in self.lines for place in line[1:-1]} & self.signs
        return [word for place, word in enumerate(self.words) if place not in between]

    def runs(self) -> Iterator[Sequence[int]]:
        """Sentences with nothing but pauses between them, as one; and without the signs that stand
        between their words.
        """
        begin = 0
        for number, line in enumerate(self.lines):
            if self.pauses[number]:
                continue
            run = range(self.lines[begin].start, line.stop)
            if begin < number:
                yield run
            if not self.signs.isdisjoint(run):
                yield [place for place in run if place not in self.signs]
            begin = number + 1

    def read(self, sentence: str, end: str) -> None:
        clause = self.clauses[-1] + 1 if self.clauses else 0
        begin = len(self.words)
        for piece in PIECE.findall(sentence):
            is_word = piece[0].isalnum()
            if is_word or unicodedata.category(piece) == "So":
                if not is_word:
                    self.signs.add(len(self.words))
                self.words.append(piece)
                self.sentences.append(len(self.lines))
                self.clauses.append(clause)
                self.quoted.append(self._is_quoting)
            else:
                clause += 1
                if piece == ":":
                    self.answers.add(clause)
                self._is_quoting = piece == "«" or (self._is_quoting and piece != "»")
        self.lines.append(range(begin, len(self.words)))
        self.pauses.append(PAUSE.fullmatch(end) is not None)


def words_of(text: str) -> Words:
    """Never raises, whatever the string holds; the work is linear in its length."""
    # Marks go first: normalising a long run of them takes quadratic time. Some of them are joints.
    text = SMILING_BRACKETS.sub(" 😄 ", _joined(_visible(text)))
    # Circled letters become letters, and have joints, too.
    text = _joined(_visible(unicodedata.normalize("NFKD", text)))
    message = Words()
    sentences = SENTENCE_END.split(QUOTATION.sub(_marked, INITIALS.sub(_initials, text)))
    for sentence, end in zip(sentences[::2], [*sentences[1::2], ""], strict=True):
        message.read(plain(sentence), end)
    return message


def word_of(text: str) -> str:
    """The one word of a text, as `words_of` has it; empty where it has none, or more.

    The lexicons have a hundred thousand, nearly all bare; whoever starts waits for all of them.
    """
    if BARE_WORD.fullmatch(text):
        return plain(text)
    words = words_of(text).words
    return words[0] if len(words) == 1 else ""


def _joined(text: str) -> str:
    return PORTUGUESE_HYPHEN.sub("", APOSTROPHE.sub("", text))


def _initials(found: re.Match[str]) -> str:
    return f"{found[0].replace('.', '')} "


def _marked(found: re.Match[str]) -> str:
    """Between two marks that are alike in every language; one without another only divides."""
    within = found[0][1:-1].translate(QUOTATION_MARKS)
    return f"«{within}»" if len(found[0]) > 1 else "|"


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
    text = text.translate(AS_SEEN)
    if INVISIBLE.isdisjoint(map(unicodedata.category, text)):
        return text
    for char in set(text):
        if not char.isascii() and unicodedata.category(char) in INVISIBLE:
            text = text.replace(char, "")
    return text
