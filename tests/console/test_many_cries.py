"""A case in which somebody cried for help again and again."""

import pytest

from domain.casework import heard
from domain.casework.marking import signals_of
from domain.distress import Own, Watch
from domain.distress.assessment import Evidence
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.signals.opening import open_or_append
from storage.kinds import MessageKind, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.returnees import Returnee
from tests.console.office import Office
from tests.statements import caught

VERSION = "0a1b2c3d+7"


async def cries(office: Office, *words: str) -> Case:
    person = await office.person()
    for text in words:
        async with office.database.begin(SERVICE) as session:
            returnee = await session.get_one(Returnee, person.id)
            case = await open_or_append(
                session,
                returnee,
                office.organisation.id,
                Severity.URGENT,
                ["threat.threatened"],
                decided_by=VERSION,
            )
            body = Body(text=text, cry=True)
            await keep_message(session, returnee, case, MessageKind.TEXT, body, session.now)
    return case


@pytest.mark.parametrize(
    ("seconds", "looked_at"), [(-1.0, ["fourth"]), (60.0, ["fourth", "first", "third", "second"])]
)
async def test_p1_a_case_opens_however_long_it_takes_to_tell_what_was_heard_in_it(
    office: Office, monkeypatch: pytest.MonkeyPatch, seconds: float, looked_at: list[str]
) -> None:
    """Meanwhile no transaction stands open, which the database would end."""
    looked, in_use = [], set()

    def noted(_: Watch, text: str, own: Own) -> list[Evidence]:
        looked.append(text)
        in_use.add(office.database.connections)
        return [Evidence(f"heard {text}", "threat.threatened")]

    monkeypatch.setattr(Watch, "evidence", noted)
    monkeypatch.setattr(heard, "_LONGEST", seconds)
    case = await cries(office, "first", "second", "third", "fourth")
    async with office.browser(Role.CASEWORKER) as browser:
        page = await browser.get(f"/cases/{case.id}")

    assert page.status_code == 200
    assert (looked, in_use) == (looked_at, {0})
    for text in ("first", "second", "third", "fourth"):
        assert text in page.text
        assert (f"heard {text}" in page.text) == (text in looked_at)


async def test_p11_each_reason_stands_beside_its_words_before_any_has_a_second(
    office: Office,
) -> None:
    """By the words somebody sees at once that one of them means something else."""
    case = await cries(office, "Help me, he is outside my door and he says he will kill me")
    async with office.browser(Role.CASEWORKER) as browser:
        page = (await browser.get(f"/cases/{case.id}")).text

    assert page.count("he will kill me</q>") == 1
    assert ">kill me</q> – Speaks of ending their life" in page


async def test_p1_to_hear_one_recording_no_cry_is_looked_at(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await cries(office, "first", "second")
    looked = []
    monkeypatch.setattr(Watch, "evidence", lambda *said: looked.append(said))
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.get(f"/cases/{case.id}/recordings/{case.id}")

    assert looked == []


async def test_p1_what_decided_many_signals_is_looked_up_once(office: Office) -> None:
    case = await cries(office, "first", "second", "third")
    worker = (await office.colleague(Role.CASEWORKER)).actor
    async with office.database.begin(office.organisation.id, worker.staff_id) as session:
        with caught(office.database) as statements:
            signals = await signals_of(session, worker, case.id)

    assert [each.decided and each.decided.own for each in signals] == [7, 7, 7]
    assert sum("FROM lexicon_entry" in each.sql for each in statements) == 1
