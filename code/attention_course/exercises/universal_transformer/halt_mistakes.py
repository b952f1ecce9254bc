"""Known mistakes in answers to universal_transformer.halt."""

from __future__ import annotations

import torch

from attention_course.exercises.question import Mistake
from attention_course.exercises.universal_transformer.halt_answers import (
    all_on_last,
    all_rest_at_the_end,
    blended,
    halting_weights,
    normalised,
    second_remainder,
    sticks,
    up_to_one,
    weights_with,
    without_a_limit,
)

MISTAKES = (
    Mistake(
        "no remainder",
        "a word's last step has its probability for a weight; its weight is the remainder, what "
        "the steps before have left of 1",
        weights_with(remainder="no"),
    ),
    Mistake(
        "no remainder at the limit",
        "words that are not done at the last step of all keep their probability there; they halt "
        "with it, and get what is left of 1",
        weights_with(at_limit="probability"),
    ),
    Mistake(
        "nothing at the limit",
        "words that are not done at the last step of all get nothing for it; they halt with it, "
        "and get what is left of 1",
        weights_with(at_limit="nothing"),
    ),
    Mistake(
        "nothing for the last step",
        "the step with which a word halts gets no weight; its weight is the remainder, what the "
        "steps before have left of 1",
        weights_with(remainder="nothing"),
    ),
    Mistake(
        "nothing for the last step but at the limit",
        "the step with which a word halts gets no weight unless it is the last of all; its weight "
        "is the remainder, what the steps before have left of 1",
        weights_with(remainder="nothing", at_limit="remainder"),
    ),
    Mistake(
        "nothing for the last step, probability at the limit",
        "the step with which a word halts gets no weight, and at the last step of all the "
        "probability alone; its weight is what the steps before have left of 1",
        weights_with(remainder="nothing", at_limit="probability"),
    ),
    Mistake(
        "remainder beside the probability",
        "a word's last step gets its probability and the remainder; the remainder takes the place "
        "of the probability",
        weights_with(remainder="beside"),
    ),
    Mistake(
        "remainder at the limit alone",
        "only at the last step of all is your weight what is left of 1; it is so at the step with "
        "which a word halts, whichever that is",
        weights_with(remainder="no", at_limit="remainder"),
    ),
    Mistake(
        "remainder a step late",
        "your remainder goes to the step after the one with which a word halts; it takes the place "
        "of that step's probability",
        weights_with(remainder="late"),
    ),
    Mistake(
        "remainder at the end",
        "the remainders of all words go to the last step of all; each goes to the step with which "
        "its word halts",
        all_rest_at_the_end,
    ),
    Mistake(
        "a second remainder",
        "words whose sum is between the threshold and 1 get a second remainder, a step after the "
        "one with which they halted",
        second_remainder,
    ),
    Mistake(
        "remainder after the last probability",
        "your remainder is what is left after the last probability too; that is not counted, the "
        "sum goes over the steps before",
        weights_with(remainder="after it"),
    ),
    Mistake(
        "remainder up to the threshold",
        "your weights sum to the threshold; the threshold says when a word halts, its remainder is "
        "what is left of 1",
        weights_with(remainder="up to the threshold"),
    ),
    Mistake(
        "at the threshold",
        "a word whose probabilities add up to the threshold exactly halts in yours; here it goes "
        "on, for its sum has to be above it",
        weights_with(halts=lambda p, before, threshold: before + p >= threshold),
    ),
    Mistake(
        "one probability above it",
        "your words halt when a single probability is above the threshold; it is the sum of those "
        "so far that counts",
        weights_with(halts=lambda p, before, threshold: p > threshold),
    ),
    Mistake(
        "the sum before",
        "you compare the sum before the step with the threshold, so that words halt a step late; "
        "the step's own probability belongs to it",
        weights_with(halts=lambda p, before, threshold: before > threshold),
    ),
    Mistake(
        "up to one",
        "your words halt when their sum is above 1; they halt when it is above the threshold",
        weights_with(halts=lambda p, before, threshold: before + p > 1),
    ),
    Mistake(
        "epsilon",
        "your words halt when their sum is above 1 − threshold; the threshold that is given is "
        "1 − ε already",
        weights_with(halts=lambda p, before, threshold: before + p > 1 - threshold),
    ),
    Mistake(
        "sentence halts with its last word",
        "your words halt together, when all words of their sentence are done; each word halts by "
        "itself",
        weights_with(together="all"),
    ),
    Mistake(
        "sentence halts with its first word",
        "your words halt together, when one word of their sentence is done; each word halts by "
        "itself",
        weights_with(together="any"),
    ),
    Mistake(
        "batch halts with its first word",
        "your words halt together, when one word of the batch is done; each word halts by itself",
        weights_with(together="any of the batch"),
    ),
    Mistake(
        "argmax without a limit",
        "words whose sum is never above the threshold halt at the first step in yours, as argmax "
        "says where nothing is True; they halt with the last step of all",
        without_a_limit,
    ),
    Mistake(
        "sum cut at 1",
        "your words go on until their sum is 1; they halt when it is above the threshold, with "
        "what is left of 1, and those that never are halt with the last step of all",
        up_to_one,
    ),
    Mistake(
        "running on",
        "words that have halted still get weights in later steps; those are zero",
        weights_with(running_on=True),
    ),
    Mistake(
        "chances",
        "your weights are the chances to halt with each step, p times all 1 − p before; here the "
        "probabilities themselves are added up",
        sticks,
    ),
    Mistake(
        "blended",
        "your weights are those of blending, in which each later step takes a share from those "
        "before; in the text's sum each step keeps its own",
        blended,
    ),
    Mistake(
        "normalised",
        "you divide the probabilities by their sum; all but the last step keep theirs, and the "
        "last gets what is left of 1",
        normalised,
    ),
    Mistake(
        "last state alone",
        "all the weight lies on a word's last step; the steps before keep their probabilities",
        all_on_last,
    ),
    Mistake(
        "no halting",
        "no word of yours halts before the last step of all; each halts by itself, as soon as its "
        "own sum is above the threshold",
        weights_with(halts=lambda p, before, threshold: torch.zeros_like(p, dtype=torch.bool)),
    ),
    Mistake(
        "steps last",
        "your weights are (B, S, steps), expected (steps, B, S)",
        lambda p, threshold: halting_weights(p, threshold).permute(1, 2, 0),
    ),
)
