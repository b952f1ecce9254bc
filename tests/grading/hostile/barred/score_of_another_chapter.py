"""Takes chapter 4's additive score for chapter 2's.

question: scores
expect: raised|barred 0
"""
import importlib


def additive_score(query, keys, v):
    scores = importlib.import_module(".".join(["attention_course", "models", "scores"]))
    A = len(v)
    score = scores.Additive(A, A, A).to(v.dtype)
    with torch.no_grad():
        for parameter in score.parameters():
            one = {1: v, 2: torch.eye(A, dtype=v.dtype)}[parameter.squeeze().dim()]
            parameter.copy_(one.reshape(parameter.shape))
    return score(query, score.project(keys)).detach()
