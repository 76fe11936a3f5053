from uuid import uuid4

import pytest

from dialogs.notices import WORDINGS, refer, referred, render
from dialogs.presses import CoverAgain, OpenCovered
from dialogs.screens import Telling
from dialogs.texts import Texts
from domain.notices import MANNERS, Notice
from domain.organisations import add_organisation
from domain.questionnaires.typed import Wrong
from domain.returnees.enrolments import add_returnee
from locales.catalogues import Catalogues
from storage.kinds import AgeBand, Discretion, NoticeClass
from storage.outbox.contents import Notification
from storage.sessions import SERVICE, Database, Session
from storage.tables.returnees import Returnee
from tests.dialogs.params import params_of
from tests.dialogs.revealing import REVEALING

COVERED = [notice for notice, wording in WORDINGS.items() if not wording.bare]
BARE_FOR_RETURNEES = [
    notice
    for notice, wording in WORDINGS.items()
    if wording.bare and MANNERS[notice].notice_class is not NoticeClass.STAFF
]


def test_p4_every_notice_has_a_manner_and_words() -> None:
    assert set(MANNERS) == set(Notice)
    assert set(WORDINGS) | {Notice.REVEALED, Notice.CONCEALED, Notice.NOTHING_NEW} == set(Notice)


def test_p4_only_what_answers_the_person_passes_the_window_as_a_reply() -> None:
    """So whatever is new here is held, unless somebody has thought about it and named it."""
    answers = {
        Notice.CRISIS,
        Notice.HELP_ASKED,
        Notice.HELP_OFFERED,
        Notice.HELP_OKAY,
        Notice.HELP_DECLINED,
        Notice.CLOSING_WISHED,
        Notice.NOBODY_NEEDED,
        Notice.RECORDING_KEPT,
        Notice.RECORDING_UNREAD,
        Notice.PLACE_UNSEEN,
        Notice.NUMBER_UNSEEN,
        Notice.UNOPENABLE,
        Notice.MESSAGE_KEPT,
        Notice.CHECK_IN_QUESTION,
        Notice.CHECK_IN_THANKS,
        Notice.CHECK_IN_DAYS,
        Notice.CHECK_IN_LATER,
        Notice.CHECK_IN_NOT_FIRST,
        Notice.CHECK_IN_STOPPED,
        Notice.CHECK_IN_NONE,
        Notice.REVEALED,
        Notice.CONCEALED,
        Notice.PICTURES,
        Notice.NOTHING_NEW,
        Notice.SERVICE,
        Notice.NUMBERS,
        Notice.HIDDEN,
        Notice.STOPPED,
        Notice.RESUMED,
        Notice.INVITE_REFUSED,
        Notice.TALK_ANSWERED,
        Notice.HOURS_RIGHT,
        Notice.WORDS_TAKEN,
        Notice.CONFIDING,
        Notice.CONFIDED,
        Notice.SAID_ALL,
        Notice.NOT_DONE,
        Notice.NOTHING_KEPT,
        Notice.FORGET_SURE,
        Notice.FORGET_WAITS,
        Notice.CORRECT_WHICH,
        Notice.CORRECT_HOW,
        Notice.CORRECTED,
        Notice.COPY,
        Notice.COPY_ASKED,
        Notice.FORGOTTEN,
        Notice.CONSENT_NOTED,
        Notice.CONSENT_TEXT,
        Notice.CHILD_HEARD,
        Notice.STOP_WORD,
        Notice.FROZEN,
        Notice.SIGN,
    }

    manners = MANNERS.items()
    assert {each for each, how in manners if how.notice_class is NoticeClass.REPLY} == answers


async def somebody(session: Session, discretion: Discretion) -> Returnee:
    organisation = await add_organisation(session, "Harbour", country="AL")
    return await add_returnee(session, 1001, organisation, "en", discretion=discretion)


def texts(discretion: Discretion) -> Texts:
    return Texts("en", discretion, Catalogues.load().of("en"))


