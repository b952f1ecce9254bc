"""Figures that answer to mouse, touch and keyboard, with no kernel and no network."""

from attention_course.widgets.attention_map import AttentionExample, AttentionMap

__all__ = ["AttentionExample", "AttentionMap"]
