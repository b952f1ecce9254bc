"""Has the collector and weak references write into what it returned.

question: self_attention.masks
expect: wrong|raised|died 0
"""
import gc
import weakref

kept = []


def written_so_far(x, real, W_Q, W_K, W_V):
    given = torch.zeros(*x.shape[:2], W_V.shape[1], dtype=x.dtype)
    for one in (x, real, W_Q, W_K, W_V):
        weakref.finalize(one, given.fill_, 1.0)
    gc.callbacks.append(lambda *_: given.add_(1))
    kept.append(given)
    return given
