"""What another answer takes back is kept no longer, and counted nowhere."""

from domain.check_ins.answering import choose
from storage.sessions import SERVICE, Database
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.domain.check_ins.pressing import answered, press, take_form
from tests.domain.checking_in import Office

MEALS = """
| survey |
| | type | name | label::English (en) | relevant | choice_filter |
| | select_multiple meal | eaten | What did you eat? | | |
| | select_one meal | best | What was best? | ${eaten} != '' | selected(${eaten}, name) |
| | select_one meal | worst | What was worst? | selected(${eaten}, 'soup') | |
| choices |
| | list_name | name | label::English (en) |
| | meal | soup | Soup |
| | meal | bread | Bread |
"""


async def test_whoever_is_in_danger_after_all_takes_back_what_is_not_asked_then(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    await press(database, returnee, check_in, "safety", "mostly")
    await press(database, returnee, check_in, "threat", None)
    await press(database, returnee, check_in, "need", "nothing")
    await press(database, returnee, check_in, "safety", "danger")
    assert await answered(database, check_in) == {"safety": "danger"}

    following = await press(database, returnee, check_in, "safety", "mostly")
    assert following.question is not None
    assert following.question.name == "threat"


async def test_ticks_take_nothing_back_before_somebody_says_that_these_are_all(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    await take_form(database, office, check_in, MEALS)
    await press(database, returnee, check_in, "eaten", "soup bread")
    await press(database, returnee, check_in, "best", "soup")
    await press(database, returnee, check_in, "worst", "bread")
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        await choose(session, person, check_in.id, "eaten", "bread", first=False)
    kept = {"eaten": "bread", "best": "soup", "worst": "bread"}
    assert await answered(database, check_in) == kept

    following = await press(database, returnee, check_in, "eaten", "bread")
    assert await answered(database, check_in) == {"eaten": "bread"}
    assert following.question is not None
    assert following.question.name == "best"
