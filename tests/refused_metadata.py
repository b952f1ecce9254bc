"""What nbgrader's own schema of its metadata (version 3) refuses, and what our check says of it."""

from __future__ import annotations

REFUSED = [
    ("schema_version", 2, "schema_version is 2"),
    ("schema_version", 4, "schema_version is 4"),
    ("schema_version", "3", "schema_version is '3'"),
    ("grade", "yes", "grade is 'yes'"),
    ("solution", 0, "solution is 0"),
    ("locked", None, "locked is None"),
    ("task", 1, "task is 1"),
    ("grade_id", "a b", "grade_id is 'a b'"),
    ("grade_id", 5, "grade_id is 5"),
    ("points", -1, "points is -1"),
    ("points", None, "points is None"),
    ("points", "5", "points is '5'"),
    ("points", True, "points is True"),
    ("checksum", "0123", "checksum is '0123'"),
    ("cell_type", "heading", "cell_type is 'heading'"),
    ("colour", "red", "does not know ['colour']"),
]
