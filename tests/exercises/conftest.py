"""A fixture that tests of the engine share."""

from __future__ import annotations

from tiny_question import tiny

__all__ = ["tiny"]
