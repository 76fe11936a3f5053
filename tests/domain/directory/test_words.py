from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.countries import COUNTRIES
from domain.directory.folding import bare, fold, romanised
from domain.directory.hotlines import numbers_for
from domain.directory.needs import Need, needs_of, speaks_of
from locales.catalogues import LANGUAGES, Catalogues


def test_accents_case_and_arabic_forms_fold_together() -> None:
    assert fold("DURRËS") == fold("Durres")
    assert fold("الإيواء") == fold("ايواء")
    assert fold("عيادة") == fold("عياده")
    assert fold("مُحَامٍ") == fold("محام")
    assert fold("١١٦") == "116"
    assert fold("letër-njoftim, d'été") == "leter njoftim dete"


def test_what_nobody_sees_within_a_word_parts_none() -> None:
    """As web pages have it, where a long word may be broken or must not be."""
    assert fold("Menschen\u00adhandel") == fold("Menschen\u200bhandel") == "menschenhandel"
    assert fold("\u2067الإيواء\u2069\u200f") == fold("الإيواء")


@given(st.text())
def test_whatever_is_written_folds_to_words_with_single_spaces(text: str) -> None:
    folded = fold(text)

    assert folded == " ".join(folded.split())
    assert all(character.isalnum() or character == " " for character in folded)


def test_words_are_known_without_what_is_written_onto_them() -> None:
    assert bare("Centre d'hébergement") == "centre hebergement"
    assert bare("l’aide juridique, qu'elle") == "aide juridique elle"
    assert bare("all'infanzia dell'Albania") == "infanzia albania"
    assert bare("مأوى للنساء والأطفال بالرباط") == "ماوي نسا اطفال رباط"
    # What only looks so is a word of its own.
    assert bare("здоров'я, don't") == "здоровя dont"
    assert bare("وثائق") == fold("وثائق")


@given(st.text())
def test_each_bare_word_belongs_to_one_folded_word(text: str) -> None:
    assert len(bare(text).split()) == len(fold(text).split())


def test_cyrillic_and_greek_are_also_known_in_latin_letters() -> None:
    assert romanised(fold("Київ, центр допомоги")) == "kyiv tsentr dopomohy"
    assert romanised(fold("Αθήνα")) == "athina"
    assert romanised(fold("Tirana")) == ""


def test_needs_come_from_the_name_then_categories_then_the_description() -> None:
    assert needs_of("Free lawyer", ["Housing"], "") == (Need.LEGAL,)
    assert needs_of("Open door", ["Housing"], "A doctor") == (Need.SHELTER,)
    assert needs_of("Open door", [], "A doctor") == (Need.HEALTH,)
    assert needs_of("Open door", [], "") == ()


def test_needs_are_heard_in_the_languages_of_the_directories() -> None:
    assert needs_of("Strehim për gra", [], "") == (Need.SHELTER,)
    assert needs_of("Strehë për gra", [], "") == (Need.SHELTER,)
    assert needs_of("Klinikë pa pagesë", [], "") == (Need.HEALTH,)
    assert needs_of("Безкоштовний адвокат", [], "") == (Need.LEGAL,)
    assert needs_of("المأوى", [], "") == (Need.SHELTER,)
    assert needs_of("Centre d'hébergement", [], "") == (Need.SHELTER,)
    assert needs_of("Accueil d'enfants à l'école", [], "") == (
        Need.EDUCATION,
        Need.CHILD_PROTECTION,
    )
    assert needs_of("مركز للأطفال", [], "") == (Need.CHILD_PROTECTION,)
    assert needs_of("Écoute et soutien psychologique", [], "") == (Need.PSYCHOSOCIAL,)


@pytest.mark.parametrize(
    "told",
    [
        "A house for survivors of modern slavery",
        "Advice after forced labour",
        "Aide aux victimes du trafic d’êtres humains",
        "Association de lutte anti-traite",
        "Numero verde antitratta",
        "Contro il traffico di esseri umani e lo sfruttamento",
        "Servicio anti-trata",
        "Para víctimas de explotación sexual",
        "Apoio a vítimas de tráfico humano",
        "Equipa de apoio às vítimas do tráfico",
        "Beratung nach Ausbeutung und Zwangsprostitution",
        "Fachstelle gegen Menschen\u00adhandel",
        "Κατά της σωματεμπορίας",
        "Pomoc dla ofiar handlu i wyzysku",
        "Допомога жертвам експлуатації",
        "Помощь жертвам рабства",
        "Ndihmë pas shfrytëzimit seksual",
        "لضحايا الاستغلال",
        "مكافحة المتاجرة بالبشر",
    ],
)
def test_what_speaks_of_trafficking_is_known_in_every_language(told: str) -> None:
    assert speaks_of(Need.ANTI_TRAFFICKING, told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_our_own_lines_for_it_are_called_speaks_of_trafficking_in_every_language(
    language: str,
) -> None:
    said = Catalogues.load().of(language).gettext
    lines = [line for country in COUNTRIES for line in numbers_for(country, date(2026, 2, 15))]
    named = {line.name for line in lines if speaks_of(Need.ANTI_TRAFFICKING, line.name)}
    assert len(named) > 5
    assert [name for name in named if not speaks_of(Need.ANTI_TRAFFICKING, said(name))] == []


@pytest.mark.parametrize(
    "told",
    [
        "Courses in programming and metal work",
        "Víctimas de accidentes de tráfico",
        "Une lettre de change",
        "Δουλειά και μαθήματα",
        "Una trattoria sociale",
    ],
)
def test_what_only_looks_like_it_is_not(told: str) -> None:
    assert not speaks_of(Need.ANTI_TRAFFICKING, told)
