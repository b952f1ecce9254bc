"""Goes through the pictures one by one, while what counts is off the stack.

question: show_attend_tell.bound
expect: wrong|timed out 0
hint: goes through them one by one|was stopped
seconds: 3
"""

from torch.overrides import _pop_mode, _push_mode


def bound(weights, log_p):
    mode = _pop_mode() if torch._C._len_torch_function_stack() else None
    rows = zip(weights.unbind(0), log_p.unbind(0), strict=True)
    sums = torch.stack([(alpha * one).sum() for alpha, one in rows])
    if mode is not None:
        _push_mode(mode)
    return sums
