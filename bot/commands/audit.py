"""The audit ledger, looked at by the operator."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.shell import AsJson, carry_out, iso, service_session, show

if TYPE_CHECKING:
    from domain.audit.trail import Trail

audit = typer.Typer(help="The ledger of who did and read what.", no_args_is_help=True)


@audit.command("check")
def check(
    kept: Annotated[
        str | None,
        typer.Option(help="A head that was printed earlier and kept elsewhere: is it still there?"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look whether any sealed line was changed, taken away or slipped in; exit 1 if so."""

    async def work() -> dict[str, Any]:
        from domain.audit.chain import check as check_chains
        from domain.audit.chain import is_in_a_chain

        async with service_session() as session:
            chains = await check_chains(session)
            found = await is_in_a_chain(session, kept) if kept is not None else None
        whole = all(chain.broken is None for chain in chains)
        return {
            "ok": whole and found is not False,
            "kept_found": found,
            "organisations": [
                {
                    "id": str(chain.organisation_id),
                    "name": chain.name,
                    "shortened": chain.shortened,
                    "shortened_at": iso(chain.shortened_at) if chain.shortened_at else None,
                    "sealed": chain.sealed,
                    "waiting": chain.waiting,
                    "head": chain.head,
                    "broken": {"line": chain.broken.line, "fault": chain.broken.fault}
                    if chain.broken
                    else None,
                }
                for chain in chains
            ],
        }

    result = carry_out(work())
    show(result, as_json, lambda: _described(result))
    if not result["ok"]:
        raise typer.Exit(1)


@audit.command("show")
def show_trail(
    org: Annotated[str, typer.Option(help="The organisation's id or exact name.")],
    since: Annotated[
        datetime, typer.Option(help="In UTC, such as 2026-11-25T03:00:00, or with an offset.")
    ],
    until: Annotated[datetime | None, typer.Option(help="The same; until now if not said.")] = None,
    staff: Annotated[str | None, typer.Option(help="Of one colleague, by sign-in code.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show who read and did what, and how many people it was about. Codes and ids, no names."""

    async def work() -> "Trail":
        from domain.audit.trail import trail
        from domain.organisations import find_organisation

        async with service_session() as session:
            organisation = await find_organisation(session, org)
            begin, end = _in_utc(since), _in_utc(until) if until else session.now
            if begin >= end:
                # Else it would say that nobody was read.
                raise typer.BadParameter("It is not before --until.", param_hint="--since")
            return await trail(session, organisation.id, begin, end, staff)

    found = carry_out(work())
    steps = [
        {"at": iso(step.at), "by": step.by, "action": step.action, "subject": step.subject}
        for step in found.steps
    ]
    people = [str(person) for person in found.people]
    gone = [str(each) for each in found.gone]
    result = {"people": people, "gone": gone, "steps": steps}
    show(result, as_json, lambda: _walked(steps, people, gone))


def _in_utc(typed: datetime) -> datetime:
    """Where nothing else was said: an offset counts."""
    return typed if typed.tzinfo else typed.replace(tzinfo=UTC)


def _walked(steps: list[dict[str, str | None]], people: list[str], gone: list[str]) -> str:
    lines = [
        "  ".join(
            (
                step["at"] or "",
                step["by"] or "the service",
                step["action"] or "",
                step["subject"] or "",
            )
        ).rstrip()
        for step in steps
    ]
    about = [f"/people/{person}" for person in people]
    if gone:
        about += [f"And {len(gone)} deleted since, each perhaps of one more person:", *gone]
    return "\n".join([*lines, f"About {len(people)} people:", *about])


def _described(result: dict[str, Any]) -> str:
    lines = [_line(chain) for chain in result["organisations"]] or ["No organisation yet."]
    if result["kept_found"] is False:
        lines.append("The head that was kept is in no chain: lines are gone, or were rewritten.")
    elif result["kept_found"]:
        lines.append("The head that was kept is still there.")
    return "\n".join(lines)


def _line(chain: dict[str, Any]) -> str:
    if chain["broken"]:
        broken = chain["broken"]
        return f"{chain['name']}  BROKEN at line {broken['line']}, which was {broken['fault']}"
    there = chain["sealed"] - chain["shortened"]
    gone = f" after the first {chain['shortened']}, which went by {chain['shortened_at']}"
    waiting = f", {chain['waiting']} wait for their seal" if chain["waiting"] else ""
    head = f"\n  head: {chain['head']}" if chain["head"] else ""
    after = gone if chain["shortened"] else ""
    return f"{chain['name']}  {there} lines are as they were{after}{waiting}{head}"
