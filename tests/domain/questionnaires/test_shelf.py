from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

import pytest

from domain.errors import Refused
from domain.organisations import add_organisation
from domain.questionnaires import shelf
from domain.questionnaires.keeping import to_document
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.questionnaires.values import Questionnaire
from storage.sessions import SERVICE, Database
from storage.tables.questionnaires import ImportedQuestionnaire, QuestionnaireUse

FORM = replace(SAFETY_AND_NEEDS, key="first-days")
NOBODY = uuid4()


async def test_each_organisation_finds_ours_and_every_version_of_its_own(
    database: Database,
) -> None:
    async with database.begin(SERVICE) as session:
        mine, other = [await add_organisation(session, name) for name in ("Tirana", "Rabat")]
        for version in (1, 2):
            kept = replace(FORM, version=version)
            session.add(_row(mine.id, kept, session.now))
        session.add(_row(other.id, replace(FORM, adults_only=True), session.now))
        await session.flush()

        assert await shelf.newest(session, mine.id, "first-days") == replace(FORM, version=2)
        assert await shelf.edition(session, mine.id, "first-days@1") == FORM
        assert (await shelf.edition(session, other.id, "first-days@1")).adults_only
        ours = SAFETY_AND_NEEDS.edition
        assert await shelf.edition(session, NOBODY, ours) is SAFETY_AND_NEEDS
        for absent in ("first-days@3", "first-days@x", "horoscope"):
            with pytest.raises(Refused, match="no questionnaire"):
                await shelf.edition(session, mine.id, absent)
        with pytest.raises(Refused, match="no questionnaire"):
            await shelf.newest(session, NOBODY, "first-days")


async def test_what_is_switched_off_is_on_no_offer_and_is_found_all_the_same(
    database: Database,
) -> None:
    async with database.begin(SERVICE) as session:
        mine = await add_organisation(session, "Tirana")
        session.add(_row(mine.id, FORM, session.now))
        await session.flush()
        offered = await shelf.on_offer(session, mine.id)
        assert [each.key for each in offered] == ["safety-and-needs", "first-days"]

        off = QuestionnaireUse(organisation_id=mine.id, key=FORM.key, is_on=False)
        off.changed_at = session.now
        session.add(off)
        await session.flush()
        assert await shelf.on_offer(session, mine.id) == [SAFETY_AND_NEEDS]
        assert await shelf.edition(session, mine.id, FORM.edition) == FORM


def _row(
    organisation_id: UUID, questionnaire: Questionnaire, at: datetime
) -> ImportedQuestionnaire:
    return ImportedQuestionnaire(
        organisation_id=organisation_id,
        key=questionnaire.key,
        version=questionnaire.version,
        document=to_document(questionnaire),
        imported_at=at,
    )
