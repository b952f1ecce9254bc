"""What has to hold of every exercise.

A proof is a function that yields what does not hold, a sentence each; nothing where all holds. A
proof about more than one question begins the sentence with the question's id and a colon, where it
is about one.
"""
