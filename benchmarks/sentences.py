"""Teaches the model of sentences our messages (decision 0091).

python -m benchmarks.sentences [--on]: writes domain/distress/sentences.onnx and what belongs to it,
with --on from the model that lies there, and else from the one that knows nothing of us. `make
sentences` installs what it needs and nothing else does. It takes an hour on two idle cores that
know bfloat16, three quarters of one with --on, and many hours on others.
"""

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch.nn import functional

from benchmarks.base_model import HEADS, LEAST, BaseModel
from benchmarks.kept import Kept
from benchmarks.lessons import Shown, batches, lessons
from benchmarks.model_file import MODEL, SPELLED, save
from benchmarks.training import KINDS
from domain.distress.gist import Floats
from domain.distress.pieces import BEGIN, END, UNKNOWN, Pieces


class Course(NamedTuple):
    """How often it goes through all messages, by the numbers of its epochs, and how fast."""

    seed: int
    epochs: range
    rate: float
    scores_rate: float


ANEW = Course(seed=1, epochs=range(3), rate=2e-4, scores_rate=1e-3)
ON = Course(seed=2, epochs=range(10, 12), rate=1e-4, scores_rate=5e-4)
WARMING, DECAY, LONGEST_STEP = 100, 0.01, 1.0
GIVEN_LOST, WHOLE_LOST = 0.05, 0.1
AS_IT_WAS = ("table", "places")
SCORES = ("scores", "scores_bias")

Weights = dict[str, Any]


class Batch(NamedTuple):
    """`pieces` of messages, one below the other, filled up to the longest."""

    pieces: Any
    lengths: Any
    right: Any

    @classmethod
    def of(cls, shown: Sequence[Shown]) -> "Batch":
        longest = max(len(each.pieces) for each in shown)
        rows = [each.pieces + [0] * (longest - len(each.pieces)) for each in shown]
        lengths = [len(each.pieces) for each in shown]
        right = torch.tensor([each.right for each in shown], dtype=torch.float32)
        return cls(torch.tensor(rows), torch.tensor(lengths), right)


def read(weights: Weights, batch: Batch) -> Any:
    """As the graph of the file does for one message."""
    length = batch.pieces.shape[1]
    is_there = torch.arange(length)[None] < batch.lengths[:, None]
    unseen = torch.where(is_there, 0.0, -1e4).bfloat16()[:, None, None, :]
    given = weights["table"][batch.pieces] + weights["places"][:length]
    given = functional.dropout(_normed(weights, "norm", given), GIVEN_LOST)
    numbers = sum(name.endswith(".asked") for name in weights)
    for begin in (f"{number}." for number in range(numbers)):
        looked = _of(weights, f"{begin}seen", _looked(weights, begin, given, unseen))
        seen = _normed(weights, f"{begin}seen_norm", given + looked)
        wide = functional.gelu(_of(weights, f"{begin}wide", seen), approximate="tanh")
        given = _normed(weights, f"{begin}made_norm", seen + _of(weights, f"{begin}made", wide))
    there = is_there[..., None].bfloat16()
    return (given * there).sum(1) / there.sum(1)


def _looked(weights: Weights, begin: str, given: Any, unseen: Any) -> Any:
    some, length, width = given.shape
    heads = _of(weights, f"{begin}asked", given).view(some, length, 3, HEADS, width // HEADS)
    queries, keys, values = heads.permute(2, 0, 3, 1, 4)
    looks = queries @ keys.transpose(-1, -2) * (width // HEADS) ** -0.5 + unseen
    return (torch.softmax(looks, -1) @ values).transpose(1, 2).reshape(some, length, width)


def _of(weights: Weights, name: str, given: Any) -> Any:
    return functional.linear(given, weights[name].T, weights[f"{name}_bias"])


def _normed(weights: Weights, name: str, given: Any) -> Any:
    scale, bias = weights[name]
    return functional.layer_norm(given, scale.shape, scale, bias, LEAST)


def learn(begun: Mapping[str, Floats], shown: Sequence[Shown], course: Course) -> dict[str, Floats]:
    """In bfloat16, beside copies of full width that are moved; on one machine the same messages
    make the same. What was `begun` may have scores already.
    """
    torch.manual_seed(course.seed)
    scores = torch.nn.Linear(begun["norm"].shape[1], len(KINDS))
    if "scores" in begun:
        with torch.no_grad():
            scores.weight.copy_(torch.tensor(begun["scores"]).T)
            scores.bias.copy_(torch.tensor(begun["scores_bias"]))
    floats = {name: torch.tensor(each) for name, each in begun.items() if name not in SCORES}
    weights: Weights = {name: each.bfloat16() for name, each in floats.items()}
    moved = [name for name in weights if name not in AS_IT_WAS]
    for name in moved:
        weights[name].requires_grad_(True)
    full = [floats[name] for name in moved]
    optimiser = torch.optim.AdamW(
        [{"params": full, "weight_decay": DECAY}, {"params": [*scores.parameters()]}], fused=True
    )
    steps = [some for epoch in course.epochs for some in batches(shown, epoch)]
    for number, some in enumerate(steps):
        left = 1 - number / len(steps)
        body, top = optimiser.param_groups
        body["lr"] = course.rate * left * min(1, (number + 1) / WARMING)
        top["lr"] = course.scores_rate * left
        batch = Batch.of(some)
        whole = functional.dropout(read(weights, batch).float(), WHOLE_LOST)
        wrong = functional.binary_cross_entropy_with_logits(scores(whole), batch.right)
        scores.zero_grad()
        wrong.backward()
        for copy, name in zip(full, moved, strict=True):
            copy.grad, weights[name].grad = weights[name].grad.float(), None
        torch.nn.utils.clip_grad_norm_(full, LONGEST_STEP)
        optimiser.step()
        with torch.no_grad():
            for copy, name in zip(full, moved, strict=True):
                weights[name].copy_(copy)
        print(f"\r{number} of {len(steps)} steps, {wrong.item():.3f} wrong", end="", flush=True)
    learned = weights | dict(zip(moved, full, strict=True))
    learned |= {"scores": scores.weight.T, "scores_bias": scores.bias}
    return {name: each.detach().float().numpy() for name, each in learned.items()}


def begun_before(base: BaseModel) -> dict[str, Floats]:
    """The model that lies there; of pieces that it does not have, as they were."""
    arrays, learned = base.arrays(), Kept(MODEL.read_bytes()).learned()
    numbers = {piece: number for number, piece in enumerate(base.pieces)}
    spelled = SPELLED.read_text("utf-8").split("\n")[:-1]
    arrays["table"][[numbers[line.split()[0]] for line in spelled]] = learned.pop("table")
    return arrays | learned


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--on", action="store_true")
    is_on = parser.parse_args().on
    base = BaseModel.load()
    chances = dict(zip(base.pieces, base.chances.tolist(), strict=True))
    shown = lessons(Pieces(chances))
    begun = begun_before(base) if is_on else base.arrays()
    learned = learn(begun, shown, ON if is_on else ANEW)
    always = {base.pieces.index(each) for each in (BEGIN, END, UNKNOWN)}
    used = sorted(always.union(*(each.pieces for each in shown)))
    spelled = [base.pieces[number] for number in used]
    save(learned | {"table": learned["table"][used]}, {each: chances[each] for each in spelled})


if __name__ == "__main__":
    main()
