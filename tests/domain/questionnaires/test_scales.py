import pytest

from domain.actors import Actor
from domain.campaigns import start
from domain.campaigns.schedule import After
from domain.colleagues.leaving import disable_staff
from domain.errors import Refused
from domain.questionnaires import shelf
from domain.questionnaires.filling import Filling
from domain.questionnaires.importing import switch
from domain.questionnaires.scales import K6, PHQ_4
from domain.questionnaires.values import Band, Choice, Question, Questionnaire, Words
from storage.kinds import CampaignState, Role, Severity
from storage.sessions import SERVICE, Database
from storage.tables.campaigns import Campaign
from tests.domain.campaigns.campaigning import drafted
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


def test_p1_two_scales_and_two_answers_of_one_gravity_are_two_worries() -> None:
    choices = tuple(Choice(name, Words(name), Severity.URGENT, score=9) for name in ("a", "b"))
    questions = tuple(
        Question(name, Words(name), choices, scales=(name,)) for name in ("sleep", "fear")
    )
    bands = tuple(Band(each.name, 9, 9, Words("High"), Severity.CONCERN) for each in questions)
    both = Questionnaire("both", 1, Words("Both"), questions, bands, languages=("en",))
    worries = [
        worry
        for answers in ({"sleep": "a"}, {"sleep": "b"}, {"fear": "a"})
        for worry in Filling(both, {"sleep": None, "fear": None, **answers}).worries()
    ]

    # Of one scale, one.
    assert len(worries) == 6
    assert len(set(worries)) == 5
    assert {worry.reason for worry in worries} == {"check-in.answer", "check-in.score"}


def test_the_words_are_those_that_were_published() -> None:
    """PHQ-4: Kroenke and others 2009. K6: Kessler and others 2002, as PhenX's protocol has it."""
    assert [question.label.text for question in PHQ_4.questions] == [
        "Over the last 2 weeks, how often have you been bothered by the following problems?\n"
        + item
        for item in (
            "Feeling nervous, anxious or on edge",
            "Not being able to stop or control worrying",
            "Little interest or pleasure in doing things",
            "Feeling down, depressed, or hopeless",
        )
    ]
    assert [question.label.text for question in K6.questions] == [
        f"During the past 30 days, about how often did you feel {item}?"
        for item in (
            "nervous",
            "hopeless",
            "restless or fidgety",
            "so depressed that nothing could cheer you up",
            "that everything was an effort",
            "worthless",
        )
    ]


async def test_what_was_asked_in_older_words_stays_as_it_was(
    database: Database, centre: Centre
) -> None:
    organisation = centre.organisation.id
    async with database.begin(organisation) as session:
        old = await shelf.edition(session, organisation, "phq-4@1")
        assert "the following problems" not in old.questions[0].label.text
        assert (await shelf.newest(session, organisation, "phq-4")).version == 2


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


async def a_clinician(centre: Centre, coordinator: Actor) -> Actor:
    """Named for a scale, which is on by that."""
    clinician = await centre.colleague(name="Dr Leka")
    async with centre.database.begin(centre.organisation.id) as session:
        await switch(session, coordinator, "phq-4", is_on=True, clinician=clinician.staff_id)
    return clinician


async def test_they_are_off_again_once_that_clinician_has_left(
    database: Database, centre: Centre
) -> None:
    coordinator, chief = (
        await centre.colleague(Role.COORDINATOR),
        await centre.colleague(Role.SUPERVISOR),
    )
    clinician = await a_clinician(centre, coordinator)
    organisation = centre.organisation.id
    async with database.begin(SERVICE) as session:
        await disable_staff(session, chief, clinician.staff_id)
    async with database.begin(organisation) as session:
        offered = [each.key for each in await shelf.on_offer(session, organisation)]
    assert offered == ["safety-and-needs"]


@pytest.mark.parametrize("state", [CampaignState.DRAFT, CampaignState.PAUSED])
async def test_no_campaign_starts_with_one_once_that_clinician_has_left(
    database: Database, centre: Centre, state: CampaignState
) -> None:
    coordinator, chief = (
        await centre.colleague(Role.COORDINATOR),
        await centre.colleague(Role.SUPERVISOR),
    )
    clinician = await a_clinician(centre, coordinator)
    organisation = centre.organisation.id
    campaign = await drafted(database, coordinator, questionnaire="phq-4", schedule=After(7))
    async with database.begin(SERVICE) as session:
        (await session.get_one(Campaign, campaign.id)).state = state
        await disable_staff(session, chief, clinician.staff_id)
    async with database.begin(organisation) as session:
        with pytest.raises(Refused, match="Name the clinician"):
            await start(session, coordinator, campaign.id)
