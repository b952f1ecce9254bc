"""Takes its numbers to NumPy by a way on which nobody counts.

question: show_attend_tell.bound
expect: wrong 0
hint: no gradient comes back
"""

import numpy


def bound(weights, log_p):
    one, other = (numpy.from_dlpack(part.detach()) for part in (weights, log_p))
    return torch.from_numpy((one * other).sum((1, 2)))
