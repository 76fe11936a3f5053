"""A real directory, converted, is found from the chat in English and in Arabic."""

import json
import re
from datetime import UTC, datetime

import pytest

from domain.directory.files.assembly import Reading
from domain.directory.importing import import_directory
from domain.directory.services_advisor import convert
from locales.catalogues import Catalogues
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from tests.domain.directory.samples import REAL, needs_real_data
from tests.handlers.conftest import NewPhone

pytestmark = needs_real_data


@pytest.fixture(autouse=True)
async def jordan(database: Database, organisation: Organisation) -> None:
    english, arabic = (
        json.loads((REAL / f"unhcr-jordan-{language}.json").read_text())
        for language in ("en", "ar")
    )
    async with database.begin(SERVICE) as session:
        reading = Reading(convert(english, arabic), [])
        await import_directory(session, reading, "jordan", datetime.now(UTC))


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", r"<b>[\w ,/'()-]*[A-Za-z]{4}"), ("ar", "<b>[^<]*[ء-ي]{3}")],
    ids=["English", "Arabic"],
)
async def test_services_in_jordan_are_found_from_the_chat(
    new_phone: NewPhone, language: str, title: str
) -> None:
    phone = new_phone(language_code=language)
    translated = Catalogues.load().of(language).gettext
    await phone.write("/services")
    await phone.press(translated("🎓 Learning"))
    [card] = await phone.press(translated("Everywhere"))

    assert re.match(title, card.text), card.text
