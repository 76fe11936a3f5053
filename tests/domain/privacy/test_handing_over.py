"""P13: on a watched phone a copy is released by a worker, while the person is there."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.errors import Refused
from domain.identity.trust import Proof, confirm
from domain.notices import Notice
from domain.privacy.copying import copy_of
from domain.privacy.handing_over import FORMS, ask_for_copy, release_copy
from domain.safety.phones import choose_discretion
from domain.safety.rejudging import count_as_written, judge_all
from storage.kinds import Discretion, Role
from storage.sessions import SERVICE
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.bot.nights import what_leaves
from tests.documents import content_of
from tests.domain.centre import Centre
from tests.domain.privacy.passing_on import watched


async def guarded(centre: Centre, *, wrote_ago: timedelta | None) -> Returnee:
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        kept = await session.get_one(Returnee, person.id)
        kept.discretion = Discretion.WATCHED
        kept.last_wrote_at = session.now - wrote_ago if wrote_ago is not None else None
    return person


async def test_p13_a_copy_is_released_only_to_somebody_who_is_sure_and_there(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    person = await guarded(centre, wrote_ago=timedelta(hours=1))
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused, match="Make sure first"):
            await release_copy(session, vera, person.id)
        await confirm(session, vera, person.id, Proof.MET)
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused, match="watched"):
            await release_copy(session, vera, person.id)


async def test_p13_on_a_watched_phone_it_is_taken_away_after_ten_minutes(centre: Centre) -> None:
    vera = await centre.colleague()
    person = await guarded(centre, wrote_ago=timedelta(minutes=1))
    async with centre.database.begin(centre.organisation.id) as session:
        await confirm(session, vera, person.id, Proof.MET)
    async with centre.database.begin(centre.organisation.id) as session:
        await release_copy(session, vera, person.id)

    async with centre.database.begin(SERVICE) as session:
        rows = (await session.scalars(select(OutboxRow))).all()
        released = [
            row for row in rows if content_of(row, session.keys).get("notice") == "copy-released"
        ]
        gone = [row for row in rows if "delete" in content_of(row, session.keys)]
    assert len(released) == len(gone) == 2
    assert {row.stand_in for row in released} == {
        content_of(row, centre.database.keys)["delete"][0] for row in gone
    }
    assert all(row.not_before > released[0].not_before for row in gone)


async def test_p12_a_worker_whose_form_comes_twice_sends_one_copy(centre: Centre) -> None:
    vera = await centre.colleague()
    person = await guarded(centre, wrote_ago=timedelta(minutes=1))
    async with centre.database.begin(centre.organisation.id) as session:
        await confirm(session, vera, person.id, Proof.MET)
    for _ in range(2):
        async with centre.database.begin(centre.organisation.id) as session:
            await release_copy(session, vera, person.id)

    async with centre.database.begin(SERVICE) as session:
        contents = [
            content_of(row, session.keys) for row in await session.scalars(select(OutboxRow))
        ]
    assert len(await centre.sent(Notice.COPY_RELEASED)) == len(FORMS)
    assert len([each for each in contents if "delete" in each]) == len(FORMS)


@pytest.mark.parametrize(
    ("discretion", "minutes", "comes"),
    [
        (Discretion.OPEN, 20, True),
        (Discretion.DISCREET, 14, True),
        (Discretion.DISCREET, 20, False),
    ],
)
async def test_p4_where_others_read_a_copy_comes_soon_or_never(
    centre: Centre, discretion: Discretion, minutes: int, comes: bool
) -> None:
    """Telegram was out of reach; and when they write again, somebody else may look."""
    vera, person = await centre.colleague(), await centre.person()
    async with centre.database.begin(centre.organisation.id) as session:
        await confirm(session, vera, person.id, Proof.MET)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        known.discretion = discretion
        await ask_for_copy(session, known)
    centre.later(minutes=minutes)
    left = [*await what_leaves(centre)]
    async with centre.database.begin(SERVICE) as session:
        count_as_written(session, await session.get_one(Returnee, person.id))
        await judge_all(session)

    assert (Notice.COPY in [*left, *await what_leaves(centre)]) is comes


@pytest.mark.parametrize(
    ("released_for", "by_then", "comes"),
    [
        (Discretion.OPEN, Discretion.OPEN, True),
        (Discretion.OPEN, Discretion.DISCREET, False),
        (Discretion.OPEN, Discretion.WATCHED, False),
        (Discretion.DISCREET, Discretion.WATCHED, False),
        (Discretion.DISCREET, Discretion.OPEN, True),
    ],
)
@pytest.mark.parametrize("asks", ["they", "a worker"])
async def test_p4_p13_a_copy_comes_to_no_phone_that_more_is_read_on_than_when_it_was_to_go(
    centre: Centre, released_for: Discretion, by_then: Discretion, comes: bool, asks: str
) -> None:
    """It waited, as for their safe hours, and would come with the next word that is written."""
    vera, person = await centre.colleague(), await centre.person()
    async with centre.database.begin(centre.organisation.id) as session:
        await confirm(session, vera, person.id, Proof.MET)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        known.discretion = released_for
        if asks == "they":
            await ask_for_copy(session, known)
        else:
            await release_copy(session, vera, person.id)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        await choose_discretion(session, known, by_then)
        count_as_written(session, known)
        await judge_all(session)

    notice = Notice.COPY if asks == "they" else Notice.COPY_RELEASED
    assert (notice in await what_leaves(centre)) is comes


async def test_whoever_asks_again_for_a_copy_that_came_too_late_to_go_is_sent_one(
    centre: Centre,
) -> None:
    """Telegram is out of reach all the while, so nobody has looked at the first one yet."""
    vera, person = await centre.colleague(), await centre.person()
    async with centre.database.begin(centre.organisation.id) as session:
        await confirm(session, vera, person.id, Proof.MET)
    for minutes in (0, 20):
        centre.later(minutes=minutes)
        async with centre.database.begin(SERVICE) as session:
            known = await session.get_one(Returnee, person.id)
            known.discretion = Discretion.DISCREET
            await ask_for_copy(session, known)

    assert (await what_leaves(centre)).count(Notice.COPY) == len(FORMS)


async def test_p6_nobody_sends_a_copy_to_somebody_who_is_to_be_forgotten(centre: Centre) -> None:
    nina = await centre.colleague(Role.SAFEGUARDING)
    person, _ = await watched(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        await confirm(session, nina, person.id, Proof.MET)
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused, match="asked to be forgotten"):
            await release_copy(session, nina, person.id)


async def test_p6_however_much_is_kept_a_copy_has_all_of_it_in_parts(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.privacy.copying.MOST", 2)
    vera, person = await centre.colleague(), await centre.person()
    said = [f"Word {number}" for number in range(5)]
    case = await centre.claims(vera, await centre.signal(person))
    for text in said:
        await centre.writes(vera, case, text)
    await centre.all_arrives()
    async with centre.database.begin(centre.organisation.id) as session:
        await confirm(session, vera, person.id, Proof.MET)
    async with centre.database.begin(SERVICE) as session:
        await ask_for_copy(session, await session.get_one(Returnee, person.id))
    parts = {sent.params["part"] for sent in await centre.sent(Notice.COPY)}
    async with centre.database.begin(SERVICE) as session:
        kept = await session.get_one(Returnee, person.id)
        copies = [await copy_of(session, kept, part) for part in sorted(map(int, map(str, parts)))]
    assert [line.text for copy in copies for line in copy.said] == said
