"""The page of what raises an alarm."""

import html
import re
import threading
from dataclasses import replace
from typing import Any

import pytest

from domain.crisis.answering import answer_signal
from domain.distress import Assessment, Watch
from domain.lexicon.reading import own_in
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from tests.console.listening import FORM
from tests.console.office import Office


async def test_a_coordinator_adds_words_sees_what_they_change_and_puts_them_in_force(
    office: Office,
) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        kept = await browser.post("/lexicon", **FORM)
        page = (await browser.get(kept.headers["location"])).text
        assert "big aunties again" in page
        assert "&lt;i&gt;well&lt;/i&gt;" in page
        assert "Is threatened" in page
        assert "being tried" in page
        await browser.post(f"{kept.headers['location']}/in-force")
        listed = (await browser.get("/lexicon")).text
        assert "in force" in listed
        assert "being tried" not in listed
    async with office.database.begin(SERVICE) as session:
        own = await own_in(session, office.organisation.id, 1)
    assert [index.entries[0].line for index in own.indexes] == ["big aunties"]


async def test_words_that_would_alarm_too_often_can_only_be_thrown_away(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        kept = await browser.post(
            "/lexicon", **{**FORM, "phrase": "the course", "hears": "the course"}
        )
        address = kept.headers["location"]
        page = (await browser.get(address)).text
        assert "too many" in page
        assert f"{address}/in-force" not in page
        assert (await browser.post(f"{address}/in-force")).status_code == 409
        assert (await browser.post(f"{address}/discard")).status_code == 303
        assert "the course" not in (await browser.get("/lexicon")).text


async def test_a_severity_that_is_none_of_ours_is_refused(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        for wrong in ({"severity": "dire"}, {"phrase": "*"}, {"hears": ""}):
            assert (await browser.post("/lexicon", **{**FORM, **wrong})).status_code == 409


async def test_a_line_that_speaks_wrongly_is_found_by_a_message_and_muted_by_two(
    office: Office,
) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        page = (await browser.post("/lexicon/heard", text="<b>he has a knife</b>")).text
        assert "&lt;b&gt;he has a knife" in page
        assert "Propose to mute it" in page
        line = html.unescape(re.findall(r'name="line" value="(en:emergency[^"]+)"', page)[0])
        await browser.post("/lexicon/mute", line=line, reason="It is a kitchen.")
        mine = (await browser.get("/lexicon")).text
        assert "still heard" in mine
        assert "I agree" not in mine
        assert "waiting for you" not in mine
        confirm = re.findall(r"/mutings/[\w-]+/", mine)[0] + "confirm"
        assert (await browser.post(confirm)).status_code == 403
    async with office.browser(Role.SUPERVISOR) as second:
        assert "waiting for you" in (await second.get("/queue")).text
        assert "I agree" in (await second.get("/lexicon")).text
        await second.post(confirm)
        page = (await second.get("/lexicon")).text
        assert "Hear it again" in page
        assert "waiting for you" not in page


async def test_a_case_shows_in_words_what_was_heard_and_by_which_version(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        kept = await browser.post("/lexicon", **FORM)
        await browser.post(f"{kept.headers['location']}/in-force")
    words = "<i>the</i> BIG AUNTIES, they have a knife"
    async with office.database.begin(SERVICE) as session:
        own = await own_in(session, office.organisation.id, 1)
        heard = Watch.load().assess(words, own=own)
        person = await session.get_one(Returnee, (await office.person()).id)
        case = await answer_signal(
            session,
            person,
            office.organisation.id,
            replace(heard, severity=Severity.EMERGENCY),
            original={"text": words},
        )
    assert case is not None
    async with office.browser(Role.CASEWORKER) as browser:
        page = (await browser.get(f"/cases/{case.id}")).text
    assert 'dir="auto">BIG AUNTIES</q>' in page
    assert "Is threatened (your organisation&#39;s own words)" in page
    assert "version 1 of your own words" in page
    async with office.browser(Role.CASEWORKER) as browser:
        heard_at = re.findall(r"/cases/[\w-]+/heard/[\w-]+", page)[0]
        await browser.post(heard_at, meant="none")
    async with office.browser(Role.COORDINATOR) as browser:
        entry = (await browser.get(kept.headers["location"])).text
        assert "false alarms: 1" in entry
        assert (await browser.get("/hearing")).status_code == 200
    assert "<i>the" not in page


async def test_what_is_tried_is_read_beside_what_people_write(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is that is longer than any message: it took half a minute."""
    readers, assess = [], Watch.assess

    def noted(self: Watch, *said: Any, **more: Any) -> Assessment:
        readers.append(threading.current_thread())
        return assess(self, *said, **more)

    monkeypatch.setattr(Watch, "assess", noted)
    async with office.browser(Role.COORDINATOR) as browser:
        assert (await browser.post("/lexicon/heard", text="he has a knife")).status_code == 200
        endless = await browser.post("/lexicon/heard", text="1." * 100_000)
    assert endless.status_code == 409
    assert len(readers) == 1
    assert threading.main_thread() not in readers
