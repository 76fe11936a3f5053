"""A message that says nothing but an age: "I am 15". No phrase of the watch can ask that a message
ends there, and "I am 15 minutes late" says something else.
"""

import re
import unicodedata

_AGE = r"(?:[6-9]|1[0-7])"
# Darija in Latin letters: "only", and "years".
_ONLY, _YEARS = r"(?: (?:ghir|gha))?", r"(?:l?3a{1,2}m|s[ae]?na|snine?|ans?)"
# How "I am … old" begins and ends, in each language of the chat, without accents. Where a language
# says "I have 15 years", the years have to be there.
_SAYINGS = (
    (r"(?:i ?am|i ?m|am)(?: only| just)?", r"(?: ?years?(?: old)?| ?yrs?(?: old)?| ?yo)?"),
    (r"(?:une )?jam(?: vetem)?", r"(?: vjec(?:e|are)?)?"),
    (r"(?:une )?kam(?: vetem)?", r" vje(?:c|t)"),
    (r"(?:انا )?عمري", r"(?: (?:سنه|سنة|سنوات|سنين|عام|عاما))?"),
    (r"(?:انا )?عندي", r" (?:سنه|سنة|سنوات|سنين|عام|عاما)"),
    (rf"(?:ana )?(?:f )?3[aou]?mri{_ONLY}", rf"(?: {_YEARS})?"),
    (rf"(?:ana )?3[aei]?ndi{_ONLY}", rf" {_YEARS}"),
    (r"j ?ai(?: seulement)?", r" ?ans"),
    (
        r"(?:мені|менi|мне|мині)(?: тільки| только| лише)?",
        r"(?: (?:років|роки|рокiв|лет|года|р|л))?",
    ),
    (r"(?:yo )?tengo(?: solo)?", r" ?anos"),
    (r"(?:io )?ho(?: solo)?", r" ?anni"),
    (r"(?:eu )?tenho(?: so)?", r" ?anos"),
    (r"ich bin(?: erst)?", r"(?: jahre?(?: alt)?)?"),
    (r"(?:ειμαι|eimai)(?: μονο| mono)?", r"(?: (?:χρονων|ετων|xronon|xronwn|chronon|eton))?"),
    (r"mam(?: tylko| dopiero)?", r" ?lat"),
)
_ONLY_AN_AGE = re.compile("|".join(f"{begins} {_AGE}{ends}" for begins, ends in _SAYINGS))


def says_only_a_childs_age(text: str) -> bool:
    """Whether the whole message says that whoever writes is under 18."""
    folded = unicodedata.normalize("NFKD", text[:80].casefold())
    # Most messages have no number, and each is looked at.
    has_digits = any(map(str.isdigit, folded))
    return has_digits and _ONLY_AN_AGE.fullmatch(_plain(folded)) is not None


def _plain(folded: str) -> str:
    """Letters without accents, digits of ours, one space between words, no marks."""
    letters = (
        str(unicodedata.digit(letter)) if letter.isdigit() else letter
        for letter in folded
        if not unicodedata.combining(letter)
    )
    return " ".join(re.findall(r"\w+", "".join(letters)))
