"""Returns a dictionary whose keys and items are not what they seem.

expect: wrong|raised 0
"""


class Keys(dict):
    def items(self):
        return [(Keys(), self.items)]

    def __str__(self):
        return "links"


def additive_score(query, keys, v):
    return Keys(links=[0])
