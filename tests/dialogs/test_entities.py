"""Nobody's text becomes formatting, a link or a mention in what we send (Telegram reads HTML)."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from dialogs.notices import render
from dialogs.texts import Texts
from domain.directory.files.reading import read_directory
from domain.directory.importing import import_directory
from domain.notices import Notice
from locales.catalogues import Catalogues
from simulator.bot_api.markup import HtmlReader
from simulator.entities import Formatted
from storage.kinds import Discretion
from storage.outbox.contents import Notification
from storage.sessions import SERVICE
from storage.tables.directory import DirectoryService
from storage.tables.returnees import Returnee
from tests.attacks.corpus import ENTITIES, ODD_NAMES, SHORT
from tests.domain.centre import Centre
from tests.domain.directory.samples import clinic, json_file

TEXTS = Texts("en", Discretion.OPEN, Catalogues.load().of("en"))
#: Those that a directory's reading would clean, or that no message can hold, are looked at there.
HOSTILE = (*ENTITIES, *SHORT, *(name for name in ODD_NAMES if name.isprintable()))


async def shown(centre: Centre, notice: Notice, params: dict[str, str], person: UUID) -> str:
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person)
        screen = await render(session, Notification(notice, params), TEXTS, returnee)
    return screen.text


async def test_a_caseworkers_words_reach_the_phone_as_they_were_written(centre: Centre) -> None:
    actor, person = await centre.colleague(), await centre.person(language="en")
    case = await centre.signal(person)
    await centre.claims(actor, case)
    for text in HOSTILE:
        message = await centre.writes(actor, case, text)
        sent = await shown(centre, Notice.CASEWORKER_WORDS, {"message": str(message.id)}, person.id)
        read = HtmlReader(sent).read()
        assert read.text.endswith(text.strip()), text
        assert read.entities == [], text


async def test_a_refusal_with_a_colleagues_name_in_it_is_plain_text(centre: Centre) -> None:
    person = await centre.person(language="en")
    for text in HOSTILE:
        sentence = {"sentence": f"{text} has this case already."}
        read = HtmlReader(await shown(centre, Notice.STAFF_REFUSED, sentence, person.id)).read()
        assert (read.text, read.entities) == (sentence["sentence"], [])


async def test_a_service_of_a_poisoned_directory_is_shown_as_text(centre: Centre) -> None:
    harmless = [each["type"] for each in (await card(centre, "plain")).entities]
    for text in (*ENTITIES, *SHORT[::5]):
        read = await card(centre, text)
        assert read.text.startswith(f"A {text}"), text
        assert [each["type"] for each in read.entities] == harmless, text


async def card(centre: Centre, text: str) -> Formatted:
    """Of a service that says the text wherever a directory can say something."""
    poisoned = clinic(name=f"A {text}", description=f"B {text}", fees_description=f"C {text}")
    poisoned["organization"]["name"] = f"D {text}"
    poisoned["service_at_locations"][0]["location"]["name"] = f"E {text}"
    poisoned["phones"][0]["description"] = f"F {text}"
    person = await centre.person(language="en")
    async with centre.database.begin(SERVICE) as session:
        reading = read_directory([json_file([poisoned])])
        await import_directory(session, reading, "poisoned", datetime.now(UTC))
        service = await session.scalar(select(DirectoryService.id))
    sent = await shown(centre, Notice.SERVICE, {"service": str(service)}, person.id)
    return HtmlReader(sent).read()
