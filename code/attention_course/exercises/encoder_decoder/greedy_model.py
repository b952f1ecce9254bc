"""The model that answers to encoder_decoder.greedy call, and how often they need to."""

from __future__ import annotations

import torch
from torch import Tensor

from attention_course.exercises.encoder_decoder.greedy_answers import Step, greedy
from attention_course.exercises.question import Inputs
from attention_course.exercises.values import Value, named

VOCABULARY, HIDDEN = 8, 6


def model(inputs: Inputs) -> Step:
    """What the answer calls as `step`; it may be given anything."""
    sentences, hidden = inputs["state"].shape

    def step(token: Tensor, state: Tensor) -> Value:
        for name, thing, size in (("token", token, ()), ("state", state, (hidden,))):
            if not isinstance(thing, Tensor):
                raise TypeError(f"{name} is {named(thing)}, expected a tensor")
            if not (thing.dim() == 1 + len(size) and thing.shape[1:] == size):
                expected = "".join(f", {n}" for n in size) or ","
                raise ValueError(f"{name} has shape {tuple(thing.shape)}, expected (B{expected})")
        if len(token) != len(state) or len(token) > sentences:
            raise ValueError(
                f"token and state have {len(token)} and {len(state)} rows, expected as "
                f"many, and no more than {sentences}"
            )
        if token.dtype != torch.int64 or not state.is_floating_point():
            raise TypeError(
                f"token and state have dtype {token.dtype} and {state.dtype}, expected "
                "torch.int64 and torch.float32"
            )
        if ((token < 0) | (token >= VOCABULARY)).any():
            raise IndexError(f"token holds {token.tolist()}, expected words below {VOCABULARY}")
        state = torch.tanh(inputs["E"][token] + state @ inputs["U"].T)
        return [state @ inputs["W_o"].T, state]

    return step


def most(inputs: Inputs) -> int:
    """Three times as many calls as writing the sentences one by one can take."""
    return 3 * len(inputs["state"]) * (inputs["max_length"] + 1)


def goes_on(given: Value, inputs: Inputs) -> bool:
    """More calls than decoding the sentences one by one would take."""
    return bool(given["calls"] > sum(lengths(inputs)))


def lengths(inputs: Inputs) -> list[int]:
    """Those of the sentences that the model writes, in rising order."""
    return sorted(map(len, greedy(model(inputs), inputs["state"], inputs["max_length"])))
