"""Attention, Step by Step: the models, data and checks behind the course."""

__version__ = "0.1.0"
