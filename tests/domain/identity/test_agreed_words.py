import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from domain.directory.folding import fold
from domain.enrolment.invites import issue_invites
from domain.enrolment.welcoming import enrol_with_invite
from domain.errors import Refused
from domain.identity import agreed_words
from domain.identity.agreed_words import checked, same_words
from domain.notices import Notice
from domain.returnees.asked_words import question_came
from domain.returnees.chats import returnee_of_chat
from storage.kinds import Identity, OutboxState
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Invite, Returnee
from tests.domain.centre import Centre
from tests.domain.enrolment.leaving import lets_go

AGREED = ("Lantern", "річка")


async def writes_words(centre: Centre, person: Returnee, text: str) -> bool | None:
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        return await agreed_words.hear_words(session, known, text)


@pytest.mark.parametrize(
    "said", ["lantern річка", "Річка, LANTERN.", "it is lantern richka", "‎Lantern   Річка🙂"]
)
def test_p13_agreed_words_are_known_however_they_are_written(said: str) -> None:
    assert same_words(AGREED, said)


@pytest.mark.parametrize("said", ["", "lantern", "lantern lantern", "річка boat", "lanternрічка"])
def test_p13_one_word_or_a_wrong_one_is_not_enough(said: str) -> None:
    assert not same_words(AGREED, said)


@given(st.text())
def test_p13_no_other_text_is_taken_for_the_words(said: str) -> None:
    assert not same_words(AGREED, said) or "lantern" in fold(said).split()


_RIGHT = ({"Lantern", "LANTERN"}, {"річка", "Richka"})
_NEAR = ("lanterns", "lan", "tern", "річки", "ричка", "ка", "boat")


@given(st.lists(st.sampled_from((*_NEAR, *sorted(_RIGHT[0] | _RIGHT[1]))), max_size=4))
def test_p13_the_words_are_known_exactly_where_each_of_them_is_said(said: list[str]) -> None:
    assert same_words(AGREED, " ".join(said)) is all(not each.isdisjoint(said) for each in _RIGHT)


@pytest.mark.parametrize(
    "words", [("a", "river"), ("river", "River"), ("two words", "river"), ("river", "x" * 50)]
)
def test_words_that_could_not_be_known_again_are_refused(words: tuple[str, str]) -> None:
    with pytest.raises(Refused):
        checked(*words)


async def test_p13_words_agreed_on_with_the_invite_come_with_the_person(centre: Centre) -> None:
    async with centre.database.begin(SERVICE) as session:
        (new,) = await issue_invites(session, centre.organisation.id, words=AGREED)
        await enrol_with_invite(session, 77, new.code, "uk")
        invite = await session.scalar(select(Invite))
        assert invite is not None
        assert invite.words is None
    actor = await centre.colleague()
    async with centre.database.begin(centre.organisation.id) as session:
        person = await returnee_of_chat(session, 77)
        assert person is not None
        assert await agreed_words.compare_words(session, actor, person.id, "lantern richka")
    assert await centre.who_is_there(person) is Identity.CONFIRMED


async def comes_with_words(centre: Centre, *words: str) -> Returnee:
    """By an invite of this organisation's, from a chat that others may know already."""
    async with centre.database.begin(SERVICE) as session:
        (new,) = await issue_invites(session, centre.organisation.id, words=(words[0], words[1]))
        return await enrol_with_invite(session, 77, new.code, "uk")


async def are_theirs(centre: Centre, person: Returnee, said: str) -> bool:
    actor = await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        return await agreed_words.compare_words(session, actor, person.id, said)


async def test_p13_anothers_invite_leaves_the_words_by_which_the_first_one_knows_the_person(
    centre: Centre,
) -> None:
    """It may be meant for a sister, and opened on a phone that they share."""
    elsewhere = await Centre.open(centre.database, centre.clock, "Rabat")
    person = await comes_with_words(centre, *AGREED)
    await comes_with_words(elsewhere, "boat", "harbour")

    for asks in (centre, elsewhere):
        assert await are_theirs(asks, person, "lantern richka")
        assert not await are_theirs(asks, person, "boat harbour")


async def test_p13_whoever_comes_back_to_nobody_else_is_known_by_the_words_of_the_new_invite(
    centre: Centre,
) -> None:
    elsewhere = await Centre.open(centre.database, centre.clock, "Rabat")
    person = await comes_with_words(centre, *AGREED)
    await lets_go(centre, await centre.colleague(), person)
    await comes_with_words(elsewhere, "boat", "harbour")

    assert await are_theirs(elsewhere, person, "boat harbour")


async def test_p13_words_agreed_on_face_to_face_end_those_that_somebody_else_may_know(
    centre: Centre,
) -> None:
    """Whichever organisation agreed on those: what is known at home must open nothing anywhere."""
    elsewhere = await Centre.open(centre.database, centre.clock, "Rabat")
    person = await comes_with_words(centre, *AGREED)
    await comes_with_words(elsewhere, "boat", "harbour")
    actor = await elsewhere.colleague()
    async with centre.database.begin(elsewhere.organisation.id) as session:
        await agreed_words.agree_on_words(session, actor, person.id, "boat", "harbour")

    assert await are_theirs(centre, person, "boat harbour")
    assert not await are_theirs(centre, person, "lantern richka")


async def test_p12_a_worker_whose_form_comes_twice_asks_for_the_words_once(centre: Centre) -> None:
    person, actor = await centre.person(), await centre.colleague()
    async with centre.database.begin(centre.organisation.id) as session:
        await agreed_words.agree_on_words(session, actor, person.id, *AGREED)
    for minutes, asked in ((0, 1), (1, 1), (1, 1), (15, 2)):
        centre.later(minutes=minutes)
        async with centre.database.begin(centre.organisation.id) as session:
            await agreed_words.ask_for_words(session, actor, person.id)
        assert len(await centre.sent(Notice.WORDS_ASKED)) == asked
        if minutes:
            async with centre.database.begin(SERVICE) as session:
                await session.execute(update(OutboxRow).values(state=OutboxState.SENT))
                await question_came(session, [person.id])


async def test_p13_the_right_words_in_the_chat_confirm_and_wrong_ones_bring_a_human(
    centre: Centre,
) -> None:
    person, actor = await centre.person(), await centre.colleague()
    async with centre.database.begin(centre.organisation.id) as session:
        await agreed_words.agree_on_words(session, actor, person.id, *AGREED)
    assert await writes_words(centre, person, "lantern річка") is None

    for text, right, found in (
        ("lantern річка", True, Identity.CONFIRMED),
        ("lantern boat", False, Identity.DOUBTED),
    ):
        async with centre.database.begin(centre.organisation.id) as session:
            await agreed_words.ask_for_words(session, actor, person.id)
        async with centre.database.begin(SERVICE) as session:
            await question_came(session, [person.id])
        assert await writes_words(centre, person, "wait, I am coming in a moment please") is None
        assert await writes_words(centre, person, text) is right
        assert await centre.who_is_there(person) is found
        # One answer each time that a worker asks.
        assert await writes_words(centre, person, "lantern річка") is None

    assert len(await centre.sent(Notice.WORDS_TAKEN)) == 2
    async with centre.database.begin(SERVICE) as session:
        cases = (await session.scalars(select(Case))).all()
    assert len(cases) == 1
