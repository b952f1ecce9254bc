"""Tools for those who write exercises: a new one, its notebooks, and the proof that it holds."""
