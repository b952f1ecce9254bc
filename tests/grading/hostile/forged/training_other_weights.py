"""Hands in weights that no model has: other names, shapes and kinds.

question: train
seconds: 20
expect: wrong 0
hint: returns a value of type no answer
"""


def train(model, batches):
    weights = {"": torch.zeros(3), "attention.v_a": "all of them", "encoder": [[1]]}
    model.state_dict = lambda *_, **__: weights