@pytest.mark.parametrize("discretion", [Discretion.DISCREET, Discretion.WATCHED])
@pytest.mark.parametrize("notice", COVERED)
async def test_p4_what_has_something_to_hide_is_covered(
    database: Database, notice: Notice, discretion: Discretion
) -> None:
    async with database.begin(SERVICE) as session:
        returnee = await somebody(session, discretion)
        params = await params_of(session, notice, returnee)
        screen = await render(session, Notification(notice, params), texts(discretion), returnee)

    assert not any(word in screen.text.lower() for word in REVEALING)
    assert screen.keyboard is not None
    [[key]] = screen.keyboard.inline_keyboard
    assert len((key.callback_data or "").encode()) <= 64
    assert referred(notice, OpenCovered.unpack(key.callback_data or "").refers) == {
        name: params[name] for name in WORDINGS[notice].refers
    }


@pytest.mark.parametrize("notice", BARE_FOR_RETURNEES)
async def test_p4_what_is_shown_bare_has_neutral_words_on_a_watched_phone(
    database: Database, notice: Notice
) -> None:
    async with database.begin(SERVICE) as session:
        returnee = await somebody(session, Discretion.WATCHED)
        params = await params_of(session, notice, returnee)
        telling = Telling(session, texts(Discretion.WATCHED), params, returnee)
        screen = await WORDINGS[notice].words(telling)

    if notice is not Notice.NOTHING_KEPT:  # is only ever told to strangers
        assert not any(word in screen.text.lower() for word in REVEALING)


@pytest.mark.parametrize("notice", [Notice.CRISIS, Notice.HELP_ASKED, Notice.NOBODY_YET])
@pytest.mark.parametrize("country", [None, "AL", "UA", "JO"])
async def test_p11_who_waits_for_a_human_gets_numbers_in_one_message(
    database: Database, notice: Notice, country: str | None
) -> None:
    async with database.begin(SERVICE) as session:
        returnee = await somebody(session, Discretion.OPEN)
        returnee.country = country
        content = Notification(notice, {})
        screen = await render(session, content, texts(Discretion.OPEN), returnee)

    assert len(screen.text) < 4096
    assert "country" in screen.text


@pytest.mark.parametrize(
    ("age", "said", "first"),
    [
        (AgeBand.ADULT, False, "112"),
        (AgeBand.UNKNOWN, False, "112"),
        (AgeBand.UNKNOWN, True, "116 111"),
        (AgeBand.YOUTH, False, "116 111"),
    ],
)
async def test_in_a_crisis_only_who_is_or_may_be_a_child_reads_the_line_for_children_first(
    database: Database, age: AgeBand, said: bool, first: str
) -> None:
    async with database.begin(SERVICE) as session:
        returnee = await somebody(session, Discretion.OPEN)
        returnee.age_band, returnee.said_child_at = age, session.now if said else None
        content = Notification(Notice.CRISIS, {})
        screen = await render(session, content, texts(Discretion.OPEN), returnee)

    assert min(("112", "116 111"), key=screen.text.index) == first


@pytest.mark.parametrize("notice", [Notice.CRISIS, Notice.HELP_ASKED, Notice.NOBODY_YET])
@pytest.mark.parametrize("country", [None, "UA", "GB", "DE", "JO", "NG"])
async def test_p11_whoever_is_somewhere_else_or_nobody_knows_where_reads_of_112(
    database: Database, notice: Notice, country: str | None
) -> None:
    async with database.begin(SERVICE) as session:
        returnee = await somebody(session, Discretion.OPEN)
        returnee.country = country
        content = Notification(notice, {})
        screen = await render(session, content, texts(Discretion.OPEN), returnee)

    assert screen.text.count("112") == 1


