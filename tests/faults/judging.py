"""What became of everything that was said, seen from outside: on phones and in the database."""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select

from domain.messages.sealing import body_of
from storage.kinds import Direction, OutboxState, Severity
from storage.outbox.letters import chat_of
from storage.sessions import SERVICE, Session
from storage.tables.cases import Case, Message
from storage.tables.inbox import InboxRow
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.alerting import Alert, raised_alerts
from tests.faults.plugin import Row
from tests.faults.script import CRISIS, HELP, MENU, Part, Person, Script
from tests.faults.world import World

Each = TypeVar("Each")

LATE = 10.0


@dataclass
class Verdict:
    lost: list[str] = field(default_factory=list)
    #: Handled twice: a second case, or the same words kept twice.
    doubled: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    #: The same message once more on the same phone: whose, and how it begins.
    repeated: list[tuple[int, str]] = field(default_factory=list)
    #: From a message to the first answer, in seconds.
    delays: list[float] = field(default_factory=list)

    def enter(self, row: Row) -> None:
        """Into the line of the table; and nothing may be lost, doubled or out of order."""
        row.lost += len(self.lost)
        row.repeated += len(self.repeated)
        row.late += sum(delay > LATE for delay in self.delays)
        row.worst = max([row.worst, *self.delays])
        wrong = {"lost": self.lost, "doubled": self.doubled, "disordered": self.disordered}
        assert not any(wrong.values()), wrong


@dataclass(frozen=True)
class Evidence:
    #: Of each chat: texts that the bot sent, and when.
    phones: dict[int, list[tuple[str, float]]]
    #: Of each chat: the codes of its cases, and the words kept, in order.
    cases: dict[int, list[str]]
    kept: dict[int, list[str]]
    #: Of each case, by its code: how grave it is.
    severities: dict[str, Severity]
    alerts: Sequence[Alert]
    #: Of each chat: what will never be sent, though it was put on its way.
    given_up: Counter[int]
    set_aside: int
    #: The updates that Telegram has handed over, of which nothing is written down.
    unstored: set[int]
    #: What was said to people about their cases, in the order in which it was put on its way:
    #: whose chat, and Telegram's number of the message. (To staff, cases are told of side by side.)
    sent: list[tuple[bytes, int]]


async def close(script: Script, row: Row, *, unheard: int = 0) -> Verdict:
    """Waits until all is done, judges it, and fills in the line of the table.

    What was cut off on its way may come once more to the same chat. `unheard`: and so many, to
    whichever, that Telegram took and did not say so of.
    """
    world = script.world
    await world.quiet()
    row.processes += world.started
    verdict = await judge(script)
    verdict.enter(row)
    beyond = Counter(chat for chat, _ in verdict.repeated) - Counter(world.cut_off.values())
    assert beyond.total() <= unheard, (beyond, verdict.repeated)
    return verdict


async def judge(script: Script) -> Verdict:
    evidence = await gather(script.world)
    verdict = Verdict()
    if evidence.set_aside:
        verdict.lost.append(f"{evidence.set_aside} updates were set aside")
    if evidence.unstored:
        verdict.lost.append(f"{len(evidence.unstored)} updates were never stored")
    for person in script.people:
        _judge_person(person, evidence, verdict)
    judge_alerts(script.world, evidence, verdict)
    _judge_order(evidence, verdict)
    _count_repeats(script, evidence, verdict)
    return verdict


def _judge_person(person: Person, evidence: Evidence, verdict: Verdict) -> None:
    chat = person.user.id
    answers = evidence.phones[chat]
    if person.gone:
        assert not answers
    elif not answers:
        verdict.lost.append(f"{person.part.name} {chat} was not answered")
    elif person.part is not Part.TALKER:
        verdict.delays.append(answers[0][1] - person.lines[0].said_at)
    if evidence.given_up[chat] and not person.gone:
        verdict.lost.append(f"{evidence.given_up[chat]} messages to {chat} were given up")
    if not person.gone:
        _judge_menus(person, evidence, verdict)
    if person.part is not Part.STRANGER:
        judge_call(person, evidence, verdict)


def _judge_menus(person: Person, evidence: Evidence, verdict: Verdict) -> None:
    """Each line before anybody must hear them has a menu: its own, or that of a minute ago."""
    menus = (at for text, at in evidence.phones[person.user.id] if MENU in text)
    enough = max(menus, default=0.0) + 60
    verdict.lost += [f"no menu for: {line.text}" for line in person.before if line.said_at > enough]


def judge_call(person: Person, evidence: Evidence, verdict: Verdict) -> None:
    """Of somebody who must be heard: whatever else they were told, this they must be told."""
    chat, codes = person.user.id, evidence.cases[person.user.id]
    who = f"{person.part.name} {chat}"
    told = HELP if person.part is Part.ASKER else CRISIS
    if not person.gone and not any(told in text for text, _ in evidence.phones[chat]):
        verdict.lost.append(f"{who} was not told where to call, or that somebody comes")
    if not codes:
        verdict.lost.append(f"{who} has no case")
    if len(codes) > 1:
        verdict.doubled.append(f"{who} has {len(codes)} cases")
    if person.part is not Part.ASKER:
        milder = [code for code in codes if evidence.severities[code] is not Severity.EMERGENCY]
        verdict.lost += [f"{code} is no emergency" for code in milder]
        _judge_words([line.text for line in person.after], evidence.kept[chat], verdict)


