"""universal_transformer.encoder: one layer in a loop, until each word is done; 1807.03819, 2."""

from __future__ import annotations

from torch import Generator, Tensor

from attention_course.exercises.comparing import Problem, compare
from attention_course.exercises.drawing import normal, padding_mask
from attention_course.exercises.question import Case, Draw, Inputs, Mistake, Question
from attention_course.exercises.universal_transformer.encoder_answers import (
    all_probabilities_first,
    broken_encoder,
    double_precision,
    encoder,
    encoder_with,
    stopping_early,
)
from attention_course.exercises.universal_transformer.gradients import at_states_and_unit
from attention_course.exercises.values import Tolerance, Value

LEAVES = {"h": "the states h", "w": 'model["w"]', "b": 'model["b"]'}


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """Equal results, and equal gradients at the states and at the halting unit."""
    problem = compare(given["result"], expected["result"], inputs, tolerance)
    if problem is not None:
        return problem
    for name, where in LEAVES.items():
        problem = compare(
            given["gradients"][name],
            expected["gradients"][name],
            inputs,
            tolerance,
            f"the gradient of your result at {where}",
        )
        if problem is not None:
            return problem
    return None


def _inputs(d: int, most: int, *lengths: int) -> Draw:

    def drawn(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        return {
            "model": {
                **{name: normal(generator, d, d, std=d**-0.5) for name in "AWV"},
                "w": normal(generator, d, std=5 * d**-0.5),
                "b": normal(generator, 1, std=0.3) - 1,
            },
            "h": normal(generator, *mask.shape, d, std=0.8),
            "mask": mask,
            "threshold": 0.9,
            "most": most,
        }

    def draw(generator: Generator) -> dict[str, Value]:
        inputs = drawn(generator)
        while not _telling(inputs):
            inputs = drawn(generator)
        return inputs

    return draw


def _telling(inputs: dict[str, Value]) -> bool:
    """Some words halt early, some never, and the sum of none is near the threshold."""
    right = encoder(*inputs.values())

    def differs(other: Tensor) -> bool:
        return bool(((other - right).abs() > 0.002).any())

    bugs = (encoder_with(halted="change"), encoder_with(at_limit=False))
    moved = ({**inputs, "threshold": inputs["threshold"] + by} for by in (-1e-4, 1e-4))
    return all(differs(bug(*inputs.values())) for bug in bugs) and not any(
        differs(encoder(*others.values())) for others in moved
    )


SIGNALS = (
    "the signals go in once, before the loop; they belong before every step, with its own number"
)
HALTED = (
    "words that have halted still change; they keep their state, and the others go on looking at it"
)
CUT = "no gradient comes back through the weights: under no_grad the unit never learns to halt"

QUESTION = Question(
    id="universal_transformer.encoder",
    answer="encoder",
    title="Find the bugs in a loop that halts",
    points=16,
    minutes=15,
    difficulty=3,
    kind="repair",
    cases=(
        Case("padded sentences", _inputs(6, 4, 5, 3, 4)),
        Case("a batch of one", _inputs(4, 5, 6)),
        Case("equal sizes", _inputs(4, 4, 4, 3, 4, 2)),
        Case("many steps", _inputs(8, 7, 5, 6)),
    ),
    reference=encoder,
    mistakes=(
        Mistake(
            "as given",
            "these are still the results of the broken version: look at where the signals go in, "
            "at words that have halted, and at the way back to the halting unit",
            broken_encoder,
        ),
        Mistake("signals left", f"one bug is left: {SIGNALS}", encoder_with(signals="once")),
        Mistake("halted left", f"one bug is left: {HALTED}", encoder_with(halted="change")),
        Mistake("cut left", f"one bug is left: {CUT}", encoder_with(way_back="closed")),
        Mistake(
            "signals and halted left",
            "the way back is open now; two bugs are left: the signals go in once, before the loop, "
            "and words that have halted still change",
            encoder_with(signals="once", halted="change"),
        ),
        Mistake(
            "signals and cut left",
            "words that have halted stay now; two bugs are left: the signals go in once, before "
            "the loop, and no gradient comes back to the halting unit",
            encoder_with(signals="once", way_back="closed"),
        ),
        Mistake(
            "halted and cut left",
            "the signals are right now; two bugs are left: words that have halted still change, "
            "and no gradient comes back to the halting unit",
            encoder_with(halted="change", way_back="closed"),
        ),
        Mistake(
            "the first step's signal",
            "you add the signal of step 1 before every step; each step has a signal of its own",
            encoder_with(signals="first step's"),
        ),
        Mistake(
            "positions alone",
            "before each step only the positions are added; the number of the step is missing",
            encoder_with(signals="positions"),
        ),
        Mistake(
            "steps alone",
            "before each step only the number of the step is added; the positions are missing",
            encoder_with(signals="steps"),
        ),
        Mistake(
            "signals once more",
            "the signals go in before every step now, but once more before the loop: take that "
            "line out",
            encoder_with(signals="once more"),
        ),
        Mistake(
            "steps from zero",
            "your first step gets the signal of step 0; steps count from 1",
            encoder_with(signals="from zero"),
        ),
        Mistake(
            "no steps for padding",
            "your results of padding are zeros; here it makes steps and halts like words do, as in "
            "the broken version",
            encoder_with(padding_runs=False),
        ),
        Mistake(
            "halted words take signals",
            "words that have halted still get the signals of each step added to their states; they "
            "stay what they were",
            encoder_with(halted="take signals"),
        ),
        Mistake(
            "halted words are zero",
            "words that have halted become zeros; they keep their state, and the others go on "
            "looking at it",
            encoder_with(halted="zeros"),
        ),
        Mistake(
            "halted words are hidden",
            "words that have halted are no longer looked at; they keep their state, and the others "
            "go on looking at it",
            encoder_with(halted="hidden"),
        ),
        Mistake(
            "no remainder",
            "the step with which a word halts has its probability for a weight; its weight is the "
            "remainder, what is left of 1",
            encoder_with(remainder=False),
        ),
        Mistake(
            "remainders cut",
            "a gradient comes back through the probabilities, but none through the remainders",
            encoder_with(way_back="of the sums"),
        ),
        Mistake(
            "last states",
            "all the weight lies on the last states: the sum goes over the states after each step, "
            "which must not be written over in place",
            encoder_with(summed=False),
        ),
        Mistake(
            "asked before the step",
            "the probability is read from the state before the step; it is read from the one after",
            encoder_with(asks="before"),
        ),
        Mistake(
            "asked with signals",
            "the probability is read from what goes into the step, as in the authors' program; "
            "here it is read from the state after it",
            encoder_with(asks="with signals"),
        ),
        Mistake(
            "no remainder at the limit",
            "words that are not done at the last step no longer get what is left of 1",
            encoder_with(at_limit=False),
        ),
        Mistake(
            "no mask",
            "padding is looked at: the mask is gone from the layer",
            encoder_with(masked=False),
        ),
    ),
    alternatives={
        "all probabilities first": all_probabilities_first,
        "stopping early": stopping_early,
        "double precision": double_precision,
    },
    ask=at_states_and_unit,
    judge=judge,
    barred=(
        "attention_course.models.adaptive_computation",
        "attention_course.models.universal_transformer",
        "attention_course.exercises.universal_transformer",
    ),
)
