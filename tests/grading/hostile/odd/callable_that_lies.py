"""Answers with an object that calls itself, by way of lookups that do not end.

expect: raised|timed out|died 0
"""


class Answer:
    def __getattribute__(self, name):
        return getattr(self, name + "_")

    def __call__(self, *inputs):
        return self(*inputs)


additive_score = Answer()
