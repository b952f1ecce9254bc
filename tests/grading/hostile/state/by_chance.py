"""Returns random numbers, in the hope of a draw.

question: by_hand
expect: wrong 0
"""


def alignment():
    return [torch.rand(4), torch.rand(4).softmax(0), torch.rand(2)]
