"""Returns tensors that say they are elsewhere, fake ones, and such without numbers.

question: self_attention.masks
expect: barred|wrong|raised 0
"""
from torch._subclasses.fake_tensor import FakeTensorMode


def written_so_far(x, real, W_Q, W_K, W_V):
    with FakeTensorMode(allow_non_fake_inputs=True):
        return torch.empty(*x.shape[:2], W_V.shape[1])
