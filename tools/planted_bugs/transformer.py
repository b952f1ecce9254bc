"""What self-attention, the Transformer and the Universal Transformer do wrong."""

from __future__ import annotations

from planted_bugs.bug import Bug

ATTENTION = "tests/models/test_self_attention.py"
ATTENTION_ORACLES = "tests/models/test_self_attention_oracles.py"
POSITIONS = "tests/models/test_positions.py"
LAYERS = "tests/models/test_transformer_oracles.py"
TRANSFORMER = "tests/models/test_transformer.py"
UNIVERSAL = "tests/models/test_universal_transformer.py"
HALTING = "tests/models/test_adaptive_computation.py"
MARIAN = "tests/models/test_marian.py"
LOUD = f"{POSITIONS}::test_words_and_positions_are_about_equally_loud_at_the_beginning"
BY_HAND = f"{HALTING}::test_number_by_number"
CACHE = f"{TRANSFORMER}::test_searching_with_and_without_a_cache"
COMPARE = "tests/replications/test_compare.py"
SWEEP = (
    "tests/replications/test_rates.py::test_every_model_is_trained_at_every_rate_with_every_seed"
)
EACH_STEP = f"{LAYERS}::test_a_step_is_torchs_encoder_layer_with_the_signal_added"

_SCALE = "math.sqrt(query.shape[-1])"
_WEIGHTS = "scores.softmax(-1) if mask is None else masked_softmax(scores, mask)"
_LAST = "last = running & (total + p > self.threshold)"
_SIGNAL = "into = h + signal(places, n)\n            out, _"

