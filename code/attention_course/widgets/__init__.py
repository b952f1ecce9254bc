"""Figures that answer to mouse, touch and keyboard, with no kernel and no network."""

from attention_course.widgets.attention_map import AttentionExample, AttentionMap
from attention_course.widgets.attention_window import AttentionWindow
from attention_course.widgets.picture_attention import PictureAttention, PictureExample
from attention_course.widgets.ponder_bars import PonderBars, PonderExample

__all__ = [
    "AttentionExample",
    "AttentionMap",
    "AttentionWindow",
    "PictureAttention",
    "PictureExample",
    "PonderBars",
    "PonderExample",
]