def _judge_words(said: list[str], kept: list[str], verdict: Verdict) -> None:
    counts = Counter(kept)
    verdict.lost += [f"not kept: {words}" for words in said if words not in counts]
    verdict.doubled += [f"kept {n} times: {words}" for words, n in counts.items() if n > 1]
    if list(dict.fromkeys(kept)) != [words for words in said if words in counts]:
        verdict.disordered.append(f"said {said}, kept {kept}")


def judge_alerts(world: World, evidence: Evidence, verdict: Verdict) -> None:
    """Each came to everybody on duty, and not only one about the same case."""
    silent = evidence.severities.keys() - {alert.code for alert in evidence.alerts}
    verdict.lost += [f"no alert about {code}" for code in silent]
    for member in world.staff:
        if evidence.given_up[member.id]:
            verdict.lost.append(f"{evidence.given_up[member.id]} alerts were given up")
    staff = {member.id for member in world.staff}
    for alert in evidence.alerts:
        if missing := staff - alert.chats(world.shown):
            verdict.lost.append(f"the alert about {alert.code} at {alert.at} to {missing}")


def _judge_order(evidence: Evidence, verdict: Verdict) -> None:
    newest: dict[bytes, int] = {}
    for lane, number in evidence.sent:
        if number <= newest.get(lane, 0):
            verdict.disordered.append(f"message {number} after {newest[lane]}")
        newest[lane] = number


def _count_repeats(script: Script, evidence: Evidence, verdict: Verdict) -> None:
    """A menu answers everything that somebody says before they must be heard; all else is once.

    Staff hear of a case as often as they were to be alerted, however long it has waited each time.
    """
    for person in script.people:
        chat, menus = person.user.id, max(1, len(person.before))
        for text, times in Counter(text for text, _ in evidence.phones[chat]).items():
            allowed = menus if MENU in text else 1
            verdict.repeated += [(chat, text[:60])] * (times - allowed)
    alerts = Counter(alert.code for alert in evidence.alerts)
    for member in script.world.staff:
        told = Counter(_subject(text, alerts) for text, _ in evidence.phones[member.id])
        for about, times in told.items():
            verdict.repeated += [(member.id, about)] * (times - alerts.get(about, 1))


def _subject(text: str, codes: Container[str]) -> str:
    """The code of the case that it is about; what is about none stands for itself."""
    return next((word for word in re.findall(r"\w+", text) if word in codes), text)


async def gather(world: World) -> Evidence:
    async with world.database.begin(SERVICE) as session:
        chats = await _chats(session, list(world.telegram.simulator.world.users))
        cases = (await session.scalars(select(Case))).all()
        aside = select(func.count()).where(InboxRow.set_aside_at.is_not(None))
        return Evidence(
            phones=_by_chat(_texts_on_phones(world)),
            cases=_by_chat((chats[case.returnee_id], case.code) for case in cases),
            kept=_by_chat(await _words_kept(session, chats)),
            severities={case.code: case.severity for case in cases},
            alerts=await raised_alerts(session),
            given_up=await _given_up(session),
            set_aside=await session.scalar(aside) or 0,
            unstored=world.handed_out - set(await session.scalars(select(InboxRow.update_id))),
            sent=await _sent_of_cases(session),
        )


def _by_chat(found: Iterable[tuple[int, Each]]) -> dict[int, list[Each]]:
    """In order; of a chat of which nothing was found, nothing."""
    lists: dict[int, list[Each]] = defaultdict(list)
    for chat, each in found:
        lists[chat].append(each)
    return lists


def _texts_on_phones(world: World) -> Iterator[tuple[int, tuple[str, float]]]:
    for call in world.telegram.simulator.log.calls:
        if call.method == "sendMessage" and call.ok:
            at = datetime.fromisoformat(call.at).timestamp()
            yield int(call.params["chat_id"]), (call.params["text"], at)


async def _words_kept(session: Session, chats: dict[Any, int]) -> list[tuple[int, str]]:
    said = select(Message).where(Message.direction == Direction.FROM_RETURNEE)
    messages = (await session.scalars(said.order_by(Message.number))).all()
    return [
        (chats[message.returnee_id], (await body_of(session, message)).get("text", ""))
        for message in messages
    ]


async def _given_up(session: Session) -> Counter[int]:
    failed = select(OutboxRow).where(OutboxRow.state == OutboxState.FAILED)
    return Counter(chat_of(row, session.keys) for row in await session.scalars(failed))


async def _sent_of_cases(session: Session) -> list[tuple[bytes, int]]:
    sent = await session.execute(
        select(OutboxRow.lane, OutboxRow.message_id)
        .where(
            OutboxRow.message_id.is_not(None),
            OutboxRow.case_id.is_not(None),
            OutboxRow.returnee_id.is_not(None),
        )
        .order_by(OutboxRow.number)
    )
    return [(row.lane, row.message_id) for row in sent]


async def _chats(session: Session, users: list[int]) -> dict[Any, int]:
    """Whose phone each person's is."""
    by_key = {session.keys.look_up(user, "chat"): user for user in users}
    people = await session.execute(select(Returnee.id, Returnee.chat_key))
    return {row.id: by_key[row.chat_key] for row in people}
