"""Bahdanau, Cho and Bengio's Appendix A in numpy, one sentence and one word at a time.

Written from the paper's equations and not from the models: column vectors, matrices on the left,
no masks, no batches, nothing computed ahead. `weights_of` alone knows how the models keep theirs.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Weights = SimpleNamespace


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def weights_of(model: Any) -> tuple[list[Weights], Weights]:
    """The encoder's weights, a set for each direction, and the decoder's, by the paper's names."""
    state = {name: value.detach().numpy() for name, value in model.state_dict().items()}
    n = model.decoder.unit.hidden

    def gated(W: Array, b: Array, U_gates: Array, U: Array) -> dict[str, Array]:
        return {
            "W_z": W[:, :n].T, "W_r": W[:, n : 2 * n].T, "W": W[:, 2 * n :].T,
            "b_z": b[0, :n], "b_r": b[0, n : 2 * n], "b": b[0, 2 * n :],
            "U_z": U_gates[:, :n].T, "U_r": U_gates[:, n:].T, "U": U.T,
        }  # fmt: skip

    parts = ("W", "b", "U_gates", "U")
    encoder = [
        Weights(
            E=state["encoder.E.weight"], **gated(*(state[f"encoder.unit.{p}"][d] for p in parts))
        )
        for d in range(model.encoder.directions)
    ]
    C = state["decoder.C.weight"]
    decoder = Weights(
        E=state["decoder.E.weight"],
        **gated(*(state[f"decoder.unit.{p}"] for p in parts)),
        C_z=C[:n],
        C_r=C[n : 2 * n],
        C=C[2 * n :],
        **{name: state[f"decoder.{name}.weight"] for name in ("W_s", "U_o", "V_o", "C_o", "W_o")},
        **{f"b_{name}": state[f"decoder.{name}.bias"] for name in ("W_s", "U_o", "W_o")},
    )
    if "attention.v_a" in state:
        decoder.W_a, decoder.U_a = state["attention.W_a.weight"], state["attention.U_a.weight"]
        decoder.v_a = state["attention.v_a"]
    return encoder, decoder


def encode(w: Weights, words: list[int]) -> list[Array]:
    """A.2.1, one direction: the state after each of the words."""
    h, states = np.zeros(w.U.shape[0]), []
    for x in words:
        e = w.E[x]
        z = sigmoid(w.W_z @ e + w.b_z + w.U_z @ h)
        r = sigmoid(w.W_r @ e + w.b_r + w.U_r @ h)
        candidate = np.tanh(w.W @ e + w.b + w.U @ (r * h))
        h = (1 - z) * h + z * candidate
        states.append(h)
    return states


def look(w: Weights, s: Array, annotations: list[Array]) -> Array:
    """A.1.2: α_i, from the decoder's state before word i."""
    e = np.array([w.v_a @ np.tanh(w.W_a @ s + w.U_a @ h) for h in annotations])
    return np.exp(e) / np.exp(e).sum()


def decode_word(w: Weights, s: Array, y: int, c: Array) -> tuple[Array, Array, Array]:
    """A.2.2, one word: the next state, and the logits read from the state before and after."""
    e = w.E[y]
    z = sigmoid(w.W_z @ e + w.b_z + w.U_z @ s + w.C_z @ c)
    r = sigmoid(w.W_r @ e + w.b_r + w.U_r @ s + w.C_r @ c)
    candidate = np.tanh(w.W @ e + w.b + w.U @ (r * s) + w.C @ c)
    new = (1 - z) * s + z * candidate

    def read(state: Array) -> Array:
        t = w.U_o @ state + w.b_U_o + w.V_o @ e + w.C_o @ c
        pairs = [max(t[2 * j], t[2 * j + 1]) for j in range(len(t) // 2)]
        return w.W_o @ np.array(pairs) + w.b_W_o

    return new, read(s), read(new)


def translate(model: Any, source: list[int], target: list[int]) -> tuple[Array, Array, Array]:
    """The whole model on one sentence.

    Returns:
        Logits read from the state before each word (T, V), from the state after it (T, V), and
        attention weights (T, S), with S = 0 for a model without attention.
    """
    encoder, w = weights_of(model)
    states = [encode(encoder[0], source)]
    if len(encoder) == 2:
        states.append(encode(encoder[1], source[::-1])[::-1])
    s = np.tanh(w.W_s @ (states[1][0] if len(states) == 2 else states[0][-1]) + w.b_W_s)
    attends = hasattr(w, "v_a")
    annotations = [np.concatenate(pair) for pair in zip(*states, strict=True)]
    ends = [states[0][-1], *(h[0] for h in states[1:])]
    before, after, weights = [], [], []
    for y in target:
        alpha = look(w, s, annotations) if attends else np.zeros(0)
        c = (
            sum((a * h for a, h in zip(alpha, annotations, strict=True)), np.zeros(()))
            if attends
            else np.concatenate(ends)
        )
        s, old, new = decode_word(w, s, y, c)
        before.append(old)
        after.append(new)
        weights.append(alpha)
    return np.array(before), np.array(after), np.array(weights)
