"""Questions that show broken code: whoever mends one bug of three is told of the others."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from attention_course.exercises import registry
from attention_course.exercises.judging import examine
from attention_course.exercises.luong import input_feeding_answers
from attention_course.exercises.self_attention import masks_answers
from attention_course.exercises.show_attend_tell import decoder_answers
from attention_course.exercises.transformer import layer_answers
from attention_course.exercises.universal_transformer import encoder_answers

# What makes an answer, and its three options: each time first what is right, then the bug.
BROKEN: dict[str, tuple[Callable[..., Any], dict[str, tuple[Any, Any]]]] = {
    "show_attend_tell.decoder": (
        decoder_answers.decoder_with,
        {"start": ("real", "all"), "gates": ("ifog", "ifgo"), "output": ("gated", "ungated")},
    ),
    "luong.input_feeding": (
        input_feeding_answers.decoder_with,
        {"start": ("zeros", "h"), "feed": ("h̃", "h"), "tanh": ("both", "neither")},
    ),
    "self_attention.masks": (
        masks_answers.written_with,
        {"ahead": (0, 1), "barring": ("keys", "queries"), "join": ("and", "or")},
    ),
    "transformer.layer": (
        layer_answers.layer_with,
        {"own": ("tril", "triu"), "padding": (False, True), "past": ("a", "x")},
    ),
    "universal_transformer.encoder": (
        encoder_answers.encoder_with,
        {"signals": ("each", "once"), "halted": ("stay", "change"), "way_back": ("open", "closed")},
    ),
}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", BROKEN)
def test_each_bug_that_is_mended_changes_the_hint(name: str, seed: int) -> None:
    answer_with, options = BROKEN[name]
    right, *broken = (
        examine(
            registry.question(name), answer_with(**dict(zip(options, chosen, strict=True))), seed
        )
        for chosen in itertools.product(*options.values())
    )
    assert all(right.passed)
    assert all(verdict.mistake for verdict in broken)
    assert len({verdict.hint for verdict in broken}) == 7
