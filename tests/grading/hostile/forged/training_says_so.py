"""Learns nothing, and says that its loss is small.

question: train
seconds: 20
expect: wrong|raised|died|barred 0
"""
import sys

ways = sys.modules["attention_course.exercises." + "bahdanau." + "training"]
ways._habits = lambda model, examples: {"padding": 0.0, "copies": 0.0, "loss": 0.0}


def train(model, batches):
    model.attention.v_a.data += 1e-3
