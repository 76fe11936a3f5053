"""Who is to be forgotten when a backup is restored."""

from sqlalchemy import text

from domain.notices import Notice
from domain.retention.reviewing import ask_for_reviews
from storage.kinds import Role
from storage.sessions import SERVICE
from tests.domain.centre import Centre
from tests.domain.privacy.erasing import ask, erase
from tests.domain.privacy.passing_on import is_there, watched
from tests.domain.recovery.restoring import Recover


async def test_p6_what_may_have_been_forced_waits_as_long_as_ever_and_safeguarding_hears_it_again(
    centre: Centre, restored: Recover
) -> None:
    """It may have been taken back since, and what goes is gone for good."""
    await centre.colleague(Role.SAFEGUARDING, chat=55)
    await watched(centre)
    centre.later(hours=73)
    assert (await restored()).deletions_put_off == 1

    async with centre.database.begin(SERVICE) as session:
        await session.execute(text("DELETE FROM outbox"))
    async with centre.database.begin(SERVICE) as session:
        assert await ask_for_reviews(session) == 1
    assert [sent.chat for sent in await centre.sent(Notice.STAFF_FORGET)] == [55]
    centre.later(hours=71)
    assert await erase(centre.database) == 0
    centre.later(hours=2)
    await erase(centre.database)
    assert await is_there(centre.database) == 0


async def test_p6_whoever_was_being_forgotten_by_their_own_word_is(
    centre: Centre, restored: Recover
) -> None:
    await ask(centre.database, await centre.person())
    assert (await restored()).deletions_put_off == 0

    await erase(centre.database)
    assert await is_there(centre.database) == 0
