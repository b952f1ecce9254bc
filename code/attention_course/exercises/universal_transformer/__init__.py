"""Exercise 11: Universal Transformers after Dehghani and others (1807.03819)."""
