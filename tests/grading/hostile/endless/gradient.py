"""Returns what takes for ever to go back through.

question: self_attention.attend
expect: timed out 0
"""


class Waits(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        return x.clone()

    @staticmethod
    def backward(context, gradient):
        while True:
            gradient = gradient * 1


def attention(query, key, value, mask):
    return Waits.apply(query @ key.mT @ value)
