"""What is done all day long, and must cost the same however many people there are."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

from benchmarks.population import Population
from bot.clockwork.sweeping import sweep
from bot.delivery.claiming import claim
from bot.delivery.pace import Pace
from bot.delivery.packing import Packing
from domain import prefetched
from domain.alerts.telling import escalate
from domain.campaigns import list_campaigns, plan_next
from domain.campaigns.missed import missed_lately
from domain.cases.changes import mark_of
from domain.casework.reading import read_case
from domain.casework.tasks import owed_by
from domain.channels.calling import take_due
from domain.check_ins.sending import send_due
from domain.check_ins.silence import fall_silent, give_up_waiting
from domain.colleagues.handing_over import take_back_unheard
from domain.colleagues.nobody_left import go_on_elsewhere
from domain.consent.renewal import renew_all
from domain.duty import on_duty
from domain.duty.board import read_board
from domain.duty.reading import read_rota
from domain.duty.weekly import plan_ahead
from domain.pathways.stages import pass_stages
from domain.pathways.tasks import done_lately, due_now, open_tasks
from domain.pathways.telling import tell_due
from domain.prefetched import Written
from domain.profiles.reading import list_people, read_person
from domain.queue.lines import Part, most_dangerous, newest_signs, newest_waiting, queue
from domain.queue.saved_views import saved_views
from domain.queue.standing import standing_of
from domain.referrals.climbing import climb
from domain.referrals.following import follow_up
from domain.referrals.mailing import due_mail
from domain.referrals.reading import given, received
from domain.returnees.chats import returnee_of_chat
from domain.safeguarding.readings import say_why
from domain.safety.silence_plan import forget_named
from domain.staff import staff_of_chat
from domain.staff.browsers import whose
from locales.catalogues import Catalogues
from storage.inbox.lanes import heads_of_lanes
from storage.sessions import SERVICE, Scope, Session

Work = Callable[[Session, Population], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Hot:
    name: str
    work: Work
    #: Otherwise under the service's.
    organisations_scope: bool = False

    def scope(self, there: Population) -> Scope:
        return there.organisation if self.organisations_scope else SERVICE


# Each with a batch that is due. How fast Telegram lets us send has no part in it.
TICKS = tuple(
    Hot(name, work)
    for name, work in (
        ("heads of lanes", lambda session, _: heads_of_lanes(session, 8)),
        ("escalation", lambda session, _: escalate(session)),
        ("check-ins due", lambda session, _: send_due(session)),
        ("silence", lambda session, _: fall_silent(session)),
        ("missed", lambda session, _: give_up_waiting(session)),
        ("stages", lambda session, _: pass_stages(session)),
        ("claim of the outbox", lambda session, _: claim(session, Pace(100_000), 100)),
        ("planning", lambda session, _: plan_next(session)),
        ("information", lambda session, _: tell_due(session)),
        ("referrals", lambda session, _: follow_up(session)),
        ("referral alerts", lambda session, _: climb(session)),
        ("mails", lambda session, _: due_mail(session)),
        ("channel calls", lambda session, _: take_due(session, {uuid4()}, 50, failing=False)),
        ("consent", lambda session, _: renew_all(session)),
        ("hand-overs", lambda session, _: take_back_unheard(session)),
        ("deserted", lambda session, _: go_on_elsewhere(session)),
        ("named for a time", lambda session, _: forget_named(session)),
        ("rota", lambda session, _: plan_ahead(session)),
        ("sweep", lambda session, _: sweep(session)),
    )
)


async def _writers(session: Session, there: Population) -> None:
    await prefetched.know_writers(session, [Written(there.person, uuid4(), [b"none"])])


async def _made_ready(session: Session, _: Population) -> None:
    claimed = await claim(session, Pace(100_000), 100)
    await Packing.of(session, Catalogues.load(), claimed.rows)


LOOK_UPS = tuple(
    Hot(name, work)
    for name, work in (
        ("returnee of a chat", lambda session, _: returnee_of_chat(session, 1)),
        ("staff of a chat", lambda session, _: staff_of_chat(session, 1)),
        ("what keeping words asks", _writers),
        ("a batch made ready to send", _made_ready),
        ("signed in", lambda session, _: whose(session, "no such cookie")),
    )
)


def _page_of(part: Part) -> Work:
    return lambda session, there: queue(session, there.supervisor, part)


async def _person(session: Session, there: Population) -> None:
    await say_why(session, there.supervisor, there.person, "Measured")
    await read_person(session, there.supervisor, there.person)


async def _rota(session: Session, there: Population) -> None:
    await read_rota(session, there.supervisor, session.now.date())


async def _newest_waiting(session: Session, there: Population) -> None:
    await newest_waiting(session, there.supervisor, beside=there.case)


async def _newest_signs(session: Session, there: Population) -> None:
    await newest_signs(session, there.supervisor, beside=there.case)


_PAGES: tuple[tuple[str, Work], ...] = (
    *((f"queue: {part}", _page_of(part)) for part in Part),
    ("most dangerous", lambda session, there: most_dangerous(session, there.supervisor, 20)),
    ("case", lambda session, there: read_case(session, there.supervisor, there.case)),
    ("mark of a case", lambda session, there: mark_of(session, there.supervisor, there.case)),
    ("people", lambda session, there: list_people(session, there.supervisor, there.person)),
    ("person", _person),
    ("owed in cases", lambda session, there: owed_by(session, there.supervisor)),
    ("tasks", lambda session, there: open_tasks(session, there.supervisor)),
    ("tasks due now", lambda session, there: due_now(session, there.supervisor)),
    ("tasks done lately", lambda session, there: done_lately(session, there.supervisor)),
    ("board", lambda session, there: read_board(session, there.supervisor)),
    ("rota of a week", _rota),
    ("saved views", lambda session, there: saved_views(session, there.supervisor)),
    ("on duty", lambda session, there: on_duty(session, there.organisation)),
    ("campaigns", lambda session, there: list_campaigns(session, there.coordinator)),
    ("missed lately", lambda session, there: missed_lately(session, there.coordinator)),
    ("how things stand", lambda session, there: standing_of(session, there.supervisor)),
    ("newest that waits", _newest_waiting),
    ("newest signs", _newest_signs),
)
# No organisation sees the others' names, so these need the service's scope.
_REFERRALS = tuple(
    Hot(f"referrals {name}", work)
    for name, work in (
        ("given", lambda session, there: given(session, there.supervisor)),
        (
            "given, further on",
            lambda session, there: given(session, there.supervisor, there.referral),
        ),
        ("received", lambda session, there: received(session, there.supervisor)),
    )
)
HOT = (
    *TICKS,
    *LOOK_UPS,
    *_REFERRALS,
    *(Hot(name, work, organisations_scope=True) for name, work in _PAGES),
)
