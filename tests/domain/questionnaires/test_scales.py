import pytest

from domain.errors import Refused
from domain.questionnaires import shelf
from domain.questionnaires.filling import Filling
from domain.questionnaires.importing import switch
from domain.questionnaires.scales import K6, PHQ_4
from domain.questionnaires.values import Questionnaire
from storage.kinds import Role, Severity
from storage.sessions import Database
from tests.domain.centre import Centre


@pytest.mark.parametrize(
    ("scale", "choice", "points", "band"),
    [
        (PHQ_4, "not-at-all", 0, "Normal"),
        (PHQ_4, "several-days", 4, "Mild"),
        (PHQ_4, "more-than-half", 8, "Moderate"),
        (PHQ_4, "nearly-every-day", 12, "Severe"),
        (K6, "none", 0, "Low"),
        (K6, "little", 6, "Moderate"),
        (K6, "some", 12, "Moderate"),
        (K6, "most", 18, "Serious"),
        (K6, "all", 24, "Serious"),
    ],
)
def test_points_belong_to_the_band_that_was_published(
    scale: Questionnaire, choice: str, points: int, band: str
) -> None:
    filling = Filling(scale, {question.name: choice for question in scale.questions})
    [score] = filling.scores()
    assert score.band is not None
    assert (score.points, score.band.label.text) == (points, band)
    worries = [worry.severity for worry in filling.worries()]
    assert worries == ([Severity.CONCERN] if band in ("Severe", "Serious") else [])


def test_every_number_of_points_has_one_band() -> None:
    for scale, most in ((PHQ_4, 12), (K6, 24)):
        for points in range(most + 1):
            assert len([b for b in scale.bands if b.lowest <= points <= b.highest]) == 1
        assert scale.clinical
        assert scale.adults_only
        assert scale.source
        assert not scale.speaks("sq")


async def test_they_are_off_until_a_clinician_of_the_organisation_is_named(
    database: Database, centre: Centre
) -> None:
    coordinator = await centre.colleague(Role.COORDINATOR)
    clinician = await centre.colleague(name="Dr Leka")
    organisation = centre.organisation.id

    async def offered() -> list[str]:
        async with database.begin(organisation) as session:
            return [each.key for each in await shelf.on_offer(session, organisation)]

    assert await offered() == ["safety-and-needs"]
    with pytest.raises(Refused, match="Name the clinician"):
        async with database.begin(organisation) as session:
            await switch(session, coordinator, "phq-4", is_on=True)
    async with database.begin(organisation) as session:
        await switch(session, coordinator, "phq-4", is_on=True, clinician=clinician.staff_id)
    assert await offered() == ["safety-and-needs", "phq-4"]
    async with database.begin(organisation) as session:
        await switch(session, coordinator, "phq-4", is_on=False)
    assert await offered() == ["safety-and-needs"]
