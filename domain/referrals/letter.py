"""What travels to another organisation: what a caseworker picked, the warning that nobody is sure
who holds the phone, and nothing else.
"""

import json
from dataclasses import dataclass
from datetime import time
from typing import Any

from domain.illegible import ILLEGIBLE, if_legible
from domain.returnees.keys import data_key
from domain.returnees.wishes import Place
from domain.safety.safe_contact import safe_contact
from domain.safety.window import Window
from storage.keys.keyring import DataKey
from storage.kinds import AgeBand, Discretion, Gender, Identity, ReferralState, Travels
from storage.sessions import Session
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee

LONGEST_NEED = 2000
#: The fewest, where the person could not be asked.
IN_DANGER = frozenset({Travels.NEED, Travels.LANGUAGE, Travels.CONTACT, Travels.COUNTRY})
_CONTEXT = "referral letter"
_IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Reach:
    """How to contact somebody without harming them."""

    discretion: Discretion
    shared_phone: bool
    never_first: bool
    window: Window
    time_zone: str


@dataclass(frozen=True, slots=True)
class ReferralLetter:
    """What was not picked is None."""

    need: str
    language: str | None = None
    country: str | None = None
    age: AgeBand | None = None
    reach: Reach | None = None
    #: By whom they wish to be helped, and the places that are not safe for them.
    helper: Gender | None = None
    places: tuple[Place, ...] = ()
    #: How they wish to be reached outside of the chat.
    reach_at: str | None = None
    #: Who holds the phone, from when it is sent: wherever that is not sure, it is said.
    identity: Identity | None = None
    #: Whether a key still does.
    opens: bool = True


async def seal_words(session: Session, referral: Referral, need: str, reach_at: str) -> None:
    """What a caseworker typed; the rest is put in when it is sent."""
    typed = {Travels.NEED: need, Travels.REACH_AT: reach_at}
    await _seal(session, referral, {str(kind): words for kind, words in typed.items() if words})


async def fill_in(session: Session, referral: Referral) -> None:
    """What was picked, as it is now. Needs the service's scope."""
    letter = json.loads(await _open(session, referral) or "{}")
    await _seal(session, referral, {**letter, **await _picked(session, referral)})


async def _picked(session: Session, referral: Referral) -> dict[str, Any]:
    returnee = await session.get_one(Returnee, referral.returnee_id)
    contact = await safe_contact(session, returnee.id, referral.asks)
    everything: dict[str, Any] = {
        Travels.LANGUAGE: returnee.language,
        Travels.COUNTRY: returnee.country,
        Travels.AGE: returnee.age_band,
        Travels.CONTACT: {
            "discretion": contact.discretion,
            "shared": contact.shared_phone,
            # Whoever used their stop word is called by nobody first.
            "never_first": contact.never_first or contact.frozen,
            "days": sorted(contact.window.days),
            "opens": f"{contact.window.opens:%H:%M}",
            "closes": f"{contact.window.closes:%H:%M}",
            "zone": contact.time_zone,
        },
    }
    # Where nobody can read them any more, what travelled before stays.
    if (wishes := contact.wishes) is not None:
        everything[Travels.WISHES] = {
            "helper": wishes.helper,
            "places": [[each.country, each.key, each.name] for each in wishes.places],
        }
    picked = {kind: value for kind, value in everything.items() if kind in referral.fields}
    return {**picked, _IDENTITY: contact.identity}


async def letter_of(session: Session, referral: Referral) -> ReferralLetter | None:
    """None once its words were kept long enough. As long as somebody may act by it, how they are
    reached safely is as it is now. Needs the service's scope.
    """
    if referral.letter is None:
        return None
    words = await if_legible(_open(session, referral))
    if words is None:
        return ReferralLetter(ILLEGIBLE, opens=False)
    letter = json.loads(words)
    if _is_acted_by(referral):
        letter |= await _picked(session, referral)
    return _read(letter)


def _is_acted_by(referral: Referral) -> bool:
    """Once it is handed over, or a mailbox has accepted it, the person may be with the giver no
    longer.
    """
    together = referral.state is ReferralState.ACCEPTED and referral.partner_id is not None
    return together or referral.state is ReferralState.OFFERED


def _read(kept: dict[str, Any]) -> ReferralLetter:
    wishes = kept.get(Travels.WISHES, {})
    reach = kept.get(Travels.CONTACT)
    return ReferralLetter(
        need=kept["need"],
        language=kept.get(Travels.LANGUAGE),
        country=kept.get(Travels.COUNTRY),
        age=AgeBand(kept[Travels.AGE]) if Travels.AGE in kept else None,
        reach=_reach(reach) if reach else None,
        helper=Gender(wishes["helper"]) if wishes.get("helper") else None,
        reach_at=kept.get(Travels.REACH_AT),
        identity=Identity(kept[_IDENTITY]) if _IDENTITY in kept else None,
        places=tuple(sorted(Place(*place) for place in wishes.get("places", ()))),
    )


def _reach(kept: dict[str, Any]) -> Reach:
    return Reach(
        discretion=Discretion(kept["discretion"]),
        shared_phone=kept["shared"],
        never_first=kept["never_first"],
        window=Window(
            frozenset(kept["days"]),
            time.fromisoformat(kept["opens"]),
            time.fromisoformat(kept["closes"]),
        ),
        time_zone=kept["zone"],
    )


async def _key(session: Session, referral: Referral) -> DataKey:
    return await data_key(session, referral.returnee_id)


async def _seal(session: Session, referral: Referral, letter: dict[str, Any]) -> None:
    referral.letter = (await _key(session, referral)).seal(json.dumps(letter), _CONTEXT)


async def _open(session: Session, referral: Referral) -> str | None:
    if referral.letter is None:
        return None
    return (await _key(session, referral)).open(referral.letter, _CONTEXT)
