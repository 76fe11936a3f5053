"""What whoever has a case hears of it: that it is theirs, and not to claim it."""

from datetime import timedelta

from dialogs.notices import render
from dialogs.texts import Texts
from domain.casework.work import snooze
from domain.notices import Notice
from locales.catalogues import Catalogues
from storage.kinds import Discretion, Severity
from storage.outbox.contents import Notification
from storage.sessions import SERVICE
from tests.domain.centre import Centre

VERA, CHIEF = 11, 12


async def read_by(centre: Centre, chat: int) -> list[tuple[str, bool]]:
    """The alerts as they stand there, and whether there is a button below."""
    texts = Texts("en", Discretion.OPEN, Catalogues.load().of("en"))
    said = [sent for sent in await centre.sent(Notice.STAFF_ALERT) if sent.chat == chat]
    async with centre.database.begin(SERVICE) as session:
        seen = [
            await render(session, Notification(Notice.STAFF_ALERT, sent.params), texts, None)
            for sent in said
        ]
    return [(screen.text, screen.keyboard is not None) for screen in seen]


async def test_whoever_is_called_back_to_their_case_is_not_asked_to_claim_it(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    case = await centre.signal(await centre.person(), Severity.URGENT)
    await centre.claims(vera, case)
    await centre.writes(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await snooze(session, vera, case.id, session.now + timedelta(hours=2))
    centre.later(hours=2, minutes=1)
    await centre.tick()

    first, again = await read_by(centre, VERA)
    assert (first[1], "You have this case" in first[0]) == (True, False)
    assert (again[1], "You have this case" in again[0]) == (False, True)


async def test_a_colleague_who_hears_of_a_case_that_somebody_has_gets_the_button_as_before(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    person = await centre.person()
    case = await centre.signal(person, Severity.URGENT)
    await centre.claims(vera, case)
    await centre.colleague(chat=CHIEF, on_duty=True, name="Ana Leka")
    await centre.signal(person, Severity.EMERGENCY)

    assert [button for _, button in await read_by(centre, VERA)] == [True, False]
    assert [button for _, button in await read_by(centre, CHIEF)] == [True]
