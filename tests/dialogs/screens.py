"""Every screen that can come about."""

from typing import Any

from dialogs.notices import WORDINGS
from dialogs.texts import Texts
from domain.directory.needs import Need
from domain.notices import Notice
from domain.organisations import add_organisation
from domain.returnees.enrolments import add_returnee
from domain.stop_word.choosing import SIGNS
from storage.kinds import Discretion
from storage.outbox.contents import Notification
from storage.sessions import Session
from storage.tables.returnees import Returnee
from tests.dialogs.revealing import CATALOGUES

# Only ever told to somebody of whom nothing is kept, and so no discretion either.
TO_STRANGERS = {Notice.NOTHING_KEPT}


#: Made by a notice from another one's params.
MADE_OF_OTHERS = {Notice.REVEALED, Notice.CONCEALED}


CHOICES: list[dict[str, Any]] = [
    {"signs": SIGNS[0]},
    {
        "need": Need.HEALTH,
        "numbers": "AL",
        "taps": [1],
        "first": [1, 2, 3, 4],
        "signs": SIGNS[1],
        "refused": "short",
    },
    {"need": Need.SHELTER, "numbers": "UA", "differs": True, "asked": 1, "signs": SIGNS[2]},
]


async def somebody(session: Session, discretion: Discretion) -> Returnee:
    organisation = await add_organisation(session, "Harbour", country="AL")
    return await add_returnee(session, 1001, organisation, "en", discretion=discretion)


def texts(language: str, discretion: Discretion) -> Texts:
    return Texts(language, discretion, CATALOGUES.of(language))


def forms_of(notice: Notice, params: dict[str, Any]) -> list[Notification]:
    """As it comes; and as it is covered again, where there is something to cover."""
    content = Notification(notice, params)
    if notice not in WORDINGS or WORDINGS[notice].bare:
        return [content]
    return [content, Notification(Notice.CONCEALED, {"notice": notice, "params": params})]
