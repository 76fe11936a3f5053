from typing import Annotated

import typer

from bot.commands.shell import AsJson, carry_out, service_session, show

org = typer.Typer(help="Organisations.", no_args_is_help=True)
staff = typer.Typer(help="Staff of an organisation.", no_args_is_help=True)


def _of_a_group(chat_id: int | None) -> int | None:
    """Without its minus it may be the number of somebody's own chat, whoever that is."""
    if chat_id is not None and chat_id >= 0:
        raise typer.BadParameter("A group's number begins with a minus, such as -1001234567890.")
    return chat_id


StaffChat = Annotated[
    int | None,
    typer.Option(
        callback=_of_a_group, help="The id of their Telegram group, such as -1001234567890."
    ),
]


TimeZone = Annotated[
    str | None,
    typer.Option(help="By which clock they work, such as Asia/Almaty, where the country has many."),
]


@org.command("add")
def add_org(
    name: Annotated[str, typer.Argument(help="As people are told who asks them.")],
    country: Annotated[str | None, typer.Option(help="ISO 3166, such as AL.")] = None,
    time_zone: TimeZone = None,
    staff_chat: StaffChat = None,
    default: Annotated[
        bool, typer.Option("--default", help="Receives everyone without an enrolment.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add an organisation. The first one is the default."""

    async def work() -> dict[str, str]:
        from domain.organisations import add_organisation

        async with service_session() as session:
            organisation = await add_organisation(
                session,
                name,
                country=country,
                time_zone=time_zone,
                staff_chat=staff_chat,
                default=default,
                gated=True,
            )
            return {"id": str(organisation.id), "name": organisation.name}

    added = carry_out(work())
    show(added, as_json, lambda: f"Added {added['name']} ({added['id']}).")


@org.command("change")
def change_org(
    name: Annotated[str, typer.Argument(help="The organisation's id or exact name.")],
    staff_chat: StaffChat = None,
    no_staff_chat: Annotated[
        bool, typer.Option("--no-staff-chat", help="They have none any more.")
    ] = False,
    time_zone: TimeZone = None,
    as_json: AsJson = False,
) -> None:
    """Name its staff group, another one in its place, or none; or the clock by which it works."""
    given = [staff_chat is not None, no_staff_chat, time_zone is not None]
    if given.count(True) != 1:
        raise typer.BadParameter("Give one of --staff-chat, --no-staff-chat and --time-zone.")

    async def work() -> dict[str, str | bool]:
        from domain.alerts.staff_group import name_staff_group
        from domain.duty.weekly import plan_anew
        from domain.organisations import find_organisation
        from domain.pathways.moving import choose_clock

        async with service_session() as session:
            organisation = await find_organisation(session, name, lock=True)
            if time_zone is not None:
                await choose_clock(session, organisation, time_zone)
                await plan_anew(session, organisation.id)
            else:
                await name_staff_group(session, organisation, staff_chat)
            return {
                "id": str(organisation.id),
                "name": organisation.name,
                "staff_chat": organisation.staff_chat is not None,
                "time_zone": organisation.time_zone,
            }

    changed = carry_out(work())
    has = "has this staff group" if changed["staff_chat"] else "has no staff group any more"
    said = (
        f"{changed['name']} works by the clock of {changed['time_zone']}, and so are its people "
        "asked who are in its country. Shifts of every week go by it, single ones stay as they "
        "are: look at the rota under Duty."
        if time_zone is not None
        else f"{changed['name']} {has}. From one before the topics of cases go, one after "
        "the other, while the bot is in it and may delete. What else was written there stays: have "
        "that group deleted."
    )
    show(changed, as_json, lambda: said)


@org.command("retention")
def retention(
    name: Annotated[str, typer.Argument(help="The organisation's id or exact name.")],
    words: Annotated[int | None, typer.Option(help="Of closed cases.")] = None,
    cases: Annotated[
        int | None, typer.Option(help="Closed ones, without the words; never before those.")
    ] = None,
    check_ins: Annotated[int | None, typer.Option(help="With their answers.")] = None,
    enrolments: Annotated[int | None, typer.Option(help="That have ended.")] = None,
    audit: Annotated[int | None, typer.Option(help="Lines of the ledger, from 365.")] = None,
    as_json: AsJson = False,
) -> None:
    """For how many days things are kept after their end: shows it, or changes it."""

    async def work() -> dict[str, int]:
        from domain.organisations import find_organisation
        from domain.retention_periods import Kind, choose_days

        given = {
            Kind.WORDS: words,
            Kind.CASES: cases,
            Kind.CHECK_INS: check_ins,
            Kind.ENROLMENTS: enrolments,
            Kind.AUDIT: audit,
        }
        chosen = {kind: days for kind, days in given.items() if days is not None}
        async with service_session() as session:
            organisation = await find_organisation(session, name, lock=True)
            return {
                str(kind): days for kind, days in choose_days(session, organisation, chosen).items()
            }

    kept = carry_out(work())
    show(
        kept,
        as_json,
        lambda: "\n".join(f"{kind:<10}  {days:>4} days" for kind, days in kept.items()),
    )


@staff.command("add")
def add_staff_member(
    name: Annotated[str, typer.Argument(help="By which colleagues know them.")],
    org: Annotated[str, typer.Option(help="The organisation's id or exact name.")],
    role: Annotated[
        str, typer.Option(help="caseworker, coordinator, supervisor, safeguarding or admin.")
    ],
    as_json: AsJson = False,
) -> None:
    """Add a staff member; prints how they set up the console and join in Telegram."""

    async def work() -> dict[str, str]:
        from bot.settings import read_settings
        from domain.organisations import find_organisation
        from domain.staff.accounts import add_staff
        from storage.kinds import Role

        if role not in set(Role):
            why = f"{role!r} is none of {', '.join(Role)}."
            raise typer.BadParameter(why, param_hint="--role")
        async with service_session() as session:
            organisation = await find_organisation(session, org)
            new = await add_staff(session, name, organisation, Role(role))
            return {
                "id": str(new.id),
                "telegram_code": new.telegram_code,
                "console_url": f"{read_settings().address}/set-up/{new.setup_token}",
                "sign_in_code": new.sign_in_code,
            }

    added = carry_out(work())
    show(
        added,
        as_json,
        lambda: (
            f"Added {name}.\n"
            f"Console, once: {added['console_url']}\n"
            f"In Telegram:   /start {added['telegram_code']}\n"
            "Both work once, for three days."
        ),
    )
