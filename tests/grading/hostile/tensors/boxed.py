"""Returns arrays in arrays, records and dates.

question: transformer.rates
expect: wrong|raised 0
"""
import numpy as np


def learning_rates(d, warmup, updates):
    records = np.zeros(updates, dtype=[("rate", "f8"), ("again", "O")])
    records["again"] = [records] * updates
    return records
