"""Tries all ways to look, where PyTorch calls nobody who counts.

question: show_attend_tell.bound
expect: wrong|timed out 0
seconds: 2
"""


def bound(weights, log_p):
    with getattr(torch._C, "Disable" + "TorchFunction")():
        return slow_bound(weights, log_p)
