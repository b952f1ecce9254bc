"""Spreads its work over processes, as an honest learner might who reads too many blogs.

expect: raised|died|timed out|wrong 0
"""
import multiprocessing


def double(x):
    return 2 * x


def additive_score(query, keys, v):
    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.map(double, range(4))
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
