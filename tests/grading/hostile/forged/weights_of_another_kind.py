"""Hands in weights that are no numbers, and says how it was trained.

question: universal_transformer.train
seconds: 20
expect: wrong|raised 0
"""


def train_anywhere(model, batches, most):
    right = dict(torch.nn.Module.state_dict(model))
    odd = {name: weight * float("nan") for name, weight in right.items()}
    odd["output.weight"] = torch.full_like(right["output.weight"], float("inf")).to(torch.float64)
    model.state_dict = lambda *_, **__: odd
    model.parameters = lambda *_, **__: iter([torch.zeros(3)])
