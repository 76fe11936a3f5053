"""Where in a form something stands."""

from domain.questionnaires.forms.problems import Problem


def where(problem: Problem) -> tuple[str | None, int | None, str | None]:
    return problem.sheet, problem.row, problem.column
