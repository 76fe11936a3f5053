"""Which words of a message make it most like distress: those without which it is least so."""

from collections.abc import Callable, Sequence

# One word alone says little; a whole sentence does not say where to look.
TOGETHER = 5
# Each stretch costs one more look at the message: in a long one they are longer, and not at each
# word one begins.
MOST_LOOKS = 15


def strongest_words(
    text: str, spans: Sequence[tuple[int, int]], score: Callable[[str], float]
) -> str:
    """A stretch as it was typed. `spans` are where the words of the text stand, or as many of them
    as are to be looked at: what comes behind them is in no look.
    """
    words = list(dict.fromkeys(spans))
    text = text[: words[-1][1]]
    step = 1 + max(0, len(words) - TOGETHER) // MOST_LOOKS
    together = max(TOGETHER, step)
    stretches = [
        (part[0][0], part[-1][1])
        for first in range(0, max(1, len(words) - together + step), step)
        if (part := words[first : first + together])
    ]
    begin, end = min(stretches, key=lambda each: score(f"{text[: each[0]]} {text[each[1] :]}"))
    return text[begin:end]