BUGS: list[Bug] = [
    # --- attention ---
    *(
        Bug(f"attention {what}", "models/self_attention.py", f"/ {_SCALE}", new, (ATTENTION,))
        for what, new in [
            ("is not scaled", ""),
            ("is multiplied by √d_k", f"* {_SCALE}"),
            ("is divided by d_k", "/ query.shape[-1]"),
            ("is divided by the root of the number of words", "/ math.sqrt(key.shape[-2])"),
        ]
    ),
    Bug(
        "the softmax runs over the questions",
        "models/self_attention.py",
        _WEIGHTS,
        "scores.softmax(-2) if mask is None else masked_softmax(scores, mask, -2)",
        (ATTENTION_ORACLES,),
    ),
    Bug(
        "the mask acts after the softmax",
        "models/self_attention.py",
        _WEIGHTS,
        "scores.softmax(-1) if mask is None else scores.softmax(-1) * mask",
        (ATTENTION_ORACLES,),
    ),
    Bug(
        "the mask has the opposite sense where weights are wanted",
        "models/self_attention.py",
        "masked_softmax(scores, mask)",
        "masked_softmax(scores, ~mask)",
        (ATTENTION_ORACLES,),
    ),
    Bug(
        "the mask has the opposite sense where they are not",
        "models/self_attention.py",
        "attn_mask=mask",
        "attn_mask=None if mask is None else ~mask",
        (ATTENTION_ORACLES,),
    ),
    Bug(
        "a row that may look nowhere gives NaN",
        "models/self_attention.py",
        "masked_softmax(scores, mask)",
        "scores.masked_fill(~mask, -torch.inf).softmax(-1)",
        (f"{ATTENTION}::test_a_row_that_may_look_nowhere",),
    ),
    Bug(
        "each word sees the next one",
        "models/self_attention.py",
        "device=device).tril()",
        "device=device).tril(1)",
        (f"{ATTENTION}::test_causal_sees_nothing_later",),
    ),
    Bug(
        "no word sees itself",
        "models/self_attention.py",
        "device=device).tril()",
        "device=device).tril(-1)",
        (ATTENTION_ORACLES,),
    ),
    Bug(
        "causal is forgotten where weights are not wanted",
        "models/self_attention.py",
        "is_causal=causal",
        "is_causal=False",
        (f"{ATTENTION}::test_causal_sees_nothing_later",),
    ),
    Bug(
        "heads are merged in the wrong order",
        "models/self_attention.py",
        "heads.transpose(1, 2).flatten(2)",
        "heads.permute(0, 2, 3, 1).flatten(2)",
        (f"{ATTENTION}::test_a_head_by_hand", ATTENTION_ORACLES),
    ),
    Bug(
        "heads are split by the wrong dimension",
        "models/self_attention.py",
        "x.unflatten(2, (self.heads, -1)).transpose(1, 2)",
        "x.unflatten(2, (-1, self.heads)).permute(0, 3, 1, 2)",
        (f"{ATTENTION}::test_a_head_by_hand", ATTENTION_ORACLES),
    ),
    Bug(
        "keys serve as values",
        "models/self_attention.py",
        "self._split(self.W_V(x))",
        "self._split(self.W_K(x))",
        (ATTENTION_ORACLES,),
    ),
    Bug(
        "weights are shown after dropout",
        "models/self_attention.py",
        "return F.dropout(weights, dropout) @ value, weights",
        "weights = F.dropout(weights, dropout); return weights @ value, weights",
        (f"{ATTENTION}::test_weights_are_dropped_in_training_alone",),
    ),
    Bug(
        "weights are dropped in evaluation, too",
        "models/self_attention.py",
        "self.dropout if self.training else 0.0",
        "self.dropout",
        (f"{ATTENTION}::test_weights_are_dropped_in_training_alone",),
    ),
    Bug(
        "a mask that does not fit is left to torch",
        "models/self_attention.py",
        "    if not fits:",
        "    if False:",
        (f"{ATTENTION}::test_bad_masks",),
    ),
    Bug(
        "a head's size is not asked after",
        "models/self_attention.py",
        "        if d % heads:",
        "        if False:",
        (f"{ATTENTION}::test_bad_input",),
    ),
    Bug(
        "only the keys are selected",
        "models/self_attention.py",
        "Memory(self.keys[rows], self.values[rows])",
        "Memory(self.keys[rows], self.values[: len(rows)])",
        (f"{ATTENTION}::test_a_memory_that_grows_and_is_selected",),
    ),
    # --- positions ---
    Bug(
        "all sines come before all cosines",
        "models/positions.py",
        "dim=-1).flatten(-2)",
        "dim=-2).flatten(-2)",
        (POSITIONS,),
    ),
    Bug(
        "the exponent is 4i / d",
        "models/positions.py",
        "device=positions.device) / d",
        "device=positions.device) * 2 / d",
        (POSITIONS,),
    ),
    Bug(
        "sinusoids are computed in single precision",
        "models/positions.py",
        "positions[..., None].double() / base**exponents",
        "positions[..., None].float() / base ** exponents.float()",
        (f"{POSITIONS}::test_the_formula",),
    ),
    Bug(
        "positions run along the batch",
        "models/transformer.py",
        "torch.arange(start, start + ids.shape[1], device=ids.device)",
        "torch.arange(start, start + ids.shape[0], device=ids.device)[:, None]",
        (f"{POSITIONS}::test_positions_run_along_time_and_not_along_the_batch",),
    ),
    Bug(
        "words drown positions: N(0, 1), times √d",
        "models/transformer_layers.py",
        "std=d**-0.5",
        "std=1.0",
        (LOUD,),
    ),
    Bug(
        "words are not multiplied by √d: positions drown them",
        "models/transformer_layers.py",
        "super().forward(ids) * self.embedding_dim**0.5",
        "super().forward(ids)",
        (LOUD, LAYERS),
    ),
    Bug(
        "learned positions are too quiet",
        "models/positions.py",
        "std=0.5**0.5",
        "std=d**-0.5",
        (LOUD,),
    ),
    Bug(
        "learned positions are silent about what they do not hold",
        "models/positions.py",
        "if low < 0 or high >= most:",
        "if False:",
        (POSITIONS,),
    ),
    # --- layers ---
    Bug(
        "the layers are pre-norm under a post-norm name",
        "models/transformer_layers.py",
        'self.norm(x) if self.order == "pre" else x',
        "self.norm(x)",
        (LAYERS,),
    ),
    Bug(
        "the way past a sub-layer is normalised, too",
        "models/transformer_layers.py",
        'return x if self.order == "pre" else self.norm(x)',
        "return self.norm(x)",
        (LAYERS,),
    ),
    Bug(
        "dropout acts on the way past, too",
        "models/transformer_layers.py",
        "x = x + self.dropout(out)",
        "x = self.dropout(x + out)",
        (f"{TRANSFORMER}::test_the_way_past_a_sub_layer_is_not_dropped",),
    ),
    Bug(
        "the feed-forward network is linear",
        "models/transformer_layers.py",
        "self.W_2(F.relu(self.W_1(x)))",
        "self.W_2(self.W_1(x))",
        (LAYERS,),
    ),
    Bug(
        "the decoder sees later words in training",
        "models/transformer_layers.py",
        "causal=past is None",
        "causal=False",
        (LAYERS,),
    ),
    Bug(
        "padding of the source is attended to",
        "models/transformer_layers.py",
        "source, source_mask, need_weights",
        "source, None, need_weights",
        (LAYERS,),
    ),
    Bug(
        "several words after a past see one another",
        "models/transformer_layers.py",
        "if past is not None and x.shape[1] != 1:",
        "if False:",
        (f"{TRANSFORMER}::test_several_words_after_a_past_are_refused",),
    ),
    # --- the Transformer ---
    Bug(
        "there is a further norm at the end, as in torch's",
        "models/transformer.py",
        'nn.LayerNorm if norm == "pre" else nn.Identity',
        "nn.LayerNorm",
        (LAYERS, MARIAN),
    ),
    Bug(
        "the pre-norm order has no norm at the end",
        "models/transformer.py",
        'nn.LayerNorm if norm == "pre" else nn.Identity',
        "nn.Identity",
        (LAYERS,),
    ),
    Bug(
        "the output is not tied",
        "models/transformer.py",
        'if tied != "none":',
        "if False:",
        (f"{TRANSFORMER}::test_which_matrices_are_one",),
    ),
    Bug(
        "a cached word is always the first",
        "models/transformer.py",
        "state.t + target.shape[1])",
        "state.t)",
        (CACHE,),
    ),
    Bug(
        "a cache is not carried on",
        "models/transformer.py",
        "tuple(words), state.t",
        "state.past, state.t",
        (CACHE,),
    ),
    Bug(
        "a beam keeps another's cache",
        "models/transformer.py",
        "None if self.past is None else tuple(memory.select(rows) for memory in self.past)",
        "self.past and tuple(m.select(torch.arange(len(rows))) for m in self.past)",
        (CACHE,),
    ),
    Bug(
        "weights are made in training, too",
        "models/transformer.py",
        "not self.training if need_weights is None else need_weights",
        "True",
        (f"{TRANSFORMER}::test_weights_are_for_those_who_ask",),
    ),
    # --- the Universal Transformer ---
    Bug(
        "the signal is added once, not at every step",
        "models/universal_transformer.py",
        _SIGNAL,
        _SIGNAL.replace("n)", "n) * (n == 1)"),
        (EACH_STEP,),
    ),
    Bug(
        "steps count from 0",
        "models/universal_transformer.py",
        "places.new_full((), step)",
        "places.new_full((), step - 1)",
        (f"{UNIVERSAL}::test_the_signal_is_two_sinusoids",),
    ),
    Bug(
        "the signal has no step in it",
        "models/universal_transformer.py",
        "return places + sinusoids(",
        "return places + 0 * sinusoids(",
        (f"{UNIVERSAL}::test_the_signal_is_two_sinusoids",),
    ),
    Bug(
        "offsets are drawn in evaluation, too",
        "models/universal_transformer.py",
        "if self.training and self.offsets:",
        "if self.offsets:",
        (f"{UNIVERSAL}::test_offsets_are_for_training",),
    ),
    Bug(
        "a whole batch has one offset",
        "models/universal_transformer.py",
        "torch.randint_like(first, self.offsets + 1)",
        "torch.randint(self.offsets + 1, (1, 1)).expand_as(first)",
        (f"{UNIVERSAL}::test_offsets_are_for_training",),
    ),
    Bug(
        "a word that has halted still looks",
        "models/universal_transformer.py",
        "crosses.append(cross * running[:, None, :, None])",
        "crosses.append(cross)",
        (f"{UNIVERSAL}::test_a_word_that_has_halted_looks_no_more",),
    ),
    Bug(
        "the decoder's cache ends where all words have halted",
        "models/universal_transformer.py",
        "step, all_steps=need_weights",
        "step, all_steps=False",
        (CACHE,),
    ),
    # --- halting ---
    Bug(
        "the remainder is forgotten",
        "models/adaptive_computation.py",
        "torch.where(last, 1 - total, torch.where(running, p, 0.0))",
        "torch.where(running, p, 0.0)",
        (HALTING,),
    ),
    Bug(
        "the last step does not get what is left",
        "models/adaptive_computation.py",
        "if text and n == self.max_steps:",
        "if False:",
        (HALTING,),
    ),
    Bug(
        "a halted word is not carried unchanged",
        "models/adaptive_computation.py",
        "torch.where(running[..., None], out, state) if text else out",
        "out",
        (f"{HALTING}::test_a_halted_word_is_carried_unchanged",),
    ),
    Bug(
        "a word halts one step late",
        "models/adaptive_computation.py",
        _LAST,
        "last = running & (total > self.threshold)",
        (BY_HAND,),
    ),
    Bug(
        "the probability is read before the step, as in the authors' program",
        "models/adaptive_computation.py",
        "self.halt(state if text else into)",
        "self.halt(into)",
        (BY_HAND,),
    ),
    Bug(
        "the result is blended where the text sums",
        "models/adaptive_computation.py",
        "return result + weight * state",
        "return weight * state + (1 - weight) * result",
        (BY_HAND,),
    ),
    Bug(
        "the missing bracket is set in the program as released",
        "models/adaptive_computation.py",
        "return weight * state + result - weight",
        "return weight * state + result * (1 - weight)",
        (BY_HAND,),
    ),
    Bug(
        "a step that halts a word is not counted",
        "models/adaptive_computation.py",
        "steps = steps + running",
        "steps = steps + (running & ~last)",
        (BY_HAND,),
    ),
    Bug(
        "steps share one buffer",
        "models/adaptive_computation.py",
        "result = self._joined(result, state, weight[..., None])",
        "state = result = result.copy_(self._joined(result, state, weight[..., None]))",
        (HALTING,),
    ),
    Bug(
        "the weights teach nothing",
        "models/adaptive_computation.py",
        "squeeze(-1).sigmoid()",
        "squeeze(-1).sigmoid().detach()",
        (f"{HALTING}::test_the_gradient_goes_through_the_weights",),
    ),
    Bug(
        "the cost counts padding",
        "models/adaptive_computation.py",
        "(self.steps + self.remainder)[mask].mean()",
        "(self.steps + self.remainder).mean()",
        (f"{HALTING}::test_the_cost_is_steps_and_remainder_of_real_words",),
    ),
    Bug(
        "the cost has no remainder, and so no gradient",
        "models/adaptive_computation.py",
        "(self.steps + self.remainder)[mask].mean()",
        "self.steps[mask].mean()",
        (f"{HALTING}::test_the_cost_is_steps_and_remainder_of_real_words",),
    ),
    # --- the experiments ---
    Bug(
        "models differ as soon as one is better on average",
        "replications/compare.py",
        "return 1 if min(one) > max(other) else -1 if max(one) < min(other) else 0",
        "return (sum(one) > sum(other)) - (sum(one) < sum(other))",
        (f"{COMPARE}::test_models_differ_where_no_runs_overlap",),
    ),
    Bug(
        "chance has one side only",
        "replications/compare.py",
        "2 / math.comb(2 * seeds, seeds)",
        "1 / math.comb(2 * seeds, seeds)",
        (f"{COMPARE}::test_the_rule_says_how_often_equal_models_differ",),
    ),
    Bug(
        "the worst rate is taken for the best",
        "replications/compare.py",
        "return max(by_rate, key",
        "return min(by_rate, key",
        (f"{COMPARE}::test_the_highest_means_and_where_the_grid_ends",),
    ),
    Bug(
        "a sweep is run at one rate",
        "replications/rates.py",
        '{**how, "learning_rate": rate}',
        "how",
        (SWEEP,),
    ),
    Bug(
        "a sweep shows one rate alone",
        "replications/rates.py",
        'for variant in how["variants"] for rate in grid}',
        'for variant in how["variants"] for rate in grid[:1]}',
        (SWEEP,),
    ),
]
