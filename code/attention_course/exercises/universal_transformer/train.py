"""universal_transformer.train: positions that begin anywhere; 1807.03819, Section 3.3."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from attention_course.data.vocabulary import EOS, PAD, SPECIALS
from attention_course.exercises.comparing import Problem, Rank
from attention_course.exercises.drawing import integers
from attention_course.exercises.question import Case, Inputs, Mistake, Question
from attention_course.exercises.universal_transformer.train_answers import (
    always_at_most,
    always_at_zero,
    echo,
    loop_with,
    nearby,
    one_cycle,
    padding_too,
    train_anywhere,
)
from attention_course.exercises.universal_transformer.train_signs import (
    ENOUGH,
    MOST,
    PLACES,
    exact,
    share,
    shows_echo,
    shows_explosion,
    shows_far,
    shows_leftovers,
    shows_little,
    shows_near,
    shows_no_step,
    shows_padding,
    shows_zero,
)
from attention_course.exercises.universal_transformer.training import (
    BATCH_SIZE,
    VOCABULARY,
    fresh,
    trained,
)
from attention_course.exercises.values import Tolerance, Value

BATCHES, UNSEEN, KNOWN = 300, 200, 256
SHORTEST, LONGEST = 5, 9
PADDING, LOSS = 0.05, 0.5


def finish(given: Value, inputs: Inputs) -> Value:
    """What the trained weights say: the answer has no hand in what becomes of them.

    Returns:
        A dictionary: "places", what is said (N, S) of the unseen sentences when they begin at each
        of `PLACES`; "habits", on known sentences: "moved" and "leftovers" as they were given;
        "loss" in nats per word when they begin anywhere; "padding", the share of the padding at
        which the model says padding; and "echoes", that of the words that it says where they stand.
    """
    model = fresh()
    model.load_state_dict(given["weights"])
    model.eval()
    words, said = inputs["words"][:KNOWN], inputs["said"][:KNOWN]
    real = words != PAD
    with torch.no_grad():
        found = [
            model(inputs["unseen"], torch.full((UNSEEN,), place)).argmax(-1) for place in PLACES
        ]
        logits = model(words, torch.arange(KNOWN) % (inputs["most"] + 1))
        near = model(words, torch.zeros(KNOWN, dtype=torch.int64)).argmax(-1)
    habits = {
        "loss": float(F.cross_entropy(logits[real], said[real])),
        "padding": share(logits.argmax(-1)[~real] == PAD),
        "echoes": share(near[real] == words[real]),
    }
    watched = {name: given[name] for name in ("moved", "leftovers")}
    return {"places": found, "habits": watched | habits}


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """Enough exact sentences at every place; or, for the part "habits", numbers within limits."""
    if isinstance(expected, Tensor):
        for place, right in zip(PLACES, exact(given, expected), strict=True):
            if right < ENOUGH:
                return Problem(
                    Rank.NUMBERS,
                    f"of sentences that begin at position {place} your model says {right:.0%} "
                    f"without a mistake, expected {ENOUGH:.0%}",
                )
        return None
    if all(given[name] <= limit for name, limit in expected.items()):
        return None
    return Problem(Rank.NUMBERS, "your model has not learnt what it was shown")


def _sentences(generator: Generator, count: int) -> tuple[Tensor, Tensor]:
    """What is read and what is to be said, (N, S) each: the word before, at the first place EOS."""
    lengths = integers(generator, SHORTEST, LONGEST + 1, count, 1)
    words = integers(generator, len(SPECIALS), VOCABULARY, count, LONGEST + 1)
    place = torch.arange(LONGEST + 1)
    words = words.masked_fill(place == lengths, EOS).masked_fill(place > lengths, PAD)
    said = words.roll(1, dims=1).index_fill(1, torch.tensor([0]), EOS)
    return words, said.masked_fill(place > lengths, PAD)


def _draw(generator: Generator) -> dict[str, Value]:
    words, said = _sentences(generator, BATCHES * BATCH_SIZE)
    unseen, places = _sentences(generator, UNSEEN)
    return {
        "words": words,
        "said": said,
        "most": MOST,
        "unseen": unseen,
        "places": places,
        "habits": {"padding": PADDING, "loss": LOSS},
    }


QUESTION = Question(
    id="universal_transformer.train",
    answer="train_anywhere",
    title="Train for sentences that begin anywhere",
    points=10,
    minutes=12,
    difficulty=2,
    kind="train",
    cases=(
        Case("unseen sentences", _draw, part="places"),
        Case("known sentences", _draw, part="habits"),
    ),
    reference=train_anywhere,
    mistakes=(
        Mistake(
            "no step",
            "the weights are what they were before training: is there an optimizer.step() after "
            "backward(), or were the gradients cleared before it, or a copy trained?",
            loop_with(batches_used=2, step=False),
            shows_no_step,
        ),
        Mistake(
            "explosion",
            "the weights are no longer finite numbers of ordinary size: lower the learning rate, "
            "and clip the gradient",
            loop_with(batches_used=10, rate=1e30),
            shows_explosion,
        ),
        Mistake(
            "echoes",
            "your model has learnt to say each word where it stands: compare its logits with the "
            "second tensor of the batch, not with the words",
            loop_with(loss=echo, batches_used=60),
            shows_echo,
        ),
        Mistake(
            "no offsets",
            "your model is right where sentences begin at position 0, as in your training, and "
            "wrong everywhere else: draw where each of them begins",
            loop_with(first=always_at_zero),
            shows_zero,
        ),
        Mistake(
            "early places alone",
            "your model is right where sentences begin early, and wrong where they begin late: "
            "draw from all places, from 0 to most itself, which torch.randint(most, …) leaves out",
            loop_with(first=nearby),
            shows_near,
        ),
        Mistake(
            "one place",
            "your model is right at late places alone: draw anew for each batch where its "
            "sentences begin, from 0 to most",
            loop_with(first=always_at_most),
            shows_far,
        ),
        Mistake(
            "padding counts",
            "your model has learnt to say padding behind the end: leave it out of the loss",
            loop_with(loss=padding_too),
            shows_padding,
        ),
        Mistake(
            "gradients add up",
            "the gradients of all batches add up: set them to zero before each backward()",
            loop_with(batches_used=50, clear=False, rate=3e-3),
            shows_leftovers,
        ),
        Mistake(
            "hardly learnt",
            "your model has hardly learnt anything yet: use every batch and Adam with a learning "
            "rate between 0.005 and 0.02, and put no softmax before cross_entropy",
            loop_with(batches_used=30, rate=1e-3),
            shows_little,
        ),
    ),
    alternatives={
        "one cycle, a place for each batch": one_cycle,
        "at a lower rate": loop_with(rate=6e-3),
    },
    ask=trained,
    finish=finish,
    judge=judge,
    kept_back=("unseen", "places", "habits"),
    barred=("attention_course.training", "attention_course.exercises.universal_transformer"),
    seconds=60,
)
