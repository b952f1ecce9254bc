"""Returns NaN at the padding, where a product with zero would not take it away.

question: masked_softmax
expect: wrong 2.5
"""


def masked_softmax(scores, mask):
    weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(-1)
    return weights.masked_fill(~mask, torch.nan)
