from collections.abc import Sequence

import pytest
from sqlalchemy import func, select

from domain.casework.work import resolve
from domain.consent import give_consent
from domain.crisis.answering import answer_signal, ask_for_human
from domain.distress.assessment import Assessment
from domain.messages.body import Body
from domain.messages.sealing import body_of
from domain.notices import Notice
from domain.returnees.enrolments import add_returnee
from storage.kinds import CaseEventKind, CaseState, Outcome, Purpose, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case, Message
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre

WORDS = Body(text="Help me")
HUMAN = ["human-request.human", "likeness.words"]


async def heard(
    centre: Centre,
    person: Returnee,
    severity: Severity,
    *,
    ask: bool = False,
    reasons: Sequence[str] = ("threat.threatened",),
    original: Body | None = WORDS,
) -> Case | None:
    async with centre.database.begin(SERVICE) as session:
        return await answer_signal(
            session,
            await session.get_one(Returnee, person.id),
            centre.organisation.id,
            Assessment(severity, ask, tuple(reasons)),
            original=original,
        )


async def number_of_cases(centre: Centre) -> int:
    async with centre.database.begin(SERVICE) as session:
        return await session.scalar(select(func.count()).select_from(Case)) or 0


async def test_p1_an_emergency_opens_a_case_without_any_consent_and_keeps_the_words(
    centre: Centre,
) -> None:
    case = await heard(centre, await centre.person(consents=False), Severity.EMERGENCY)

    assert case is not None
    async with centre.database.begin(centre.organisation.id) as session:
        (message,) = (await session.scalars(select(Message))).all()
        assert message.case_id == case.id
        assert await body_of(session, message) == {"text": "Help me", "cry": True}
    (told,) = await centre.sent(Notice.CRISIS)
    assert told.params == {"severity": "emergency", "staffed": False, "minutes": 5}


async def test_p11_the_crisis_notice_says_whether_somebody_is_on_duty(centre: Centre) -> None:
    await centre.colleague(on_duty=True)
    await heard(centre, await centre.person(), Severity.EMERGENCY)

    (told,) = await centre.sent(Notice.CRISIS)
    assert told.params["staffed"] is True


@pytest.mark.parametrize("severity", [Severity.URGENT, Severity.CONCERN])
async def test_p5_without_consent_less_than_an_emergency_is_asked_about_first(
    centre: Centre, severity: Severity
) -> None:
    assert await heard(centre, await centre.person(consents=False), severity) is None

    assert await number_of_cases(centre) == 0
    assert len(await centre.sent(Notice.HELP_OFFERED)) == 1


@pytest.mark.parametrize(
    ("severity", "notice"),
    [(Severity.URGENT, Notice.CRISIS), (Severity.CONCERN, Notice.HELP_OFFERED)],
)
async def test_with_consent_it_opens_a_case(
    centre: Centre, severity: Severity, notice: Notice
) -> None:
    assert await heard(centre, await centre.person(), severity) is not None

    assert len(await centre.sent(notice)) == 1


async def test_p11_who_only_wants_somebody_to_talk_with_is_not_told_that_they_may_be_in_danger(
    centre: Centre,
) -> None:
    person = await centre.person()
    await heard(centre, person, Severity.URGENT, reasons=HUMAN)

    assert len(await centre.sent(Notice.HELP_ASKED)) == 1
    assert await centre.sent(Notice.CRISIS) == []
    # It holds back no warning: what is threatening is answered as ever, and that comes first.
    await heard(centre, person, Severity.URGENT, reasons=[*HUMAN, "danger.words"])
    assert len(await centre.sent(Notice.CRISIS)) == 1
    await heard(centre, person, Severity.URGENT, reasons=HUMAN)
    assert len(await centre.sent(Notice.HELP_ASKED)) == 1


async def test_p12_whoever_asks_for_somebody_in_many_messages_is_answered_once_in_a_while(
    centre: Centre,
) -> None:
    person = await centre.person()
    for minutes in (0, 1, 8):
        centre.later(minutes=minutes)
        await heard(centre, person, Severity.URGENT, reasons=HUMAN)
        await centre.all_arrives()
    assert len(await centre.sent(Notice.HELP_ASKED)) == 1

    centre.later(minutes=2)
    await heard(centre, person, Severity.URGENT, reasons=HUMAN)
    assert len(await centre.sent(Notice.HELP_ASKED)) == 2


async def test_p11_whoever_calls_for_somebody_by_name_is_answered_each_time(
    centre: Centre,
) -> None:
    person = await centre.person()
    for number in (1, 2):
        async with centre.database.begin(SERVICE) as session:
            await ask_for_human(session, await session.get_one(Returnee, person.id))
        await centre.all_arrives()
        assert len(await centre.sent(Notice.HELP_ASKED)) == number


async def test_a_signal_during_an_open_case_is_appended_whatever_was_consented_to(
    centre: Centre,
) -> None:
    person = await centre.person(consents=False)
    opened = await heard(centre, person, Severity.EMERGENCY)
    appended = await heard(centre, person, Severity.CONCERN)

    assert opened is not None
    assert appended is not None
    assert appended.id == opened.id
    assert appended.severity is Severity.EMERGENCY
    assert await centre.sent(Notice.HELP_OFFERED) == []


async def closed_lately(
    centre: Centre, person: Returnee, severity: Severity = Severity.CONCERN
) -> Case:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(person, severity))
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    centre.later(days=3)
    return case


