"""What has to hold of every exercise.

A proof is a function that yields what does not hold, a sentence each; nothing where all holds.
"""
