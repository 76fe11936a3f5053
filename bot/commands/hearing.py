"""How well the watch hears, evaluated by the marks of caseworkers."""

from typing import TYPE_CHECKING, Any

from bot.commands.shell import AsJson, carry_out, service_session, show

if TYPE_CHECKING:
    from domain.lexicon.accuracy import Hearing


def hearing(as_json: AsJson = False) -> None:
    """What caseworkers said of signals, by organisation and language. Counts and no words."""

    async def work() -> list[dict[str, Any]]:
        from domain.lexicon.accuracy import hearing_everywhere

        async with service_session() as session:
            return [
                {"organisation": name, **_line(line)}
                for name, line in await hearing_everywhere(session)
            ]

    lines = carry_out(work())
    show({"languages": lines}, as_json, lambda: _described(lines))


def _line(line: "Hearing") -> dict[str, Any]:
    return {
        "language": line.language,
        "right": line.right,
        "too_high": line.too_high,
        "too_low": line.too_low,
        "false": line.false,
        "missed": line.missed,
        "real": _share(line.real, line.signals),
        "grave_signalled": _share(line.grave_signalled, line.grave),
    }


def _share(times: int, of: int) -> dict[str, Any]:
    from domain.figures.uncertainty import share_of

    share = share_of(times, of) if of else None
    ends = (share.low, share.high) if share else (0.0, 1.0)
    return {"times": times, "of": of, "interval": [round(end, 3) for end in ends]}


def _described(lines: list[dict[str, Any]]) -> str:
    return "\n".join(map(_sentence, lines)) or "Nobody has marked a signal yet."


def _sentence(line: dict[str, Any]) -> str:
    real, grave = line["real"], line["grave_signalled"]
    return (
        f"{line['organisation']}  {line['language']}: {line['right']} right,"
        f" {line['too_high']} too high, {line['too_low']} too low, {line['false']} false,"
        f" {line['missed']} missed; real {real['times']}/{real['of']}"
        f" ({real['interval'][0]:.2f}-{real['interval'][1]:.2f}), grave matters signalled"
        f" {grave['times']}/{grave['of']} ({grave['interval'][0]:.2f}-{grave['interval'][1]:.2f})"
    )
