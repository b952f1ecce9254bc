"""Exercise 2: attention after Bahdanau, Cho and Bengio (1409.0473)."""
