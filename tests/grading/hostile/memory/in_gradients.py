"""Asks for much more than there is while gradients go back.

question: universal_transformer.ponder_cost
expect: killed for memory 0
"""


class Takes(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        return x.clone()

    @staticmethod
    def backward(context, gradient):
        return torch.zeros(50 << 28)


def ponder_cost(p, N, mask):
    return Takes.apply(p).sum()
