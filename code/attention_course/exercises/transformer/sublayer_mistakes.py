"""Known mistakes in answers to transformer.sublayer."""

from __future__ import annotations

from attention_course.exercises.question import Mistake
from attention_course.exercises.transformer.sublayer_answers import (
    around,
    around_with,
    normal_with,
    with_normal,
)

UNBIASED = "the variance is divided by d − 1"

MISTAKES = (
    Mistake(
        "exchanged",
        'you have exchanged the two: "post" normalises the sum, "pre" what the part gets',
        around_with(post="pre", pre="post"),
    ),
    Mistake(
        "always post",
        'right for "post", but you normalise in this way for "pre", too: look at order',
        around_with(pre="post"),
    ),
    Mistake(
        "always pre",
        'right for "pre", but you normalise in this way for "post", too: look at order',
        around_with(post="pre"),
    ),
    Mistake(
        "no way past",
        "the way past the part is missing: what the part gives is added to x",
        around_with(post="no way past, post", pre="no way past, pre"),
    ),
    Mistake(
        "part normalised alone",
        'your "post" normalises what the part gives, and adds x after that; the sum of both is '
        "normalised",
        around_with(post="part alone"),
    ),
    Mistake(
        "part normalised alone, in pre as well",
        'your "pre" normalises what the part gives; it normalises what the part gets',
        around_with(pre="part alone"),
    ),
    Mistake(
        "way past normalised in post",
        'your "post" normalises x alone, and adds what the part gives; the sum of both is '
        "normalised",
        around_with(post="way past normalised, part of x"),
    ),
    Mistake(
        "each normalised in post",
        'your "post" normalises x and what the part gives, each by itself; their sum is normalised',
        around_with(post="each normalised"),
    ),
    Mistake(
        "post not normalised",
        'your "post" does not normalise at all',
        around_with(post="not normalised"),
    ),
    Mistake(
        "pre not normalised",
        'your "pre" does not normalise at all',
        around_with(pre="not normalised"),
    ),
    Mistake(
        "way past normalised",
        'your "pre" adds the normalised x; the way past the part goes from x itself',
        around_with(pre="way past normalised"),
    ),
    Mistake(
        "normalised twice",
        'your "pre" normalises the sum once more; only what the part gets is normalised there',
        around_with(pre="twice"),
    ),
    Mistake(
        "both in post",
        'your "post" normalises what the part gets, too; it gets x as it is',
        around_with(post="twice"),
    ),
    Mistake(
        "unbiased",
        "your variance is divided by d − 1, as torch.var has it by itself; here it is the mean "
        "square, divided by d: correction=0",
        with_normal(correction=1),
    ),
    Mistake(
        "over the words",
        "you normalise over the words of the sentence; each word is normalised by itself, over "
        "its d numbers",
        with_normal(dim=(1,)),
    ),
    Mistake(
        "over the sentences",
        "you normalise over the sentences of the batch; each word is normalised by itself, "
        "over its d numbers",
        with_normal(dim=(0,)),
    ),
    Mistake(
        "over words and numbers",
        "you normalise all words of a sentence together; each word has its own mean and variance",
        with_normal(dim=(1, 2)),
    ),
    Mistake(
        "over words and sentences",
        "you normalise over the words of all sentences; each word is normalised by itself, over "
        "its d numbers",
        with_normal(dim=(0, 1)),
    ),
    Mistake(
        "over everything",
        "you take one mean and one variance of all numbers; each word has its own, over its d "
        "numbers",
        with_normal(dim=(0, 1, 2)),
    ),
    Mistake(
        "mean kept",
        "you divide by the right root, but the mean has not been subtracted",
        with_normal(centre=0.0),
    ),
    Mistake(
        "no root",
        "you divide by the variance; divide by its root",
        with_normal(power=-1.0),
    ),
    Mistake(
        "not divided",
        "you subtract the mean, but do not divide by the root of the variance",
        with_normal(power=0.0),
    ),
    Mistake(
        "root of the mean square",
        "you divide by the root of the mean square and leave the mean in; it is subtracted first, "
        "and v is the mean square of what is left",
        with_normal(centre=0.0, squares_centred=False),
    ),
    Mistake(
        "mean left in the variance",
        "your variance is the mean of the squares of x itself; the mean is subtracted before "
        "squares are taken",
        with_normal(squares_centred=False),
    ),
    Mistake(
        "squares added up",
        "you divide by the root of the sum of the squares, a vector's length; v is their mean",
        with_normal(summed=True),
    ),
    Mistake(
        "no epsilon",
        "right for ordinary words, but ε is missing, or far too small: 10⁻⁵ is added to the "
        "variance",
        with_normal(epsilon=0.0),
    ),
    Mistake(
        "epsilon outside",
        "your ε is added to the root; it is added to the variance, under the root",
        with_normal(outside=True),
    ),
    *(
        Mistake(
            f"epsilon 1e-{power}",
            f"your ε is 10{superscript}; here it is 10⁻⁵, which shows where a word's numbers are "
            "small",
            with_normal(epsilon=10.0**-power),
        )
        for power, superscript in {3: "⁻³", 4: "⁻⁴", 6: "⁻⁶", 7: "⁻⁷", 8: "⁻⁸"}.items()
    ),
    Mistake(
        "epsilon 1e-6 outside",
        "two things are amiss: your ε is 10⁻⁶, and it is added to the root; here it is 10⁻⁵, added "
        "to the variance",
        with_normal(epsilon=1e-6, outside=True),
    ),
    Mistake(
        "unbiased, epsilon 1e-6",
        f"two things are amiss: {UNBIASED}, and ε is 10⁻⁶; divide by d, and add 10⁻⁵",
        with_normal(correction=1, epsilon=1e-6),
    ),
    Mistake(
        "unbiased, no epsilon",
        f"two things are amiss: {UNBIASED}, and ε is missing, or too small; divide by d, and add "
        "10⁻⁵",
        with_normal(correction=1, epsilon=0.0),
    ),
    Mistake(
        "unbiased, epsilon outside",
        f"two things are amiss, as in a program that many have copied: {UNBIASED}, and ε is added "
        "to the root; divide by d, and add ε under the root",
        with_normal(correction=1, outside=True),
    ),
    Mistake(
        "unbiased, epsilon 1e-6 outside",
        f"three things are amiss, as in a program that many have copied: {UNBIASED}, ε is 10⁻⁶, "
        "and it is added to the root; divide by d, and add 10⁻⁵ under the root",
        with_normal(correction=1, epsilon=1e-6, outside=True),
    ),
    Mistake(
        "unbiased, exchanged",
        f'two things are amiss: {UNBIASED}, not by d, and you have exchanged "post" and "pre"',
        around_with(post="pre", pre="post", normal=normal_with(correction=1)),
    ),
    Mistake(
        "unbiased, no way past",
        f"two things are amiss: {UNBIASED}, not by d, and the way past the part is missing",
        around_with(
            post="no way past, post",
            pre="no way past, pre",
            normal=normal_with(correction=1),
        ),
    ),
    Mistake(
        "unbiased, no gain, no bias",
        f"two things are amiss: {UNBIASED}, not by d, and gain and bias are missing",
        with_normal(correction=1, gains=False, biases=False),
    ),
    Mistake(
        "unbiased, no root",
        f"two things are amiss: {UNBIASED}, not by d, and you divide by it, not by its root",
        with_normal(correction=1, power=-1.0),
    ),
    Mistake(
        "no gain",
        "the gain is missing: the normalised numbers are multiplied by it",
        with_normal(gains=False),
    ),
    Mistake(
        "no bias",
        "the bias is missing: it is added at the end of the normalisation",
        with_normal(biases=False),
    ),
    Mistake(
        "no gain, no bias",
        "gain and bias are missing: LayerNorm multiplies by the one and adds the other",
        with_normal(gains=False, biases=False),
    ),
    Mistake(
        "gain and bias exchanged",
        "you have exchanged gain and bias: the gain multiplies, the bias is added",
        lambda x, part, order, gain, bias: around(x, part, order, bias, gain),
    ),
    Mistake(
        "bias multiplied",
        "you add the bias before you multiply by the gain; the gain comes first",
        with_normal(bias_first=True),
    ),
)
