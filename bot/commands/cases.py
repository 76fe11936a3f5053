from typing import Annotated

import typer

from bot.commands.shell import AsJson, carry_out, iso, service_session, show


def cases(
    all_: Annotated[bool, typer.Option("--all", help="Resolved ones, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the cases of all organisations: codes and states, nothing about persons."""

    async def work() -> list[dict[str, object]]:
        from domain.cases.listing import list_cases

        async with service_session() as session:
            return [
                {
                    "code": line.code,
                    "severity": line.severity,
                    "state": line.state,
                    "opened_at": iso(line.opened_at),
                    "signals": line.signals,
                }
                for line in await list_cases(session, resolved=all_)
            ]

    found = carry_out(work())
    show(
        found,
        as_json,
        lambda: (
            "\n".join(
                f"{case['code']}  {case['severity']:<9}  {case['state']:<8}  {case['opened_at']}"
                for case in found
            )
            or "No open case."
        ),
    )
