from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.shell import (
    AsJson,
    carry_out,
    ensure_one_of_ours,
    iso,
    service_session,
    show,
)


def invite(
    org: Annotated[str, typer.Option(help="The organisation's id or exact name.")],
    count: Annotated[int, typer.Option(help="How many.")] = 1,
    sheet: Annotated[
        Path | None, typer.Option(help="Also write cards to print, as an HTML file.")
    ] = None,
    emergency: Annotated[
        str, typer.Option(help="The emergency number on the cards; the country's, if it is known.")
    ] = "",
    language: Annotated[str, typer.Option(help="The language of the cards, such as ar.")] = "en",
    pathway: Annotated[
        str | None, typer.Option(help="The key of the pathway that they are put on.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make single-use invites, good for 72 hours."""
    ensure_one_of_ours(language)
    if emergency and sheet is None:
        raise typer.BadParameter(
            "It stands on printed cards: name a file for them with --sheet.",
            param_hint="--emergency",
        )

    async def work() -> list[dict[str, str]]:
        from bot.telegram.username import bot_username
        from console.files.cards import invite_link, invite_sheet
        from domain.enrolment.invites import issue_invites
        from domain.organisations import find_organisation

        username = await bot_username()
        async with service_session() as session:
            organisation = await find_organisation(session, org)
            number = _emergency_for(organisation.country, emergency) if sheet else ""
            invites = await issue_invites(session, organisation.id, count, pathway=pathway)
            if sheet is not None:
                cards = invite_sheet(
                    invites,
                    username,
                    number,
                    session.now,
                    language=language,
                    time_zone=organisation.time_zone,
                )
                with new_sheet(sheet, cards):
                    # No card stands there before its code does.
                    await session.commit()
        return [
            {
                "code": new.code,
                "link": invite_link(username, new.code),
                "expires_at": iso(new.expires_at),
            }
            for new in invites
        ]

    made = carry_out(work())
    show(
        made,
        as_json,
        lambda: "\n".join(f"{new['link']}  until {new['expires_at']}" for new in made),
    )


def _emergency_for(country: str | None, typed: str) -> str:
    """Raises CannotOpen before anything is made, where a card would be without a number."""
    from bot.errors import CannotOpen
    from console.files.cards import emergency_on_cards
    from domain.directory.hotlines import emergency_number

    if not typed and emergency_number(country) is None:
        where = f"in {country}" if country else "without a country"
        raise CannotOpen(
            f"No emergency number is known {where}: name the one for the cards with --emergency."
        )
    return emergency_on_cards(typed, country)


@contextmanager
def new_sheet(path: Path, cards: str) -> Iterator[None]:
    """For its owner's eyes, whole on the disk when the block begins, and in place of an earlier one
    once it has ended well. Raises CannotOpen.
    """
    from bot.written_files import Kind, written
    from storage.whole_files import put_on_disk

    page = b"<!doctype html>"
    with written(path, Kind("sheet of cards", lambda there: there.read(len(page)) == page)) as file:
        file.write(cards.encode())
        put_on_disk(file)
        yield
