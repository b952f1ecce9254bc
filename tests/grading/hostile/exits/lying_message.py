"""Raises an exception whose message is no ordinary string and whose type has no ordinary name.

expect: raised|died 0
"""


class Text(str):
    def strip(self, *_):
        return self

    def splitlines(self, *_):
        return [self]

    def __len__(self):
        return 1


class Meta(type):
    __name__ = property(lambda cls: ["Returned"])


class Lying(Exception, metaclass=Meta):
    def __str__(self):
        return Text("x" * 10_000)


def additive_score(query, keys, v):
    raise Lying
