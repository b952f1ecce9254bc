"""What `make bench` measures: the models, a learner's checks, the marking of a class."""
