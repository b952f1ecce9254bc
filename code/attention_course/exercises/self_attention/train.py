"""self_attention.train: choose positions, and train a judge that needs them."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from attention_course.data.agreement import agreement
from attention_course.data.vocabulary import PAD
from attention_course.exercises.choosing_answers import trained_with
from attention_course.exercises.comparing import Problem, Rank
from attention_course.exercises.drawing import integers
from attention_course.exercises.question import Case, Inputs, Mistake, Question
from attention_course.exercises.self_attention.train_answers import (
    KNOWN,
    by_heart,
    cycled,
    few_batches,
    gradients_add_up,
    no_step,
    opposite,
    too_fast,
    train_judge,
    twice,
)
from attention_course.exercises.self_attention.training import fresh, trained
from attention_course.exercises.translating import set_task
from attention_course.exercises.values import Tolerance, Value
from attention_course.exercises.writing import NO_MODEL

SENTENCES, UNSEEN = 16_000, 400

# Which shares of the unseen sentences have to be judged rightly, and of their pairs of twins both.
# Measured, each time on other sentences and with other first weights:
#
#                                          right           twins
#   the reference, 20 times                1               1               2 s of CPU time
#   learned positions, 2 passes, 6 times   1               1
#   one cycle, 2 passes, 6 times           1               1
#   AdamW at 0.003, 2 passes, 6 times      1               1
#   no positions, 6 times                  0.5             0
#   256 sentences by heart, 6 times        0.52 to 0.69    0.30 to 0.51
RIGHT, TWINS = 0.9, 0.8


@torch.no_grad()
def finish(given: Value, inputs: Inputs) -> Value:
    """What the trained weights say of unseen sentences; the answer has no hand in it.

    Returns:
        A dictionary: "answers", the ids (N,) that the judge gives to unseen sentences; "right", the
        share of these that are; "twins", the share of pairs of twins of which both are; "loss", in
        nats, and "known", the share judged rightly, of sentences that were to be learnt; and what
        `training.trained` has but for the weights. All None where no model was returned.
    """
    if given is None:
        return dict.fromkeys(("answers", "twins"))
    model = fresh(inputs["source_vocabulary"], inputs["target_vocabulary"], str(given["positions"]))
    model.load_state_dict(given["weights"])
    model.eval()
    answers, known = (
        model(source, source != PAD)[0] for source in (inputs["unseen"], inputs["source"][:KNOWN])
    )  # logits
    hits, gold = answers.argmax(1) == inputs["answers"], inputs["target"][:KNOWN, 0]
    return {
        "answers": answers.argmax(1),
        "right": float(hits.float().mean()),
        "twins": float(hits.view(-1, 2).all(1).float().mean()),
        "loss": float(F.cross_entropy(known, gold)),
        "known": float((known.argmax(1) == gold).float().mean()),
        **{name: given[name] for name in ("positions", "moved", "leftovers")},
    }


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """Enough of them; without a model there is nothing to judge."""
    if given is None:
        return NO_MODEL
    share, least = given, expected
    if isinstance(expected, Tensor):
        share, least = float((given == expected).float().mean()), RIGHT
    if share >= least:
        return None
    return Problem(
        Rank.NUMBERS,
        f"{share:.0%} are right, expected at least {least:.0%}: go over the batches once more, "
        "and look at the learning rate and its course",
    )


def _fails(given: Value, expected: Value) -> bool:
    return bool(given["right"] < RIGHT or given["twins"] < expected["twins"])


def _shows_no_positions(given: Value, expected: Value, inputs: Inputs) -> bool:
    return given["positions"] == "none" and _fails(given, expected)


def _shows_no_step(given: Value, expected: Value, inputs: Inputs) -> bool:
    return bool(given["moved"] == 0)


def _shows_explosion(given: Value, expected: Value, inputs: Inputs) -> bool:
    return not math.isfinite(given["moved"]) or given["moved"] > 1e6


def _shows_leftovers(given: Value, expected: Value, inputs: Inputs) -> bool:
    return _fails(given, expected) and bool(given["leftovers"] > 0.9)


def _shows_opposite(given: Value, expected: Value, inputs: Inputs) -> bool:
    # a model that has learnt nothing may be wrong as often, but is less sure
    return bool(given["right"] < 1 - RIGHT and given["loss"] > 3)


def _shows_by_heart(given: Value, expected: Value, inputs: Inputs) -> bool:
    return _fails(given, expected) and bool(given["known"] > 0.97 > given["right"] + 0.1)


def _shows_little(given: Value, expected: Value, inputs: Inputs) -> bool:
    return _fails(given, expected) and bool(given["loss"] > 0.5)


def _draw(generator: Generator) -> dict[str, Value]:
    sentences = agreement(
        train=SENTENCES,
        validation=0,
        test=UNSEEN,
        most_between=1,
        seed=int(integers(generator, 0, 2**31, 1)),
    )
    task = set_task(sentences)
    names = ("source", "target", "source_vocabulary", "target_vocabulary", "unseen")
    kept_back = {"answers": task["sentences"][:, 0], "twins": TWINS}
    return {name: task[name] for name in names} | kept_back


QUESTION = Question(
    id="self_attention.train",
    answer="train_judge",
    title="Train a judge that needs order",
    points=12,
    minutes=15,
    difficulty=2,
    kind="train",
    cases=(
        Case("unseen sentences", _draw, part="answers"),
        Case("unseen twins", _draw, part="twins"),
    ),
    reference=train_judge,
    mistakes=(
        Mistake(
            "no step",
            "the weights are what they were before training: is there an optimizer.step() after "
            "backward(), or were the gradients cleared before it, or a copy trained?",
            trained_with("sinusoidal", no_step),
            sign=_shows_no_step,
        ),
        Mistake(
            "explosion",
            "the weights are no longer finite numbers of ordinary size: lower the learning rate, "
            "and clip the gradient",
            trained_with("sinusoidal", too_fast),
            sign=_shows_explosion,
        ),
        Mistake(
            "no positions",
            "your judge sees no order: to it twins are the same bag of words, and it gives both "
            "the same answer, so that it is never right on more than half",
            trained_with("none", few_batches),
            sign=_shows_no_positions,
        ),
        Mistake(
            "opposite",
            "your judge has learnt to say the opposite: it calls wrong what is right",
            trained_with("sinusoidal", opposite),
            sign=_shows_opposite,
        ),
        Mistake(
            "gradients add up",
            "the gradients of all batches add up: set them to zero before each backward()",
            trained_with("sinusoidal", gradients_add_up),
            sign=_shows_leftovers,
        ),
        Mistake(
            "by heart",
            "your judge knows some sentences by heart and fails on others: it has to see all the "
            "batches, not a few of them again and again",
            trained_with("sinusoidal", by_heart),
            sign=_shows_by_heart,
        ),
        Mistake(
            "hardly learnt",
            "your judge has hardly learnt anything yet, as for a while none does: use every batch, "
            "and Adam with a rate between 0.002 and 0.005",
            trained_with("sinusoidal", few_batches),
            sign=_shows_little,
        ),
    ),
    alternatives={
        "learned positions": trained_with("learned", twice),
        "one cycle": trained_with("sinusoidal", cycled),
    },
    ask=trained,
    finish=finish,
    judge=judge,
    kept_back=("unseen", "answers", "twins"),
    barred=(
        "attention_course.training",
        "attention_course.replications",
        "attention_course.exercises.self_attention",
    ),
    seconds=60,
)
