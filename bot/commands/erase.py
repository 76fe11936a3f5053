from typing import Annotated

import typer

from bot.commands.shell import AsJson, carry_out, service_database, show


def erase(
    pseudonym: Annotated[str, typer.Argument(help="The made-up name that staff see.")],
    yes: Annotated[bool, typer.Option("--yes", help="Really: nobody can bring it back.")] = False,
    org: Annotated[
        str | None,
        typer.Option(help="The organisation's id or exact name, where two use this name."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Delete everything about a person, with the key to their words.

    While a cry for help of theirs is open it is noted, and done by itself once that is closed.
    Backups keep both until `wayhome keys rotate`.
    """
    if not yes:
        typer.echo("This can't be taken back: say --yes.", err=True)
        raise typer.Exit(2)

    async def work() -> str | None:
        from domain.privacy.erasing import erase_one
        from domain.privacy.passing_on import erase_by_operator
        from storage.sessions import SERVICE

        async with service_database() as database:
            async with database.begin(SERVICE) as session:
                returnee_id = await erase_by_operator(session, pseudonym, org)
            while True:
                async with database.begin(SERVICE) as session:
                    left = await erase_one(session, returnee_id)
                if not left.anything or left.case is not None:
                    return left.case

    case = carry_out(work())
    show(
        {"pseudonym": pseudonym, "erased": case is None, "waits_for_case": case},
        as_json,
        lambda: (
            "Everything about this person is deleted. Backups keep it, sealed, until "
            "'wayhome keys rotate'."
            if case is None
            else f"Noted. Case {case} is open, and a human comes first: everything is deleted by "
            "itself as soon as it is closed. Nothing more to type."
        ),
    )
