"""The audit ledger, looked at by the operator."""

from typing import Annotated, Any

import typer

from bot.commands.shell import AsJson, carry_out, service_session, show

audit = typer.Typer(help="The ledger of who did and read what.", no_args_is_help=True)


@audit.callback()
def only_subcommands() -> None:
    """Keeps `check` a word of its own, though it is the only one."""


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
        from domain import audit_chain

        async with service_session() as session:
            chains = await audit_chain.check(session)
            found = await audit_chain.is_in_a_chain(session, kept) if kept else None
        whole = all(chain.broken is None for chain in chains)
        return {
            "ok": whole and found is not False,
            "kept_found": found,
            "organisations": [
                {
                    "id": str(chain.organisation_id),
                    "name": chain.name,
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
    waiting = f", {chain['waiting']} wait for their seal" if chain["waiting"] else ""
    head = f"\n  head: {chain['head']}" if chain["head"] else ""
    return f"{chain['name']}  {chain['sealed']} lines are as they were{waiting}{head}"
