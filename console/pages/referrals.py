"""Other organisations on this installation that are asked to help somebody, and that ask us."""

from collections.abc import Awaitable, Callable, Mapping, Set
from http import HTTPStatus
from types import MappingProxyType
from uuid import UUID

from starlette.responses import Response

from console.forms import fields
from console.visit import Visit
from domain.actors import Actor
from domain.cases.finding import find_case
from domain.colleagues.handing_over import offered_to
from domain.errors import Refused
from domain.marks import N_
from domain.referrals import making, receiving
from domain.referrals.handing_over import hand_over_now
from domain.referrals.letter import IN_DANGER, LONGEST_NEED
from domain.referrals.mailing import make_code
from domain.referrals.reading import given, read_along, read_referral, received
from storage.kinds import Received, Severity, Travels
from storage.sessions import SERVICE, Session

# What they need travels anyway; so it is not for choosing.
_CHOICES = [kind for kind in Travels if kind not in (Travels.NEED, Travels.REACH_AT)]
_TYPED = ("partner", "need", "joint", "vital", "reach_at")


async def show(visit: Visit) -> Response:
    """Both lists; of one that is long, the next page by itself."""
    only = visit.request.query_params.get("of")
    # No organisation sees the others' names.
    async with visit.desk.database.begin(SERVICE) as session:
        offers = await received(session, visit.actor, visit.after) if only != "ours" else None
        ours = await given(session, visit.actor, visit.after) if only != "theirs" else None
        to_me = await offered_to(session, visit.actor) if only is None else []
    async with visit.begin() as session:
        return await visit.show(session, "referrals.html", offers=offers, ours=ours, to_me=to_me)


async def show_one(visit: Visit) -> Response:
    return await _one(visit)


async def show_code(visit: Visit) -> Response:
    """Once, in the answer to what was pressed; it is kept nowhere."""
    async with visit.desk.database.begin(SERVICE) as session:
        code = await make_code(session, visit.actor, visit.id)
    return await _one(visit, code)


async def _one(visit: Visit, code: str = "") -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        with visit.else_not_there():
            file = await read_referral(session, visit.actor, visit.id)
    async with visit.begin() as session:
        return await visit.show(
            session,
            "referral.html",
            file=file,
            line=file.line,
            shut=visit.reason(file.shut) if file.shut else "",
            before=[] if file.line.given else await read_along(session, visit.actor, file),
            answers=list(Received),
            mails=visit.desk.settings.mails,
            code=code,
        )


async def plan(visit: Visit) -> Response:
    return await _plan(visit)


async def _plan(
    visit: Visit,
    kept: Mapping[str, str] = MappingProxyType({}),
    picked: Set[Travels] = frozenset(),
    refused: str = "",
) -> Response:
    """`kept` is what was typed, and is not to be lost."""
    async with visit.begin() as session:
        with visit.else_not_there():
            case = await find_case(session, visit.actor, visit.id)
    outlook, shut = making.Outlook((), confirmed=False), ""
    try:
        async with visit.desk.database.begin(SERVICE) as session:
            outlook = await making.look_out(session, visit.actor, visit.id)
    except Refused as error:
        shut = visit.reason(error)
    async with visit.begin() as session:
        return await visit.show(
            session,
            "referral-new.html",
            status=HTTPStatus.CONFLICT if refused else HTTPStatus.OK,
            case=case,
            refused=refused,
            kept=kept,
            picked=picked,
            confirmed=outlook.confirmed,
            partners=outlook.partners,
            shut=shut,
            choices=_CHOICES,
            emergency=case.severity is Severity.EMERGENCY,
            joint_days=making.JOINT_DAYS,
            longest=LONGEST_NEED,
        )


async def begin(visit: Visit) -> Response:
    """What was typed is never lost: where it is refused, it is still in the fields."""
    kept = {name: await visit.field(name) for name in _TYPED}
    picked = {kind for kind in _CHOICES if kind in await visit.fields("travels")}
    try:
        chosen = _chosen(kept, picked)
        async with visit.desk.database.begin(SERVICE) as session:
            referral = await making.refer(session, visit.actor, visit.id, chosen)
    except Refused as error:
        return await _plan(visit, kept, picked, visit.reason(error))
    done = N_("They are asked in the chat, as soon as it is safe.")
    if chosen.vital:
        done = N_("Your colleagues are asked to decide with you.")
    return visit.go(f"/referrals/{referral.id}", done)


def _chosen(kept: Mapping[str, str], picked: Set[Travels]) -> making.Plan:
    """As a form says it. Raises Refused."""
    vital, joint = bool(kept["vital"]), kept["joint"]
    return making.Plan(
        partner_id=fields.identifier(kept["partner"], N_("There is no such organisation.")),
        need=kept["need"],
        travels=picked & IN_DANGER if vital else picked,
        joint_days=fields.whole(joint),
        vital=vital,
        reach_at=kept["reach_at"],
    )


async def decide(visit: Visit) -> Response:
    return await _does(visit, making.decide, N_("It is on its way to them."))


async def revoke(visit: Visit) -> Response:
    return await _does(visit, making.revoke, N_("It is taken back."))


async def hand_over(visit: Visit) -> Response:
    return await _does(visit, hand_over_now, N_("It is handed over, and the person is told."))


async def accept(visit: Visit) -> Response:
    return await _does(visit, receiving.accept, N_("You accompany this person now."))


async def reject(visit: Visit) -> Response:
    reason = await visit.field("reason")
    async with visit.desk.database.begin(SERVICE) as session:
        await receiving.reject(session, visit.actor, visit.id, reason)
    return visit.go("/referrals", N_("They are told why, and look elsewhere."))


async def say_outcome(visit: Visit) -> Response:
    try:
        outcome = Received(await visit.field("received"))
    except ValueError:
        raise Refused("Choose whether the help came.") from None
    async with visit.desk.database.begin(SERVICE) as session:
        await receiving.say_outcome(session, visit.actor, visit.id, outcome)
    return visit.go(f"/referrals/{visit.id}", N_("Noted."))


async def _does(
    visit: Visit, act: Callable[[Session, Actor, UUID], Awaitable[object]], done: str
) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        await act(session, visit.actor, visit.id)
    return visit.go("/referrals", done)
