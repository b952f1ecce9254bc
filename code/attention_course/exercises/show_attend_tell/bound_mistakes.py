"""Known mistakes in answers to show_attend_tell.bound."""

from __future__ import annotations

from attention_course.exercises.growing import LEFT, Loops, right, shows_leaving
from attention_course.exercises.question import Inputs, Mistake
from attention_course.exercises.show_attend_tell.bound_answers import (
    bound,
    likeliest,
    means,
    picture_by_picture,
    place_by_place,
    slow_bound,
    through_numpy,
    word_by_word,
)
from attention_course.exercises.show_attend_tell.counting import TIMES
from attention_course.exercises.values import Value

WAYS = (
    "your numbers are right, but your function still tries the L^T ways to look: the mean of a sum "
    "is the sum of the means, and log p(y | s) is a sum over the words"
)
LOOPS = {
    "words": "your numbers are right, but your function goes through the words one by one: they "
    "are a dimension of both tensors",
    "places": "your numbers are right, but your function goes through the places one by one: they "
    "are a dimension of both tensors",
    "pictures": "your numbers are right, but your function goes through the pictures one by one: "
    "they are a dimension of both tensors",
}


def _shows_all_ways(given: Value, expected: Value, inputs: Inputs) -> bool:
    """Twice the words cost many times the calls: a loop over words only doubles them."""
    first = given["first"]
    return right(given, expected, inputs) and bool(first["more"]["words"] > TIMES * first["calls"])


def mistakes(loops: Loops) -> tuple[Mistake, ...]:
    """All of them.

    Args:
        loops: over what an answer must not loop.
    """
    return (
        Mistake("all ways to look", WAYS, slow_bound, _shows_all_ways),
        Mistake("loop over words", LOOPS["words"], word_by_word, loops.sign("words")),
        Mistake("loop over places", LOOPS["places"], place_by_place, loops.sign("places")),
        Mistake(
            "loop over pictures", LOOPS["pictures"], picture_by_picture, loops.sign("pictures")
        ),
        Mistake("out of PyTorch", LEFT, through_numpy, shows_leaving),
        Mistake(
            "logarithm of the mean",
            "you take the logarithm of each word's mean probability: that is log p(y | a) itself, "
            "above the bound; the bound is the mean of the logarithms",
            lambda weights, log_p: (weights * log_p.exp()).sum(2).log().sum(1),
        ),
        Mistake(
            "mean probabilities added",
            "you add up mean probabilities; the bound is a mean of logarithms, of log_p as it is",
            lambda weights, log_p: (weights * log_p.exp()).sum((1, 2)),
        ),
        Mistake(
            "product of the means",
            "you multiply the means of the words; it is the chances that multiply, while log p(y | "
            "s) is a sum over the words",
            lambda weights, log_p: means(weights, log_p).prod(1),
        ),
        Mistake(
            "weights left out",
            "your looks all count in full; each counts by the chance that it is drawn, α",
            lambda weights, log_p: log_p.sum((1, 2)),
        ),
        Mistake(
            "all looks alike",
            "your looks count alike, 1/L each; each counts by the chance that it is drawn, α",
            lambda weights, log_p: log_p.mean(2).sum(1),
        ),
        Mistake(
            "likeliest look alone",
            "you follow the likeliest look alone; the mean goes over all of them",
            likeliest,
        ),
        Mistake(
            "best look alone",
            "you take the best look of each word; the mean goes over all of them, good and bad",
            lambda weights, log_p: log_p.amax(2).sum(1),
        ),
        Mistake(
            "logarithm of the chance",
            "you weigh with ln α; the mean weighs with the chance α itself",
            lambda weights, log_p: (weights.log() * log_p).sum((1, 2)),
        ),
        Mistake(
            "chances added",
            "you add ln α to log p, which makes log p(y, s) of it; the mean is of log p(y | s) "
            "alone",
            lambda weights, log_p: (weights * (log_p + weights.log())).sum((1, 2)),
        ),
        Mistake(
            "every word with every other",
            "you multiply the weights of each word with log p of every word; each belongs to its "
            "own word alone",
            lambda weights, log_p: (weights @ log_p.mT).sum((1, 2)),
        ),
        Mistake(
            "one place for all words",
            "you add up as if all words looked at the same place; each word has a look of its own",
            lambda weights, log_p: (weights.prod(1) * log_p.sum(1)).sum(1),
        ),
        Mistake(
            "mean over the words",
            "you take the mean over the words; log p of a caption is their sum",
            lambda weights, log_p: means(weights, log_p).mean(1),
        ),
        Mistake(
            "mean over everything",
            "you take the mean over words and places; the weights make the mean over the places "
            "already, and the words are added up",
            lambda weights, log_p: (weights * log_p).mean((1, 2)),
        ),
        Mistake(
            "one number",
            "you return a single number for the whole batch; return one for each picture, (B,)",
            lambda weights, log_p: (weights * log_p).sum(),
        ),
        Mistake(
            "not added up over the words",
            "your numbers are (B, T), one for each word: add them up",
            means,
        ),
        Mistake(
            "not added up over the places",
            "your numbers are (B, L), one for each place: the places are added up too",
            lambda weights, log_p: (weights * log_p).sum(1),
        ),
        Mistake(
            "summed over the pictures",
            "you keep the words and add up over the pictures; keep the pictures, the first "
            "dimension",
            lambda weights, log_p: (weights * log_p).sum((0, 2)),
        ),
        Mistake(
            "minus",
            "your bound is positive; a loss would be, but the bound itself is a mean of logarithms "
            "of probabilities",
            lambda weights, log_p: -bound(weights, log_p),
        ),
    )
