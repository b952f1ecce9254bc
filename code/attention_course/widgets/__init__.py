"""Figures that answer to mouse, touch and keyboard, with no kernel and no network."""

from attention_course.widgets.attention_explorer import AttentionExplorer, HeadMaps
from attention_course.widgets.attention_map import AttentionExample, AttentionMap
from attention_course.widgets.attention_window import AttentionWindow
from attention_course.widgets.picture_attention import PictureAttention, PictureExample
from attention_course.widgets.ponder_bars import PonderBars, PonderExample
from attention_course.widgets.position_waves import PositionWaves

__all__ = [
    "AttentionExample",
    "AttentionExplorer",
    "AttentionMap",
    "AttentionWindow",
    "HeadMaps",
    "PictureAttention",
    "PictureExample",
    "PonderBars",
    "PonderExample",
    "PositionWaves",
]
