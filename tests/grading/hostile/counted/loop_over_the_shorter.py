"""Goes through the words or the places one by one, whichever there are fewer of, uncounted.

question: show_attend_tell.bound
expect: wrong|timed out 0
hint: goes through them one by one|was stopped
seconds: 3
"""


def bound(weights, log_p):
    shorter = 1 if weights.shape[1] < weights.shape[2] else 2
    with getattr(torch._C, "Disable" + "TorchFunction")():
        total = 0
        for alpha, part in zip(weights.unbind(shorter), log_p.unbind(shorter), strict=True):
            total = total + (alpha * part).sum(1)
    return total
