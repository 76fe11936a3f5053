"""What somebody passes on where their own words are asked for: it may be a threat that they got."""

from storage.sessions import Database
from storage.tables.organisations import Organisation
from tests.handlers import forms
from tests.handlers.correcting import answered, choose, corrections
from tests.handlers.forms import goes_on_to_the_words
from tests.handlers.phone import Phone

OF_SOMEBODY = {"type": "hidden_user", "date": 1, "sender_user_name": "Besnik"}


async def test_what_they_pass_on_as_an_answer_is_no_words_of_their_own_to_whoever_reads_it(
    phone_with_form: Phone, database: Database
) -> None:
    await goes_on_to_the_words(phone_with_form)
    said = await phone_with_form.write("Where are you?\nAnswer", forward_origin=OF_SOMEBODY)

    assert "Thank you" in said[-1].text
    assert (await forms.kept(database))["words"] == "> … Where are you?\n> Answer"


async def test_what_they_pass_on_as_a_note_is_no_words_of_their_own_to_whoever_reads_it(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await answered(phone, database, organisation)
    await choose(phone)
    await phone.write("She is from Fes", forward_origin=OF_SOMEBODY)

    assert await corrections(database, organisation) == [["> … She is from Fes"]]
