"""What somebody wrote on a contact's card, which Telegram hands over as a vCard."""

import quopri
import re
from collections.abc import Iterator

# Who it is stands beside the card already; of numbers, addresses and pictures no word is read.
_NO_WORDS = re.compile(
    "BEGIN|END|VERSION|PRODID|REV|UID|N|FN|TEL|EMAIL|IMPP|X-SOCIALPROFILE|URL|ADR|LABEL|GEO|TZ|LANG"
    "|BDAY|ANNIVERSARY|GENDER|PHOTO|LOGO|SOUND|KEY",
    re.IGNORECASE,
)
_QUOTED, _PACKED = "QUOTED-PRINTABLE", re.compile(r"(?:ENCODING=)?(?:B|BASE64)", re.IGNORECASE)


def lines_of(card: str) -> Iterator[str]:
    """A note, an organisation, a role, and whatever else people write there."""
    for line in _whole_lines(card):
        head, _, value = line.partition(":")
        name, *how = head.split(";")
        # Phones number what belongs together: "item1.ORG".
        if _NO_WORDS.fullmatch(name.rpartition(".")[2]) or any(map(_PACKED.fullmatch, how)):
            continue
        if said := _said(value, quoted=_QUOTED in head.upper()):
            yield said


def _whole_lines(card: str) -> list[str]:
    """Long ones are broken, in one of two ways."""
    whole: list[str] = []
    for line in card.splitlines():
        if whole and line[:1] in (" ", "\t"):
            whole[-1] += line[1:]
        elif whole and whole[-1].endswith("=") and _QUOTED in whole[-1].upper():
            whole[-1] = whole[-1][:-1] + line
        else:
            whole.append(line)
    return whole


def _said(value: str, *, quoted: bool) -> str:
    if quoted:
        value = quopri.decodestring(value.encode(errors="replace")).decode(errors="replace")
    return re.sub(r"\\n", "\n", value, flags=re.IGNORECASE).replace("\\", "").strip()
