"""What bahdanau.step hands on from a state: another s_i and other keys in the place of those in it.

Nobody has read the words that would lead to this s_i, and no U_a makes these keys. So what goes on
rightly goes on from the two alone: words and matrices that the state holds beside them, wherever
and however it may, help nobody.
"""

from __future__ import annotations

from torch import Tensor

from attention_course.exercises.bahdanau.incremental import step
from attention_course.exercises.handing import exchanged
from attention_course.exercises.question import Inputs
from attention_course.exercises.values import Value

AT = (0, -1)  # the states that are gone on from: the first and the last


def handed_on(drawn: Inputs, first: Value) -> list[dict[str, Value]] | None:
    """The inputs of `stepping.onwards`, in one run; None where there is nothing to go on from.

    Args:
        drawn: model, annotations, mask, tokens, and what nobody has seen when the states are made:
            others (B, K), further words; elsewhere (2, B, n), to go on from; keys (B, S, A).
        first: what `stepping.in_turn` returned.
    """
    if not isinstance(first, dict):
        return None
    states, rights = [], _states(drawn)
    for at, elsewhere in zip(AT, drawn["elsewhere"], strict=True):
        s, keys = rights[at]
        state, found = exchanged(first["states"][at], s, elsewhere)
        if not found:
            return None
        states.append(exchanged(state, keys, drawn["keys"])[0])
    names = ("model", "annotations", "mask")
    return [{name: drawn[name] for name in names} | {"tokens": drawn["others"], "states": states}]


def holds_s(drawn: Inputs, first: Value) -> bool:
    """Whether each state that is gone on from holds its s_i as a tensor."""
    return _hold(drawn, first, 0)


def holds_keys(drawn: Inputs, first: Value) -> bool:
    """Whether each state that is gone on from holds the keys U_a h_j as a tensor."""
    return _hold(drawn, first, 1)


def _hold(drawn: Inputs, first: Value, which: int) -> bool:
    rights = _states(drawn)
    return all(exchanged(first["states"][at], rights[at][which], rights[at][which])[1] for at in AT)


def _states(drawn: Inputs) -> list[tuple[Tensor, Tensor]]:
    """The reference's states after each word."""
    states: list[tuple[Tensor, Tensor]] = []
    state = None
    for token in drawn["tokens"].unbind(1):
        _, state = step(drawn["model"], drawn["annotations"], drawn["mask"], token, state)
        states.append(state)
    return states