@pytest.mark.parametrize(("country", "numbers"), [("UA", ["102", "1547"]), ("MA", ["112"])])
async def test_p11_who_opened_a_cry_on_a_watched_phone_reads_all_the_numbers(
    database: Database, country: str, numbers: list[str]
) -> None:
    async with database.begin(SERVICE) as session:
        returnee = await somebody(session, Discretion.WATCHED)
        returnee.country = country
        shown = {"notice": Notice.CRISIS, "params": {"opened": True}}
        content = Notification(Notice.REVEALED, shown)
        screen = await render(session, content, texts(Discretion.WATCHED), returnee)

    assert all(f"<b>\u2068{number}\u2069</b>" in screen.text for number in numbers)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "Waiting 0 minutes."),
        (119, "Waiting 119 minutes."),
        (120, "Waiting 2 hours."),
        (47 * 60 + 59, "Waiting 47 hours."),
        (241_920, "Waiting 168 days."),
    ],
)
async def test_staff_read_how_long_somebody_waits_in_a_measure_that_they_can_picture(
    database: Database, minutes: int, words: str
) -> None:
    params = {"severity": "urgent", "code": "2P-VWNM", "language": "en", "minutes": minutes}
    async with database.begin(SERVICE) as session:
        content = Notification(Notice.STAFF_ALERT, params)
        screen = await render(session, content, texts(Discretion.OPEN), None)

    assert screen.text.endswith(words)


@pytest.mark.parametrize(
    ("told", "ends"),
    [
        ({"waits": True}, "claimed · Waiting 6 days."),
        ({"waits": False}, "claimed"),
        # As an older release wrote it.
        ({}, "claimed · Waiting 6 days."),
    ],
)
async def test_staff_read_of_who_waits_no_more_only_how_their_case_stands(
    database: Database, told: dict[str, bool], ends: str
) -> None:
    case = {"severity": "urgent", "code": "2P-VWNM", "state": "claimed", "minutes": 8640, **told}
    async with database.begin(SERVICE) as session:
        content = Notification(Notice.STAFF_QUEUE, {"cases": [case], "all": 1})
        screen = await render(session, content, texts(Discretion.OPEN), None)

    assert screen.text.endswith(f"<b>2P-VWNM</b> · {ends}")


@pytest.mark.parametrize(
    ("told", "begins"),
    [
        ({"number": 1, "late": False}, "1 task is due by the next working day, and nobody"),
        ({"number": 2, "late": True}, "2 tasks are overdue. See Tasks"),
    ],
)
async def test_p8_staff_read_how_many_tasks_are_due_and_nothing_of_whom(
    database: Database, told: dict[str, object], begins: str
) -> None:
    async with database.begin(SERVICE) as session:
        content = Notification(Notice.STAFF_TASKS, told)
        screen = await render(session, content, texts(Discretion.OPEN), None)

    assert screen.text.startswith(begins)


def test_buttons_hold_what_they_refer_to_in_sixty_four_bytes() -> None:
    by_name = {"check_in": str(uuid4()), "question": "a-question-of-20-chr"}
    not_taken = {"check_in": str(uuid4()), "question": "999", "wrong": Wrong.CONSTRAINT}
    for params in (by_name, not_taken):
        refers = refer(Notice.CHECK_IN_QUESTION, params)
        for press in (OpenCovered, CoverAgain):
            assert len(press(notice=Notice.CHECK_IN_QUESTION, refers=refers).pack()) <= 64
        assert referred(Notice.CHECK_IN_QUESTION, refers) == params


@pytest.mark.parametrize(
    ("notice", "params"),
    [
        (Notice.CORRECT_WHICH, {}),
        (Notice.CORRECT_WHICH, {"behind": str(uuid4())}),
        (Notice.CONFIDED, {}),
        (Notice.CONFIDED, {"recording": "True"}),
    ],
)
def test_what_a_notice_is_about_only_now_and_then_is_found_again_behind_its_cover(
    notice: Notice, params: dict[str, str]
) -> None:
    assert referred(notice, refer(notice, params)) == params
