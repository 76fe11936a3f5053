"""Somebody confides what is about staff, and whoever hears it looks."""

from collections.abc import Sequence
from uuid import UUID

from domain.actors import Actor
from domain.distress import Assessment
from domain.messages.body import Body
from domain.notices import Notice
from domain.safeguarding.complaints import (
    confide,
    hear_in_confidence,
)
from domain.safeguarding.confided import answer_in_confidence
from domain.safeguarding.handling import mark_heard
from domain.safeguarding.story import list_complaints, read_complaint
from storage.kinds import (
    ComplaintKind,
    MessageKind,
    Severity,
)
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre

KEEPER, HEAD, SECOND = 21, 22, 23
WORDS = "Vera asked me for money"


async def tells(
    centre: Centre,
    person: Returnee,
    words: str = WORDS,
    *,
    past_lead: bool = False,
    severity: Severity = Severity.NONE,
    number: int = 7,
    edited: int | None = None,
    kind: MessageKind = MessageKind.TEXT,
) -> None:
    """`words`: of a recording or picture, the way to it."""
    is_text = kind is MessageKind.TEXT
    body = Body(text=words, number=number) if is_text else Body(file_id=words, number=number)
    if edited:
        body["edited"] = edited
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await confide(session, returnee, ComplaintKind.ABOUT_STAFF, past_lead=past_lead)
        await hear_in_confidence(session, returnee, kind, body, severity)


async def seen(centre: Centre, actor: Actor) -> list[UUID]:
    """By the rules alone, and with the database beneath: always the same."""
    by_scope = []
    for scope, staff in ((SERVICE, None), (centre.organisation.id, actor.staff_id)):
        async with centre.database.begin(scope, staff) as session:
            by_scope.append([line.id for line in await list_complaints(session, actor)])
    assert by_scope[0] == by_scope[1]
    return by_scope[0]


async def opens(centre: Centre, actor: Actor, complaint_id: UUID) -> None:
    """All recordings and pictures in it."""
    async with centre.database.begin(SERVICE) as session:
        _, told = await read_complaint(session, actor, complaint_id)
        for each in told:
            if each.unheard:
                await mark_heard(session, actor, complaint_id, each.id)


async def words_in(centre: Centre, actor: Actor, complaint_id: UUID) -> list[str]:
    async with centre.database.begin(SERVICE) as session:
        _, told = await read_complaint(session, actor, complaint_id)
    return [text for each in told for text in each.texts]


async def alerted(centre: Centre) -> list[int]:
    return [alert.chat for alert in await centre.sent(Notice.STAFF_COMPLAINT)]


async def confides(
    centre: Centre, person: Returnee, reasons: Sequence[str] = ("minor.young",)
) -> None:
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await confide(session, returnee, ComplaintKind.ABOUT_STAFF)
        heard = Assessment(Severity.URGENT, ask=False, reasons=tuple(reasons))
        body = Body(text="I am 15, and Vera touched me")
        await answer_in_confidence(session, returnee, heard, body, MessageKind.TEXT)
