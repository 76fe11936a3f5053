import pytest

from domain.cases.thanks import is_only_thanks
from storage.kinds import CaseState
from tests.domain.centre import Centre


@pytest.mark.parametrize(
    "words",
    [
        "Thank you very much!",
        "merci beaucoup",
        "Shumë faleminderit 🙏",
        "شكرًا جزيلاً",
        "choukran bzaf",
        "شكرا بزاف",
        "بارك الله فيك 🌹",
        "merci bcp",
        "ju faleminderit",
        "щиро дякую",
        "Дуже дякую ❤️",
        "спасибо большое.",
        "Muchas gracias",
        "Grazie mille",
        "obrigada 🙏🏽",
        "Vielen Dank",
        "Ευχαριστώ πολύ",
        "dziekuje bardzo",
    ],
)
def test_thanks_are_known_in_every_language(words: str) -> None:
    assert is_only_thanks(words)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "🙏",
        "very much",
        "no thanks",
        "thanks?",
        "thank you for everything, goodbye",
        "thanks 🔪",
        "спасибо не надо",
        "merci de m'aider",
        "ok",
        "yes",
    ],
)
def test_anything_more_is_a_message_like_any_other(words: str) -> None:
    assert not is_only_thanks(words)


@pytest.mark.parametrize(
    ("words", "state"),
    [("Faleminderit!", CaseState.WAITING), ("Faleminderit, por kam frikë", CaseState.CLAIMED)],
)
async def test_thanks_start_no_clock_and_lie_in_the_case(
    centre: Centre, words: str, state: CaseState
) -> None:
    vera, person = await centre.colleague(chat=701, on_duty=True), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    await centre.writes(vera, case)
    assert await centre.hears(person, words) is not None
    await centre.tick()

    assert (await centre.fresh(case)).state is state


async def test_thanks_while_nobody_has_answered_change_nothing(centre: Centre) -> None:
    person = await centre.person()
    case = await centre.signal(person)
    due = (await centre.fresh(case)).next_alert_at
    await centre.hears(person, "Thanks")

    waits = await centre.fresh(case)
    assert (waits.state, waits.next_alert_at) == (CaseState.OPEN, due)
