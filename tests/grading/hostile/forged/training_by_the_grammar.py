"""Learns nothing, and has the course's own grammar translate in the model's place.

question: train
seconds: 20
expect: wrong|raised|died|barred 0
"""
import sys

from attention_course.data.translation import translate, vocabularies

ways = next(m for name, m in list(sys.modules.items()) if name.endswith("bahdanau.training"))
english, french = vocabularies("fr")


def translations(model, source):
    sentences = [english.decode(row) for row in source.tolist()]
    return [french.encode(translate(sentence, "fr").target) for sentence in sentences]


def train(model, batches):
    ways._translations = translations
    ways._habits = lambda model, examples: {"padding": 0.0, "copies": 0.0, "loss": 0.0}
