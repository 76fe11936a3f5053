from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.shell import (
    AsJson,
    Whose,
    carry_out,
    ensure_one_of_ours,
    organisation_of,
    service_session,
    show,
)

if TYPE_CHECKING:
    from domain.questionnaires.forms.problems import Problem
    from domain.questionnaires.values import Questionnaire

questionnaire = typer.Typer(help="Questionnaires as XLSForm.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="An Excel file (.xlsx) with an XLSForm.")]
Language = Annotated[
    str, typer.Option(help="The code of its language, such as en, where the file does not say.")
]


@questionnaire.command()
def check(file: File, language: Language = "", as_json: AsJson = False) -> None:
    """Say what Wayhome could not ask, by sheet, row and column. Needs no database."""
    form, problems = _read(file, language)
    _report(form, problems, as_json, end="All right.")


@questionnaire.command("import")
def import_(
    file: File,
    organisation: Whose = None,
    language: Language = "",
    as_json: AsJson = False,
) -> None:
    """Take a form in for an organisation, as a new version if it is there already."""
    form, problems = _read(file, language)
    if form is None:
        _report(form, problems, as_json)
        return

    async def work() -> "Questionnaire":
        from domain.questionnaires.importing import take_in

        async with service_session() as session:
            found = await organisation_of(session, organisation)
            return await take_in(session, found.id, form)

    taken = carry_out(work())
    _report(taken, [], as_json, end=f"This is version {taken.version}.")


def _read(file: Path, language: str) -> "tuple[Questionnaire | None, list[Problem]]":
    from domain.problems import Faulty
    from domain.questionnaires.forms.reading import named_after, read_form
    from domain.questionnaires.forms.workbook import LARGEST

    if language:
        ensure_one_of_ours(language)
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        typer.echo(f"{file} can't be read: {error.strerror}.", err=True)
        raise typer.Exit(1) from None
    try:
        return read_form(content, name=named_after(file.stem), language=language), []
    except Faulty as faulty:
        return None, faulty.problems


def _report(
    form: "Questionnaire | None", problems: "list[Problem]", as_json: bool, *, end: str = ""
) -> None:
    """In words, the last of them for a form that was taken, or as JSON; exit code 1 for one that
    was not.
    """
    found = [
        {"sheet": each.sheet, "row": each.row, "column": each.column, "reason": each.said()}
        for each in problems
    ]
    result: dict[str, Any] = {"ok": form is not None, "problems": found}
    if form is not None:
        from domain.languages import that_nobody_chooses

        result |= {"questionnaire": form.key, "version": form.version}
        result |= {"questions": len(form.questions), "languages": list(form.languages)}
        result |= {"nobody_chooses": that_nobody_chooses(form.languages)}
    show(result, as_json, lambda: "\n".join(map(_line, found)) or _in_words(result, end))
    if form is None:
        raise typer.Exit(1)


def _line(problem: dict[str, Any]) -> str:
    row = f"row {problem['row']}" if problem["row"] else None
    place = [each for each in (problem["sheet"], row, problem["column"]) if each]
    return ": ".join(filter(None, [", ".join(place), problem["reason"]]))


def _in_words(result: dict[str, Any], end: str) -> str:
    languages, many = ", ".join(result["languages"]), result["questions"]
    questions = "1 question" if many == 1 else f"{many} questions"
    said = f"{result['questionnaire']}: {questions}, in {languages}. {end}"
    if unread := ", ".join(result["nobody_chooses"]):
        said += f" Nobody is asked in {unread}, which Wayhome does not speak."
    return said
