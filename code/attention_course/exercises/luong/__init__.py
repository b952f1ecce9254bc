"""Exercise 4: the family of attention after Luong, Pham and Manning (1508.04025)."""
