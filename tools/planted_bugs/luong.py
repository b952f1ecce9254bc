"""What Luong's model and the family of scores do wrong."""

from __future__ import annotations

from planted_bugs.bug import Bug

SCORES = "tests/models/test_scores.py"
WINDOWS = "tests/models/test_windows.py"
LUONG = "tests/models/test_luong.py"
ADDRESSING = "tests/models/test_addressing.py"
RATES = "tests/replications/test_luong_rates.py"
STRETCHED = "tests/data/test_algorithmic.py"
BY_HAND = f"{LUONG}::test_the_equations_by_hand"
STEPS = f"{LUONG}::test_steps_are_teacher_forcing"
SEARCH = f"{LUONG}::test_searching"
SELECT = "tests/models/test_translators.py::test_select_is_indexing"

_LOCAL_P = "return masked_softmax(e, seen) * nearness, p"
_FED = "x = torch.cat([y, attentional], dim=-1) if self.input_feeding else y"
_LENGTHS = "lengths = source_mask.sum(1).cpu()"
_TURNED = "annotations = _turned(annotations, mask)"

BUGS: list[Bug] = [
    # --- scores ---
    Bug(
        "the cosine does not divide by the query's length",
        "models/scores/products.py",
        "F.normalize(query, dim=-1)",
        "query",
        (SCORES,),
    ),
    Bug(
        "the scaled dot product is not scaled",
        "models/scores/products.py",
        "super()._score(query, projected) * self.query_size**-0.5",
        "super()._score(query, projected)",
        (SCORES,),
    ),
    Bug(
        "the scaled dot product is multiplied by √n",
        "models/scores/products.py",
        "self.query_size**-0.5",
        "self.query_size**0.5",
        (SCORES,),
    ),
    Bug(
        "the scaled dot product is divided by n",
        "models/scores/products.py",
        "self.query_size**-0.5",
        "self.query_size**-1.0",
        (SCORES,),
    ),
    Bug(
        "general has its matrix transposed",
        "models/scores/products.py",
        "turned: Tensor = self.W_a(keys)",
        "turned: Tensor = keys @ self.W_a.weight",
        (SCORES,),
    ),
    Bug(
        "concat has no tanh",
        "models/scores/layers.py",
        "torch.tanh(asked[:, None] + projected) @ self.v_a",
        "(asked[:, None] + projected) @ self.v_a",
        (SCORES,),
    ),
    Bug(
        "concat has its two blocks exchanged",
        "models/scores/layers.py",
        "keys @ self.W_a.weight[:, self.query_size :].T",
        "keys @ self.W_a.weight[:, : self.query_size].T",
        (SCORES,),
    ),
    Bug(
        "location reads its positions from the end",
        "models/scores/location.py",
        "self.W_a(query)[:, : projected.shape[1]]",
        "self.W_a(query).flip(1)[:, : projected.shape[1]]",
        (SCORES,),
    ),
    Bug(
        "location is silent about what it cannot see",
        "models/scores/location.py",
        "if keys.shape[1] > longest:",
        "if False:",
        (SCORES,),
    ),
    Bug(
        "one query is taken for a whole batch",
        "models/scores/base.py",
        'check_batch("query", query, len(projected), "projected")',
        "pass",
        (SCORES,),
    ),
    # --- windows ---
    Bug(
        "local-p is renormalised",
        "models/windows.py",
        _LOCAL_P,
        "a = masked_softmax(e, seen) * nearness; return a / a.sum(1, keepdim=True), p",
        (WINDOWS,),
    ),
    Bug(
        "the Gaussian multiplies the scores, unasked",
        "models/windows.py",
        "if self.renormalise:",
        "if True:",
        (WINDOWS,),
    ),
    Bug(
        "the softmax runs over the sentence and not over the window",
        "models/windows.py",
        _LOCAL_P,
        "return masked_softmax(e, mask) * nearness * seen, p",
        (WINDOWS,),
    ),
    Bug(
        "the window is on one side only",
        "models/windows.py",
        "(s - centre[:, None]).abs() <= D",
        "((s - centre[:, None]) >= 0) & ((s - centre[:, None]) <= 2 * D)",
        (WINDOWS,),
    ),
    Bug(
        "the window is one too narrow on each side",
        "models/windows.py",
        ".abs() <= D)",
        ".abs() < D)",
        (WINDOWS,),
    ),
    Bug(
        "the window reaches outside the sentence",
        "models/windows.py",
        "return mask & ((s",
        "return torch.ones_like(mask) & ((s",
        (WINDOWS,),
    ),
    Bug(
        "sigma is D",
        "models/windows.py",
        "(2 * (D / 2) ** 2)",
        "(2 * D**2)",
        (WINDOWS,),
    ),
    Bug(
        "the Gaussian lies around the window's centre, not around p_t",
        "models/windows.py",
        "nearness = gaussian(p,",
        "nearness = gaussian(centre.to(p.dtype),",
        (WINDOWS,),
    ),
    Bug(
        "the window's centre is rounded",
        "models/windows.py",
        "p.floor().long()",
        "p.round().long()",
        (WINDOWS,),
    ),
    Bug(
        "the centre can lie behind the sentence",
        "models/windows.py",
        "torch.minimum(p.floor().long(), mask.sum(1) - 1)",
        "p.floor().long()",
        (WINDOWS,),
    ),
    Bug(
        "S is the batch's longest sentence",
        "models/windows.py",
        "lengths = mask.sum(1)  #",
        "lengths = torch.full((len(mask),), mask.shape[1])  #",
        (WINDOWS,),
    ),
    Bug(
        "the monotonic window leaves the sentence",
        "models/windows.py",
        "(lengths - 1).clamp(max=t)",
        "torch.full_like(lengths, t)",
        (WINDOWS,),
    ),
    Bug(
        "without attention the last words of a sentence are looked at",
        "models/windows.py",
        '0 if self.window == "last" else self.D',
        "self.D",
        (WINDOWS,),
    ),
    Bug(
        "no tanh on the way to p_t",
        "models/windows.py",
        "self.v_p(torch.tanh(self.W_p(query)))",
        "self.v_p(self.W_p(query))",
        (WINDOWS,),
    ),
    Bug(
        "p_t is computed in half precision",
        "models/windows.py",
        "z.to(torch.promote_types(z.dtype, torch.float32))",
        "z",
        (WINDOWS,),
    ),
    # --- the model ---
    Bug(
        "the attention layer is linear",
        "models/luong.py",
        "torch.tanh(self.W_c(torch.cat([c_t, h_t], dim=-1)))",
        "self.W_c(torch.cat([c_t, h_t], dim=-1))",
        (BY_HAND,),
    ),
    Bug(
        "context and state are joined the other way round",
        "models/luong.py",
        "torch.cat([c_t, h_t], dim=-1)",
        "torch.cat([h_t, c_t], dim=-1)",
        (BY_HAND,),
    ),
    Bug(
        "the previous state asks, not the current one",
        "models/luong.py",
        "            top, (h, c) = self.decoder(self.dropout(x)[:, None], (h, c))\n",
        "            asks = h[-1]; top, (h, c) = self.decoder(self.dropout(x)[:, None], (h, c))\n"
        "            top = torch.cat([asks[:, None], top[:, 1:]], dim=1)\n",
        (f"{LUONG}::test_the_current_state_asks", BY_HAND),
    ),
    Bug(
        "input feeding is one step late",
        "models/luong.py",
        _FED,
        "late = spoken[-2] if len(spoken) > 1 else torch.zeros_like(attentional)\n"
        "            x = torch.cat([y, late], dim=-1) if self.input_feeding else y",
        (BY_HAND,),
    ),
    Bug(
        "the plain state is fed, not the attentional one",
        "models/luong.py",
        _FED,
        "x = torch.cat([y, h[-1]], dim=-1) if self.input_feeding else y",
        (BY_HAND,),
    ),
    Bug(
        "what is fed first is not zero",
        "models/luong.py",
        "h.new_zeros(h.shape[1:])",
        "h[-1]",
        (BY_HAND,),
    ),
    Bug(
        "words are read off the plain state",
        "models/luong.py",
        "spoken.append(attentional)",
        "spoken.append(h_t)",
        (BY_HAND,),
    ),
    Bug(
        "padding is in the final state of the encoder",
        "models/luong.py",
        "packed = pack_padded_sequence(x, lengths,",
        "packed = pack_padded_sequence(x, torch.full_like(lengths, x.shape[1]),",
        (f"{LUONG}::test_padding_changes_nothing",),
    ),
    Bug(
        "the end mark is attended to",
        "models/luong.py",
        "mask = source_mask if self.attend_end else source_mask[:, 1:]",
        "mask = source_mask",
        (f"{LUONG}::test_the_end_mark_gets_nothing",),
    ),
    Bug(
        "states of reversed sources are not turned",
        "models/luong.py",
        _TURNED,
        "pass",
        (BY_HAND,),
    ),
    Bug(
        "weights of reversed sources are not turned back",
        "models/luong.py",
        "a = _turned(a.mT, state.mask).mT",
        "pass",
        (f"{LUONG}::test_a_monotonic_window_on_reversed_sources_begins_at_the_first_word",),
    ),
    Bug(
        "without attention the first word read is looked at, not the last",
        "models/luong.py",
        'reversed_sources and window != "last"',
        "reversed_sources",
        (BY_HAND,),
    ),
    Bug(
        "padding is turned with the words",
        "models/luong.py",
        "mask.sum(1, keepdim=True) - 1 - s  #",
        "mask.shape[1] - 1 - s + 0 * mask.sum(1, keepdim=True)  #",
        (BY_HAND,),
    ),
    Bug(
        "a step does not count itself",
        "models/luong.py",
        "t=state.t + target.shape[1]",
        "t=state.t",
        (STEPS,),
    ),
    Bug(
        "a step feeds what its state fed",
        "models/luong.py",
        "attentional=attentional, t=",
        "t=",
        (STEPS,),
    ),
    Bug(
        "a step keeps the cells that it was given",
        "models/luong.py",
        "h=h, c=c, attentional",
        "h=h, attentional",
        (STEPS,),
    ),
    *(
        Bug(f"select forgets {what}", "models/luong.py", old, new, (SELECT, SEARCH))
        for what, old, new in [
            ("the decoder's states", "self.h[:, rows]", "self.h[:, : len(rows)]"),
            ("the decoder's cells", "self.c[:, rows]", "self.c[:, : len(rows)]"),
            ("what is fed", "self.attentional[rows]", "self.attentional[: len(rows)]"),
            (
                "the annotations",
                "self.annotations[rows]",
                "self.annotations[:1].expand(len(rows), -1, -1)",
            ),
            ("the keys", "self.projected[rows]", "self.projected[:1].expand(len(rows), -1, -1)"),
            ("the mask", "self.mask[rows]", "self.mask[:1].expand(len(rows), -1)"),
        ]
    ),
    Bug(
        "the keys are projected again for each word",
        "models/luong.py",
        "e = self.score(h_t, state.projected)",
        "e = self.score(h_t, self.score.project(state.annotations))",
        (f"{LUONG}::test_the_keys_are_projected_once_a_sentence",),
    ),
    Bug(
        "the decoder's input is not dropped",
        "models/luong.py",
        "self.decoder(self.dropout(x)[:, None]",
        "self.decoder(x[:, None]",
        (f"{LUONG}::test_the_inputs_of_every_layer_are_dropped",),
    ),
    Bug(
        "dropout stays on while translating",
        "models/luong.py",
        "self.dropout(self.E_source(source))",
        "F.dropout(self.E_source(source), self.dropout.p)",
        (f"{LUONG}::test_dropout_is_for_training",),
    ),
    Bug(
        "weights begin ten times too small",
        "models/luong.py",
        "nn.init.uniform_(parameter, -0.1, 0.1)",
        "nn.init.uniform_(parameter, -0.01, 0.01)",
        (f"{LUONG}::test_paper_initialisation",),
    ),
    Bug(
        "torch's first weights leave the additive scores' vector as it was",
        "models/luong.py",
        "nn.Embedding | nn.LSTM | nn.Linear | Additive | Concat",
        "nn.Embedding | nn.LSTM | nn.Linear",
        (f"{LUONG}::test_paper_initialisation",),
    ),
    Bug(
        "padding before a word passes",
        "models/masks.py",
        "if late.any():",
        "if False:",
        (f"{LUONG}::test_bad_masks",),
    ),
    # --- addressing ---
    Bug(
        "a pointer may point at padding",
        "models/addressing.py",
        "masked_softmax(self.score(query, projected), mask)",
        "self.score(query, projected).softmax(-1)",
        (ADDRESSING,),
    ),
    Bug(
        "the gate is the wrong way round",
        "models/addressing.py",
        "g * w_content + (1 - g) * w_previous",
        "(1 - g) * w_content + g * w_previous",
        (ADDRESSING,),
    ),
    Bug(
        "a shift goes the other way",
        "models/addressing.py",
        "w.roll(step, dims=-1)",
        "w.roll(-step, dims=-1)",
        (ADDRESSING,),
    ),
    Bug(
        "what is sharpened no longer sums to one",
        "models/addressing.py",
        "return powers / powers.sum(-1, keepdim=True)",
        "return powers",
        (ADDRESSING,),
    ),
    Bug(
        "the key strength is added",
        "models/addressing.py",
        "(beta[:, None] * similarity)",
        "(beta[:, None] + similarity)",
        (ADDRESSING,),
    ),
    # --- the experiment ---
    Bug(
        "the worst rate is taken for the best",
        "replications/luong_rates.py",
        "min(by_rate, key",
        "max(by_rate, key",
        (f"{RATES}::test_the_best_is_that_of_the_lowest_mean",),
    ),
    Bug(
        "the grid is run with the seeds of the results",
        "replications/luong_rates.py",
        "FIRST_SEED = 100",
        "FIRST_SEED = 0",
        (f"{RATES}::test_the_grid",),
    ),
    Bug(
        "the grid is run at the rate that was found",
        "replications/luong_rates.py",
        '[task], "learning_rate": rate}',
        "[task]}",
        (f"{RATES}::test_the_grid",),
    ),
    # --- data ---
    Bug(
        "links of reversed sources stay where they were",
        "data/pairs.py",
        "frozenset((t, last - s) for t, s in links)",
        "links",
        (STRETCHED,),
    ),
    Bug(
        "a word's number of times is another in every sentence",
        "data/algorithmic.py",
        "    origins = [s for",
        "    times = dict(zip(times, Random(len(source)).sample([*times.values()], len(times))))\n"
        "    origins = [s for",
        (STRETCHED,),
    ),
    Bug(
        "links of stretched words have source and target exchanged",
        "data/algorithmic.py",
        "frozenset(enumerate(origins))",
        "frozenset((s, t) for t, s in enumerate(origins))",
        (STRETCHED,),
    ),
]
