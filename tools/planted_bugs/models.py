"""What the models do wrong."""

from __future__ import annotations

from planted_bugs.bug import Bug

MASKS = "tests/models/test_masks.py"
RECURRENT = "tests/models/test_recurrent.py"
TRANSLATORS = "tests/models/test_translators.py"
ATTENTION = "tests/models/test_bahdanau.py"
BY_HAND = f"{TRANSLATORS}::test_the_appendix_by_hand"
STEPS = f"{TRANSLATORS}::test_steps_are_teacher_forcing"
SELECT = f"{TRANSLATORS}::test_select_is_indexing"

_LOWEST = "scores.masked_fill(barred, torch.finfo(scores.dtype).min).softmax(dim)"
_STEP = "states.append(decoder.unit(drive + decoder.C(c), states[-1]))"
_NEXT_GATES = "decoder.C(c) * (torch.arange(drive.shape[-1]) // decoder.unit.hidden != {gate})"
_FIXED_DRIVE = "drive = decoder.unit.drive(y) + decoder.C(c)"


BUGS: list[Bug] = [
    # --- masks ---
    Bug(
        "the mask is applied after the softmax",
        "models/masks.py",
        _LOWEST,
        "scores.softmax(dim)",
        (MASKS,),
    ),
    Bug("the mask has the opposite sense", "models/masks.py", "= ~mask", "= mask", (MASKS,)),
    Bug(
        "a row that may look nowhere gives NaN backwards",
        "models/masks.py",
        "torch.finfo(scores.dtype).min",
        "-torch.inf",
        (MASKS,),
    ),
    Bug(
        "a row that may look nowhere gives NaN",
        "models/masks.py",
        "    weights = " + _LOWEST + "\n    return weights.masked_fill(barred, 0.0)",
        "    return scores.masked_fill(barred, -torch.inf).softmax(dim)",
        (MASKS,),
    ),
    Bug(
        "a row that may look nowhere looks at padding",
        "models/masks.py",
        "return weights.masked_fill(barred, 0.0)",
        "return weights",
        (MASKS,),
    ),
    Bug(
        "masked scores are set to a number that scores can reach",
        "models/masks.py",
        "torch.finfo(scores.dtype).min",
        "-1e3",
        (MASKS,),
    ),
    Bug(
        "the softmax runs over the first axis",
        "models/masks.py",
        ".softmax(dim)",
        ".softmax(0)",
        (MASKS,),
    ),
    Bug("empty sentences pass", "models/masks.py", "if not real.all():", "if False:", (MASKS,)),
    Bug(
        "a token id one past the vocabulary passes",
        "models/masks.py",
        "high >= vocabulary",
        "high > vocabulary",
        (MASKS,),
    ),
    # --- the unit ---
    Bug(
        "z weights the old state",
        "models/recurrent.py",
        "return (1 - z) * state + z * candidate",
        "return z * state + (1 - z) * candidate",
        (RECURRENT,),
    ),
    Bug(
        "the reset gate acts after the matrix product",
        "models/recurrent.py",
        "(r * state) @ self.U)",
        "r * (state @ self.U))",
        (RECURRENT,),
    ),
    Bug(
        "the two gates are exchanged",
        "models/recurrent.py",
        "z, r = gates.chunk(2, dim=-1)",
        "r, z = gates.chunk(2, dim=-1)",
        (RECURRENT,),
    ),
    Bug(
        "torch's cell: z weights the new state",
        "models/recurrent.py",
        "return (1 - z) * candidate + z * state",
        "return (1 - z) * state + z * candidate",
        (RECURRENT,),
    ),
    Bug(
        "torch's cell: the second bias is outside the reset gate",
        "models/recurrent.py",
        "drive_candidate + r * (recurrent + self.b_reset)",
        "drive_candidate + r * recurrent + self.b_reset",
        (RECURRENT,),
    ),
    Bug(
        "padding is in the final state of the encoder",
        "models/recurrent.py",
        "state = torch.where(mask, unit(drive, state), state)",
        "state = unit(drive, state)",
        (RECURRENT,),
    ),
    Bug(
        "padding resets the state",
        "models/recurrent.py",
        "state = torch.where(mask, unit(drive, state), state)",
        "state = torch.where(mask, unit(drive, state), torch.zeros_like(state))",
        (RECURRENT,),
    ),
    Bug(
        "maxout over the halves instead of neighbours",
        "models/recurrent.py",
        "x.unflatten(-1, (-1, 2)).amax(dim=-1)",
        "x.unflatten(-1, (2, -1)).amax(dim=-2)",
        (RECURRENT,),
    ),
    Bug(
        "the mean of each pair instead of the larger",
        "models/recurrent.py",
        ".amax(dim=-1)",
        ".mean(dim=-1)",
        (RECURRENT,),
    ),
    # --- initialisation ---
    Bug(
        "recurrent matrices are not orthogonal",
        "models/recurrent.py",
        "nn.init.orthogonal_(square)",
        "nn.init.normal_(square, std=n**-0.5)",
        (RECURRENT,),
    ),
    Bug(
        "matrices begin ten times too large",
        "models/recurrent.py",
        "nn.init.normal_(weight, std=0.01)",
        "nn.init.normal_(weight, std=0.1)",
        (RECURRENT,),
    ),
    Bug(
        "embeddings and linear layers begin as torch has them",
        "models/recurrent.py",
        'if initialisation == "torch":\n                module.reset_parameters()',
        "if True:\n                module.reset_parameters()",
        (RECURRENT,),
    ),
    Bug(
        "v_a does not begin at zero",
        "models/bahdanau.py",
        "nn.init.zeros_(self.v_a)",
        "nn.init.normal_(self.v_a, std=0.01)",
        (ATTENTION,),
    ),
    Bug(
        "W_a begins like every other matrix",
        "models/bahdanau.py",
        "nn.init.normal_(self.W_a.weight, std=0.001)",
        "nn.init.normal_(self.W_a.weight, std=0.01)",
        (ATTENTION,),
    ),
    Bug(
        "the whole model's initialisation forgets the attention",
        "models/bahdanau.py",
        "self.attention.initialise(initialisation)",
        "pass",
        (ATTENTION,),
    ),
    # --- attention ---
    Bug(
        "padding is attended to",
        "models/bahdanau.py",
        "return masked_softmax(e, mask)",
        "return e.softmax(-1)",
        (ATTENTION, TRANSLATORS),
    ),
    Bug(
        "the weights sum to one over the batch",
        "models/bahdanau.py",
        "return masked_softmax(e, mask)",
        "return masked_softmax(e, mask, 0)",
        (ATTENTION, TRANSLATORS),
    ),
    Bug(
        "the score has no tanh",
        "models/bahdanau.py",
        "torch.tanh(self.W_a(query)[:, None] + keys)",
        "(self.W_a(query)[:, None] + keys)",
        (ATTENTION,),
    ),
    Bug(
        "the current state asks, not the previous one",
        "models/bahdanau.py",
        "alpha = self.attention(states[-1], state.keys, state.mask)",
        "now = decoder.unit(drive, states[-1]); "
        "alpha = self.attention(now, state.keys, state.mask)",
        (ATTENTION, TRANSLATORS),
    ),
    Bug(
        "the first state asks every time",
        "models/bahdanau.py",
        "self.attention(states[-1], state.keys",
        "self.attention(states[0], state.keys",
        (ATTENTION, TRANSLATORS),
    ),
    Bug(
        "U_a h is computed again for each word",
        "models/bahdanau.py",
        "self.attention(states[-1], state.keys, state.mask)",
        "self.attention(states[-1], self.attention.project(h), state.mask)",
        (ATTENTION,),
    ),
    # --- the decoder with attention ---
    Bug(
        "no context in the update gate",
        "models/bahdanau.py",
        _STEP,
        _STEP.replace("decoder.C(c)", _NEXT_GATES.format(gate=0)),
        (TRANSLATORS,),
    ),
    Bug(
        "no context in the reset gate",
        "models/bahdanau.py",
        _STEP,
        _STEP.replace("decoder.C(c)", _NEXT_GATES.format(gate=1)),
        (TRANSLATORS,),
    ),
    Bug(
        "no context in the candidate",
        "models/bahdanau.py",
        _STEP,
        _STEP.replace("decoder.C(c)", _NEXT_GATES.format(gate=2)),
        (TRANSLATORS,),
    ),
    Bug(
        "s_0 from the backward state at the last word",
        "models/bahdanau.py",
        "h[:, 0].chunk(2, dim=-1)[1]",
        "h[:, -1].chunk(2, dim=-1)[1]",
        (TRANSLATORS,),
    ),
    Bug(
        "s_0 from the forward state",
        "models/bahdanau.py",
        "h[:, 0].chunk(2, dim=-1)[1]",
        "h[:, -1].chunk(2, dim=-1)[0]",
        (TRANSLATORS,),
    ),
    Bug(
        "a step hands on the state that it was given",
        "models/bahdanau.py",
        "replace(state, s=states[-1])",
        "state",
        (STEPS,),
    ),
    Bug(
        "select forgets the decoder's state",
        "models/bahdanau.py",
        "SearchState(self.s[rows],",
        "SearchState(self.s[: len(rows)],",
        (SELECT,),
    ),
    Bug(
        "select forgets the annotations",
        "models/bahdanau.py",
        "self.annotations[rows]",
        "self.annotations[:1].expand(len(rows), -1, -1)",
        (SELECT,),
    ),
    Bug(
        "select forgets the mask",
        "models/bahdanau.py",
        "self.mask[rows]",
        "self.mask[:1].expand(len(rows), -1)",
        (SELECT,),
    ),
    # --- the encoder and the decoder around it ---
    Bug(
        "the word is read from s_i",
        "models/encoder_decoder.py",
        'states[:-1] if self.readout == "previous" else states[1:]',
        "states[1:]",
        (TRANSLATORS,),
    ),
    Bug(
        "the readout forgets the previous word",
        "models/encoder_decoder.py",
        " + self.V_o(y)",
        "",
        (BY_HAND,),
    ),
    Bug(
        "the readout forgets the context",
        "models/encoder_decoder.py",
        " + self.C_o(c)",
        "",
        (BY_HAND,),
    ),
    Bug(
        "the backward direction is not turned back",
        "models/encoder_decoder.py",
        "h.flip(1) for h in backward",
        "h for h in backward",
        (BY_HAND,),
    ),
    Bug(
        "the mask is not turned with the words",
        "models/encoder_decoder.py",
        "self._in_reading_order(source_mask)",
        "torch.stack([source_mask.T] * self.directions)",
        (TRANSLATORS,),
    ),
    Bug(
        "both directions read forwards",
        "models/encoder_decoder.py",
        "torch.stack([x.T, x.T.flip(0)]",
        "torch.stack([x.T, x.T]",
        (BY_HAND,),
    ),
    Bug(
        "the one vector is the state after the first word",
        "models/encoder_decoder.py",
        "torch.cat([h[:, -1, :n], h[:, 0, n:]], dim=-1)",
        "torch.cat([h[:, 0, :n], h[:, 0, n:]], dim=-1)",
        (BY_HAND,),
    ),
    Bug(
        "the one vector has the backward state at the last word",
        "models/encoder_decoder.py",
        "torch.cat([h[:, -1, :n], h[:, 0, n:]], dim=-1)",
        "torch.cat([h[:, -1, :n], h[:, -1, n:]], dim=-1)",
        (BY_HAND,),
    ),
    *(
        Bug(
            f"one vector: no context in the {part}",
            "models/encoder_decoder.py",
            _FIXED_DRIVE,
            _FIXED_DRIVE
            + f" * (torch.arange(3 * decoder.unit.hidden) // decoder.unit.hidden != {gate})",
            (TRANSLATORS,),
        )
        for gate, part in enumerate(["update gate", "reset gate", "candidate"])
    ),
    Bug(
        "one vector: a step hands on the state that it was given",
        "models/encoder_decoder.py",
        "replace(state, s=states[-1])",
        "state",
        (STEPS,),
    ),
    Bug(
        "one vector: select forgets the sentence",
        "models/encoder_decoder.py",
        "self.c[rows]",
        "self.c[:1].expand(len(rows), -1)",
        (SELECT,),
    ),
]
