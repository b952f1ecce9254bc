"""Known mistakes in answers to show_attend_tell.reinforce."""

from __future__ import annotations

import torch
from torch import Tensor

from attention_course.exercises.question import Mistake
from attention_course.exercises.show_attend_tell.reinforce_answers import (
    along_the_words,
    both_scaled,
    lambda_on_reward,
    log_of_looks,
    loss_with,
    means_multiplied,
    of_drawn,
    per_word,
)

MISTAKES = (
    Mistake(
        "reward not detached",
        "the reward is not detached, so that log p learns from the second term too, where it "
        "is a plain number",
        loss_with(better=lambda log_p, b: log_p - b),
    ),
    Mistake(
        "reward not detached, no baseline",
        "two things are amiss in the reward: it is not detached, and b is not taken off it",
        loss_with(better=lambda log_p, b: log_p),
    ),
    Mistake(
        "everything turned",
        "your loss falls when the captions get worse: an optimizer makes a loss smaller, so "
        "both terms have a minus",
        loss_with(reduce=lambda terms: -terms.mean()),
    ),
    Mistake(
        "looks turned",
        "the sign of the second term is turned: looks that did better than usual get rarer",
        loss_with(factor=lambda reward: -reward),
    ),
    Mistake(
        "words turned",
        "the sign of log p itself is turned: the words of the caption get less probable",
        loss_with(words=lambda log_p: -log_p),
    ),
    Mistake(
        "no baseline",
        "your gradient is that without a baseline: b is taken off the reward, before that is "
        "multiplied",
        loss_with(better=lambda log_p, b: log_p.detach()),
    ),
    Mistake(
        "baseline added",
        "you add the baseline to the reward; it is taken off",
        loss_with(better=lambda log_p, b: log_p.detach() + b),
    ),
    Mistake(
        "baseline from the batch",
        "you take the mean of this batch off the reward; b is given, and comes from the "
        "batches before",
        loss_with(better=lambda log_p, b: log_p.detach() - log_p.detach().mean()),
    ),
    Mistake(
        "no words",
        "no gradient reaches log p, so that the words are never learnt: the first term is log "
        "p itself, not detached",
        loss_with(words=torch.detach),
    ),
    Mistake(
        "no looks",
        "no gradient reaches the weights, so that nobody learns where to look: of the second "
        "term the reward is detached, log p(s̃) is not",
        loss_with(looks=lambda weights, places, mask: 0 * mask.sum(1)),
    ),
    Mistake(
        "no λ",
        "your second term leaves λ_r out",
        loss_with(factor=lambda reward: 1.0),
    ),
    Mistake(
        "λ on both",
        "your λ_r scales both terms; it belongs to the second alone",
        both_scaled,
    ),
    Mistake(
        "λ on the reward alone",
        "your λ_r scales log p and leaves b as it is: λ_r (log p − b) needs its brackets",
        lambda_on_reward,
    ),
    Mistake(
        "better or worse alike",
        "your reward has lost its sign: looks that did worse than usual, log p below b, are to get "
        "rarer",
        loss_with(better=lambda log_p, b: (log_p.detach() - b).abs()),
    ),
    Mistake(
        "worse ones ignored",
        "you leave out looks that did worse than usual; they are to get rarer, log p − b being "
        "negative",
        loss_with(better=lambda log_p, b: (log_p.detach() - b).relu()),
    ),
    Mistake(
        "probability for a reward",
        "your reward is the probability of the caption; it is its logarithm, log p as it comes",
        loss_with(better=lambda log_p, b: log_p.detach().exp() - b),
    ),
    Mistake(
        "no logarithm",
        "your looks are weighed by α as it is; it is the gradient of ln α that makes the mean "
        "right",
        loss_with(looks=lambda weights, places, mask: (of_drawn(weights, places) * mask).sum(1)),
    ),
    Mistake(
        "probability of all looks",
        "you multiply the α of all looks, which is p(s̃) itself; the rule has the gradient of "
        "its logarithm, the sum of ln α",
        loss_with(
            looks=lambda weights, places, mask: (
                of_drawn(weights, places).masked_fill(~mask, 1.0).prod(1)
            )
        ),
    ),
    Mistake(
        "mask before the logarithm",
        "you set α to 0 at padding and then take its logarithm, which is minus infinity: mask "
        "what the logarithm gives",
        loss_with(
            looks=lambda weights, places, mask: (of_drawn(weights, places) * mask).log().sum(1)
        ),
    ),
    Mistake(
        "logarithm of the sum",
        "you add up α over the words and take the logarithm of that; log p(s̃) is the sum of "
        "the logarithms",
        loss_with(
            looks=lambda weights, places, mask: (of_drawn(weights, places) * mask).sum(1).log()
        ),
    ),
    Mistake(
        "padding counted",
        "looks at padding count: no word was written there, so that nothing was drawn",
        loss_with(looks=lambda weights, places, mask: of_drawn(weights, places).log().sum(1)),
    ),
    Mistake(
        "mean over the words",
        "you take the mean of ln α over the words of a caption; log p(s̃) is their sum",
        loss_with(
            looks=lambda weights, places, mask: log_of_looks(weights, places, mask) / mask.sum(1)
        ),
    ),
    Mistake(
        "mean over all steps",
        "you divide the sum of ln α by T; log p(s̃) is the sum over the words",
        loss_with(
            looks=lambda weights, places, mask: log_of_looks(weights, places, mask) / mask.shape[1]
        ),
    ),
    Mistake(
        "first look alone",
        "the first look of each caption alone is praised or blamed; every look is, so add ln α "
        "up over the words",
        loss_with(looks=lambda weights, places, mask: of_drawn(weights, places)[:, 0].log()),
    ),
    Mistake(
        "likeliest place",
        "you take the largest weight of each word; what was looked at is in `places`, and need "
        "not be the likeliest",
        loss_with(looks=lambda weights, places, mask: (weights.amax(-1).log() * mask).sum(1)),
    ),
    Mistake(
        "all places",
        "you add up ln α over all places; only the one that was drawn counts: gather it",
        loss_with(looks=lambda weights, places, mask: (weights.log().sum(-1) * mask).sum(1)),
    ),
    Mistake(
        "summed over the batch",
        "you add up over the captions; take their mean",
        loss_with(reduce=Tensor.sum),
    ),
    Mistake(
        "divided by the words",
        "you divide by the number of words in the batch; here the mean goes over the captions",
        per_word,
    ),
    Mistake(
        "one for each caption",
        "your loss is (B,), one for each caption: their mean is still missing",
        loss_with(reduce=lambda terms: terms),
    ),
    Mistake(
        "means multiplied",
        "you multiply the mean reward of the batch by the mean of log p(s̃): each caption's "
        "reward belongs to its own looks",
        means_multiplied,
    ),
    Mistake(
        "reward along the words",
        "your reward (B,) lies along the words: add ln α up over the words first, then multiply",
        along_the_words,
    ),
)
