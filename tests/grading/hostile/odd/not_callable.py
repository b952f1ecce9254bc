"""Answers with the scores of one sentence instead of a function.

expect: raised 0
hint: expected the function itself
"""
additive_score = torch.zeros(3, 7)
