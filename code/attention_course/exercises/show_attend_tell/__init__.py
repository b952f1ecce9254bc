"""Exercise 3: attention over a picture after Xu et al., Show, Attend and Tell (1502.03044)."""
