"""Pieces of words, by which the model of sentences reads: the most likely ones that make a word."""

from collections.abc import Iterable, Mapping, Sequence

from domain.distress.by_word import LONGEST, by_word

BEGIN, END, UNKNOWN = "<s>", "</s>", "<unk>"
SPACE = "▁"  # In a piece that begins a word.
LONGEST_PIECE = 16
# Less likely than any piece.
UNKNOWN_BY = 10.0


class Pieces:
    """`chances` has the logarithm of how likely each piece is; its place in it is its number."""

    def __init__(self, chances: Mapping[str, float]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(chances)}
        self._chances = chances
        self._unknown = min(chances.values()) - UNKNOWN_BY
        self._of_word = by_word(self._most_likely)

    def of(self, words: Iterable[str], most: int) -> list[int]:
        """The numbers of at most so many pieces, with begin and end."""
        inside = [number for word in words for number in self._of_word(word)]
        return [self._numbers[BEGIN], *inside[: most - 2], self._numbers[END]]

    def _most_likely(self, word: str) -> Sequence[int]:
        """Viterbi's way: the best up to each letter, by the best up to those before it."""
        spelled = SPACE + word[:LONGEST]
        best: list[tuple[float, int, int]] = [(0.0, 0, 0)]
        for end in range(1, len(spelled) + 1):
            found = [(best[end - 1][0] + self._unknown, end - 1, self._numbers[UNKNOWN])]
            for begin in range(max(0, end - LONGEST_PIECE), end):
                piece = spelled[begin:end]
                if piece in self._chances:
                    chance = best[begin][0] + self._chances[piece]
                    found.append((chance, begin, self._numbers[piece]))
            best.append(max(found))
        return self._back(best)

    @staticmethod
    def _back(best: Sequence[tuple[float, int, int]]) -> list[int]:
        numbers, end = [], len(best) - 1
        while end:
            _, end, number = best[end]
            numbers.append(number)
        return numbers[::-1]
