"""What goes at any hour, and what keeps it back."""

from domain.casework.work import write
from domain.notices import ANY_HOUR
from domain.replies.sending import Conditions
from domain.replies.unsent import GRACE
from storage.kinds import OutboxState, Severity
from storage.sessions import SERVICE
from storage.tables.outbox import OutboxRow
from tests.documents import content_of
from tests.domain.centre import Centre


async def test_p2_a_message_that_no_key_opens_keeps_back_no_words_that_cannot_wait(
    centre: Centre,
) -> None:
    """Nor those that wait before and behind it."""
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.EMERGENCY))
    waiting = []
    async with centre.database.begin(centre.organisation.id) as session:
        for words in ("Are you there?", "I am here.", "Can you talk?"):
            message = await write(session, vera, case.id, words, Conditions(grace=GRACE))
            waiting.append(message.outbox_id)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(OutboxRow, waiting[1])).content = b"damaged"
    async with centre.database.begin(centre.organisation.id) as session:
        how = Conditions(any_hour="They may not last the night.")
        sent = await write(session, vera, case.id, "Go to the neighbours.", how)

    async with centre.database.begin(SERVICE) as session:
        found = [await session.get_one(OutboxRow, row) for row in (*waiting, sent.outbox_id)]
        states = [row.state for row in found]
        opened = [content_of(row, session.keys)["params"] for row in found if row is not found[1]]
    assert states == [
        OutboxState.WAITING,
        OutboxState.HELD,
        OutboxState.WAITING,
        OutboxState.WAITING,
    ]
    assert found[1].content == b"damaged"
    assert [params[ANY_HOUR] for params in opened] == [True, True, True]
