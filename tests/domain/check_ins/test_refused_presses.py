"""What nobody was asked, or somebody else was: a press on it is refused and changes nothing."""

from uuid import UUID, uuid4

import pytest

from domain.check_ins.answering import answer, start_answering
from domain.errors import Refused
from storage.kinds import CheckInState
from storage.sessions import SERVICE, Database
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.domain.check_ins.pressing import answered, press, the_case
from tests.domain.checking_in import Office, add_person, kept


@pytest.mark.parametrize("of_somebody", [True, False])
async def test_a_forged_press_is_refused_whether_or_not_there_is_such_a_check_in(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn, of_somebody: bool
) -> None:
    async with database.begin(SERVICE) as session:
        stranger = await add_person(session, office.organisation, 700_009)
    target: UUID = check_in.id if of_somebody else uuid4()
    with pytest.raises(Refused, match=r"^I am sorry: these questions are not here any more\.$"):
        async with database.begin(SERVICE) as session:
            await answer(session, stranger, target, "safety", "danger")
    with pytest.raises(Refused, match=r"^I am sorry: these questions are not here any more\.$"):
        async with database.begin(SERVICE) as session:
            await start_answering(session, stranger, target)

    assert (await kept(database, check_in.id)).state is CheckInState.PLANNED
    assert await answered(database, check_in) == {}
    assert await the_case(database) is None


@pytest.mark.parametrize(("question", "choice"), [("weather", "safe"), ("safety", "rain")])
async def test_what_was_never_asked_is_refused(
    database: Database, returnee: Returnee, check_in: CheckIn, question: str, choice: str
) -> None:
    with pytest.raises(Refused):
        await press(database, returnee, check_in, question, choice)

    assert await answered(database, check_in) == {}
