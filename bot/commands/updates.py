"""Updates that were set aside, because no code of ours could handle them."""

from typing import Annotated

import typer

from bot.commands.shell import AsJson, carry_out, iso, service_session, show

updates = typer.Typer(help="Updates that were set aside.", no_args_is_help=True)


@updates.command("list")
def list_(as_json: AsJson = False) -> None:
    """List them: numbers, instants and what went wrong, nothing about persons."""

    async def work() -> list[dict[str, object]]:
        from storage.inbox.failed import set_aside

        async with service_session() as session:
            return [
                {
                    "number": row.number,
                    "arrived_at": iso(row.arrived_at),
                    "tries": row.tries,
                    "error": row.error,
                    "can_retry": row.payload is not None,
                }
                for row in await set_aside(session)
            ]

    found = carry_out(work())
    show(
        found,
        as_json,
        lambda: (
            "\n".join(
                f"{update['number']}  {update['arrived_at']}  {update['error']}"
                + ("" if update["can_retry"] else "  (its words are gone)")
                for update in found
            )
            or "No update is set aside."
        ),
    )


@updates.command("retry")
def retry(
    numbers: Annotated[
        list[int] | None, typer.Argument(help="Their numbers; all of them without any.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Try them again, once what failed is mended. Running replicas take them up."""

    async def work() -> dict[str, list[int]]:
        from storage.inbox.failed import set_aside, try_again

        async with service_session() as session:
            waiting = [row.number for row in await set_aside(session) if row.payload is not None]
            tried = await try_again(session, waiting if numbers is None else numbers)
        asked = waiting if numbers is None else numbers
        return {"tried": list(tried), "not_tried": sorted(set(asked) - set(tried))}

    outcome = carry_out(work())
    show(outcome, as_json, lambda: _sentence(outcome["tried"], outcome["not_tried"]))
    if outcome["not_tried"]:
        raise typer.Exit(1)


def _sentence(tried: list[int], not_tried: list[int]) -> str:
    said = f"{len(tried)} will be tried again."
    if not_tried:
        named = ", ".join(map(str, not_tried))
        said += f" Not set aside, or without words any more: {named}."
    return said
