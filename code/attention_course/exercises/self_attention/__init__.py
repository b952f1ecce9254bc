"""Exercise 9: self-attention."""
