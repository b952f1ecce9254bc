"""What a model writes that an answer has trained, and whether that is enough."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_course.data.batches import Batch
from attention_course.data.vocabulary import EOS, PAD
from attention_course.decoding import greedy
from attention_course.exercises.comparing import Problem, Rank
from attention_course.exercises.question import Inputs
from attention_course.exercises.values import Tolerance, Value

ENOUGH = 0.7  # of the unseen sentences have to be written without any mistake
PADDING = 0.05  # of the padding at which a model may say padding
NO_MODEL = Problem(
    Rank.NOTHING, "your function has to return the model that it had made and has trained"
)


@torch.no_grad()
def written(
    model: Any, given: Value, known: Batch, source: Tensor, mask: Tensor, longest: int
) -> dict[str, Value]:
    """Has the trained weights write: the answer has no hand in what becomes of them.

    Args:
        model: a fresh one for the weights, a module that keeps `decoding.Translator`.
        given: what `watching.Watched.learnt` returned.
        known: what the model was trained on, or a part of it.
        source, mask: what it has not seen, as the model takes it.
        longest: words that it may write; the limit is for models that have learnt nothing.

    Returns:
        A dictionary: "sentences" that it writes for the source by greedy search, as lists of ids,
        and "habits" on what is known: what `_habits` has, and "moved" and "leftovers" as given.
    """
    model.load_state_dict(given["weights"])
    model.eval()
    found = [best.tokens for best in greedy(model, source, mask, max_length=longest)]
    watched = {name: given[name] for name in ("moved", "leftovers")}
    return {"sentences": found, "habits": watched | _habits(model, known)}


def _habits(model: nn.Module, batch: Batch) -> dict[str, float]:
    """What a model does on sentences that it was trained on.

    Returns:
        "loss" in nats per word; "padding", the share of the padding at which the model says
        padding; "copies", the share of words that it gets right when it is shown the very word
        that it should say; "echoes", the share of sentences that it begins with BOS, which it is
        shown there and never has to say.
    """
    real = batch.target_mask
    logits, _ = model(batch.source, batch.source_mask, batch.target_in)  # (B, T, V)
    shown, _ = model(batch.source, batch.source_mask, batch.target_out)
    return {
        "padding": _share(logits.argmax(-1)[~real] == PAD),
        "copies": _share(shown.argmax(-1)[real] == batch.target_out[real]),
        "echoes": _share(logits[:, 0].argmax(-1) == batch.target_in[:, 0]),
        "loss": float(F.cross_entropy(logits[real], batch.target_out[real])),
    }


def _share(hits: Tensor) -> float:
    return float(hits.float().mean())


# --- judging ----------------------------------------------------------------------------------


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """Enough exact sentences; or, for the part "habits", numbers within their limits.

    Neither, None, where there is no model to judge.
    """
    if given is None:
        return NO_MODEL
    if isinstance(given, list) and _exact(given, expected) < ENOUGH:
        return Problem(
            Rank.NUMBERS,
            f"your model writes fewer than {ENOUGH:.0%} of them without a mistake: use every "
            "batch, and look at the learning rate and its course",
        )
    if isinstance(given, dict) and not all(given[name] <= expected[name] for name in expected):
        return Problem(Rank.NUMBERS, "your model has not learnt what it was shown")
    return None


def few(given: Value, expected: Value) -> bool:
    """Whether too few of all sentences are exact."""
    return _exact(given["sentences"], expected["sentences"]) < ENOUGH


def _exact(given: Value, expected: Tensor) -> float:
    gold = [row[: row.index(EOS) + 1] for row in expected.tolist()]
    return sum(one == other for one, other in zip(given, gold, strict=True)) / len(gold)
