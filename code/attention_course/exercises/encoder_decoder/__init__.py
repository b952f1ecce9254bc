"""Exercise 1: one vector for a sentence."""
