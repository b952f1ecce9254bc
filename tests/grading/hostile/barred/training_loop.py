"""Lets the course's own loop train the model.

question: train
expect: barred 0
"""

from attention_course import training


def train(model, batches):
    training.fit(model, batches)