@pytest.fixture
async def unasked(centre: Centre) -> Returnee:
    """They never said whether a caseworker may read them."""
    async with centre.database.begin(SERVICE) as session:
        return await add_returnee(session, 4242, centre.organisation, "sq")


async def test_p1_a_cry_that_opens_a_closed_case_again_is_kept_in_it_as_the_cry_that_it_is(
    centre: Centre, unasked: Returnee
) -> None:
    """As any word would open it, and after a greeting the same cry would have been heard so."""
    closed = await closed_lately(centre, unasked)
    case = await heard(centre, unasked, Severity.URGENT)

    assert case is not None
    assert (case.id, case.state, case.severity) == (closed.id, CaseState.OPEN, Severity.URGENT)
    last = [CaseEventKind.REOPENED, CaseEventKind.RAISED]
    assert [kind for kind in await centre.history(case.id) if kind in last] == last
    async with centre.database.begin(SERVICE) as session:
        [message] = await session.scalars(select(Message))
        assert (await body_of(session, message))["cry"] is True
    assert len(await centre.sent(Notice.CRISIS)) == 1
    assert await centre.sent(Notice.HELP_OFFERED) == []


async def test_p5_whoever_took_back_that_they_are_read_is_asked_and_the_case_stays_closed(
    centre: Centre, unasked: Returnee
) -> None:
    closed = await closed_lately(centre, unasked)
    async with centre.database.begin(SERVICE) as session:
        await give_consent(session, unasked, Purpose.CASEWORKER, False, "1")

    assert await heard(centre, unasked, Severity.URGENT) is None
    assert (await centre.fresh(closed)).state is CaseState.RESOLVED
    assert len(await centre.sent(Notice.HELP_OFFERED)) == 1


async def test_p11_a_concern_that_comes_once_an_urgent_case_is_closed_is_answered(
    centre: Centre, unasked: Returnee
) -> None:
    await closed_lately(centre, unasked, Severity.URGENT)

    assert await heard(centre, unasked, Severity.CONCERN) is None
    assert len(await centre.sent(Notice.HELP_OFFERED)) == 1


@pytest.mark.parametrize(("days", "with_words"), [(12, True), (0, False)])
async def test_p5_what_opens_no_case_again_is_asked_about_without_consent(
    centre: Centre, unasked: Returnee, days: int, with_words: bool
) -> None:
    """It was closed too long ago; or it is an answer, of which no words are kept."""
    closed = await closed_lately(centre, unasked)
    centre.later(days=days)
    original = WORDS if with_words else None

    assert await heard(centre, unasked, Severity.URGENT, original=original) is None
    assert (await centre.fresh(closed)).state is CaseState.RESOLVED
    assert len(await centre.sent(Notice.HELP_OFFERED)) == 1


async def test_words_that_are_not_clear_lead_to_a_question_unless_somebody_is_there_already(
    centre: Centre,
) -> None:
    person = await centre.person()
    assert await heard(centre, person, Severity.NONE, ask=True) is None
    await heard(centre, person, Severity.EMERGENCY)
    assert await heard(centre, person, Severity.NONE, ask=True) is None

    assert len(await centre.sent(Notice.HELP_OFFERED)) == 1


async def test_p12_the_crisis_notice_is_not_repeated_within_ten_minutes_but_signals_are_kept(
    centre: Centre,
) -> None:
    person = await centre.person()
    told = []
    case = None
    for _ in range(3):
        case = await heard(centre, person, Severity.EMERGENCY)
        told.append(len(await centre.sent(Notice.CRISIS)))
        centre.later(minutes=6)

    assert case is not None
    assert told == [1, 1, 2]
    assert (await centre.history(case.id)).count(CaseEventKind.SIGNAL) == 2


async def test_p12_what_became_graver_is_answered_at_once(centre: Centre) -> None:
    person = await centre.person()
    for severity in (Severity.CONCERN, Severity.URGENT, Severity.EMERGENCY):
        await heard(centre, person, severity)

    severities = [told.params["severity"] for told in await centre.sent(Notice.CRISIS)]
    assert severities == ["urgent", "emergency"]


async def test_in_an_emergency_a_wish_for_somebody_is_answered_with_the_crisis_notice(
    centre: Centre,
) -> None:
    person = await centre.person()
    await heard(centre, person, Severity.EMERGENCY)
    centre.later(minutes=11)
    await heard(centre, person, Severity.URGENT, reasons=HUMAN)

    assert len(await centre.sent(Notice.CRISIS)) == 2
    assert await centre.sent(Notice.HELP_ASKED) == []


async def test_p4_a_frozen_chat_is_heard_and_shown_nothing(centre: Centre) -> None:
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        frozen = await session.get_one(Returnee, person.id)
        frozen.frozen_at = session.now
    case = await heard(centre, person, Severity.EMERGENCY)

    assert case is not None
    assert await centre.sent(Notice.CRISIS) == []


async def test_asking_for_a_human_opens_an_urgent_case_and_says_when(centre: Centre) -> None:
    person = await centre.person(consents=False)
    async with centre.database.begin(SERVICE) as session:
        case = await ask_for_human(session, person)

    assert case.severity is Severity.URGENT
    (told,) = await centre.sent(Notice.HELP_ASKED)
    assert told.params == {"severity": "urgent", "staffed": False, "minutes": 60}
