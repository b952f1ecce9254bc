"""Uses a notebook's magics and a shell, which are not there, and answers rightly.

expect: passed 15
"""
%matplotlib inline
!touch @OPEN@/hostile-@TOKEN@-magic
def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v
