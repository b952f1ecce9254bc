"""Makes up a choice, and puts another model in the place of that which it was given.

question: self_attention.train
seconds: 20
expect: wrong|raised 0
"""


class Positions(str):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash("none")


def train_judge(make_model, batches):
    model = make_model(Positions("none"))
    model.__class__ = type("Other", (torch.nn.Module,), {"state_dict": lambda *_, **__: {}})
    return model
