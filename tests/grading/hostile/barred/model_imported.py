"""Takes the score from the course's model, which the exercise bars.

expect: barred 0
"""

from attention_course.models.bahdanau import AdditiveAttention


def additive_score(query, keys, v):
    attention = AdditiveAttention(query.shape[-1], query.shape[-1], keys.shape[-1])
    attention.v_a.data = v
    return torch.tanh(query[:, None] + keys) @ attention.v_a.data
