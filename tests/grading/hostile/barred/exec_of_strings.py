"""Uses the barred model from code that it makes of strings.

expect: barred|raised 0
"""


def additive_score(query, keys, v):
    found = {}
    exec("from attention_course.models.bahda" + "nau import AdditiveAttention as A", found)
    attention = eval("A(1, 1, size)", found, {"size": keys.shape[-1]})
    return torch.tanh(query[:, None] + keys) @ v + 0 * attention.v_a.sum().detach()
