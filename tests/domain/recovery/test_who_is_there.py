"""Who holds a phone when a backup is restored: it may have been lost, or frozen, since."""

from domain.identity.trust import Proof, confirm
from domain.notices import Notice
from domain.privacy.handing_over import ask_for_copy
from storage.kinds import Identity
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.recovery.restoring import Recover


async def test_p13_nobody_is_taken_for_themselves_before_a_worker_is_sure_of_them_again(
    centre: Centre, restored: Recover
) -> None:
    vera, sure, unsure = await centre.colleague(), await centre.person(), await centre.person()
    async with centre.database.begin(centre.organisation.id) as session:
        await confirm(session, vera, sure.id, Proof.MET)

    assert (await restored()).people_doubted == 1
    assert await centre.who_is_there(sure) is Identity.DOUBTED
    assert await centre.who_is_there(unsure) is Identity.UNCONFIRMED
    async with centre.database.begin(centre.organisation.id) as session:
        await confirm(session, vera, sure.id, Proof.MET)
    assert await centre.who_is_there(sure) is Identity.CONFIRMED


async def test_p13_a_copy_that_a_lost_phone_asks_for_waits_for_a_worker(
    centre: Centre, restored: Recover
) -> None:
    """It was left behind after the backup, and another phone was let in."""
    vera, person = await centre.colleague(), await centre.person()
    async with centre.database.begin(centre.organisation.id) as session:
        await confirm(session, vera, person.id, Proof.MET)
    await restored()

    async with centre.database.begin(SERVICE) as session:
        await ask_for_copy(session, await session.get_one(Returnee, person.id))
    assert await centre.sent(Notice.COPY) == []
    assert len(await centre.sent(Notice.COPY_ASKED)) == 1
