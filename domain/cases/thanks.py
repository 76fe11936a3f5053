"""Words that ask for nothing: whoever only says thanks waits for nobody.

Taken are whole messages of these words alone. A question mark, a no, or anything that is not known
here makes it a message like any other.
"""

import json
import re
import unicodedata

from domain.illegible import ILLEGIBLE
from domain.returnees.keys import legible_of
from storage.seals.columns import BY_PERSON
from storage.sessions import Session
from storage.tables.cases import Message

_THANKS = (
    "thanks thank thx merci faleminderit flm شكرا مشكور مشكورة بارك choukran chokran shukran дякую "
    "дякуємо спасибі спасибо спс благодарю gracias grazie obrigado obrigada danke dank ευχαριστώ "
    "ευχαριστούμε dziękuję dzięki"
)
# Only with one of those.
_BESIDE = (
    "you very much so a lot beaucoup bcp bien shumë ju ty جزيلا لك لكم كثيرا بزاف الله فيك فيكم "
    "bzaf bezzaf дуже щиро велике вам тобі большое огромное очень тебе muchas mil mille tante "
    "muito muita vielen schön sehr ihnen πολύ σας bardzo"
)
_WORDS = re.compile(r"\w+")
_HARMLESS = re.compile(r"[\s.,!…🙏❤🌹💐🤗\ufe0f\U0001f3fb-\U0001f3ff]*")


def is_only_thanks(text: str) -> bool:
    said = _folded(text)
    words = set(_WORDS.findall(said))
    rest = _WORDS.sub("", said)
    is_known = words <= _KNOWN and not words.isdisjoint(_GRATEFUL)
    return is_known and _HARMLESS.fullmatch(rest) is not None


async def says_only_thanks(session: Session, message: Message) -> bool:
    """Of what is kept. What no key opens any more may say anything."""
    body = await legible_of(session, message.returnee_id, message.body, BY_PERSON[Message.body])
    return body != ILLEGIBLE and is_only_thanks(json.loads(body).get("text", ""))


def _folded(text: str) -> str:
    """Without accents, however it is typed."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


_GRATEFUL = frozenset(_folded(_THANKS).split())
_KNOWN = _GRATEFUL | frozenset(_folded(_BESIDE).split())
