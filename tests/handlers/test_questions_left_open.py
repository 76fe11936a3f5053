"""What else than words comes below a question that words answer."""

from typing import Any

import pytest

from storage.sessions import Database
from tests.handlers.forms import goes_on_to_the_words, kept
from tests.handlers.phone import Phone

STICKER = {
    "file_id": "S1",
    "file_unique_id": "s",
    "type": "regular",
    "width": 512,
    "height": 512,
    "is_animated": False,
    "is_video": False,
}
BESIDE = {
    "a sticker": {"sticker": STICKER},
    "a sticker with its emoji": {"sticker": STICKER | {"emoji": "🙂"}},
    "a voice": {"voice": {"file_id": "V1", "file_unique_id": "v", "duration": 3}},
    "a place": {"location": {"latitude": 41.3, "longitude": 19.8}},
    "a contact": {"contact": {"phone_number": "+355 69 123 4567", "first_name": "Besa"}},
}


@pytest.mark.parametrize("in_a_talk", [False, True])
@pytest.mark.parametrize("beside", BESIDE.values(), ids=BESIDE)
async def test_p3_what_is_no_words_leaves_the_question_open_for_those_that_come_then(
    phone_with_form: Phone, database: Database, beside: dict[str, Any], in_a_talk: bool
) -> None:
    if in_a_talk:
        await phone_with_form.write("/help")
        await phone_with_form.write("/checkin")
    await goes_on_to_the_words(phone_with_form)
    await phone_with_form.write(**beside)
    said = await phone_with_form.write("It was warm")

    assert "Thank you" in said[-1].text
    assert (await kept(database))["words"] == "It was warm"
