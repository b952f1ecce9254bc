"""Names the barred module in its docstring and in a comment, and uses nothing of it.

expect: passed 15
"""


def additive_score(query, keys, v):
    """As attention_course.models.bahdanau does it, but written by hand."""
    # see also attention_course.exercises.bahdanau
    return torch.tanh(query[:, None] + keys) @ v
