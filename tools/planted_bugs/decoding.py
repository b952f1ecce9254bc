"""What the searches do wrong."""

from __future__ import annotations

from planted_bugs.bug import Bug

FILE = "decoding.py"
TESTS = "tests/test_decoding.py"

_START = "        state = model.start(source, source_mask)\n        going = list"

BUGS: list[Bug] = [
    # --- one token after the other ---
    Bug(
        "decoding begins with the end mark",
        FILE,
        "last = torch.full((count,), BOS",
        "last = torch.full((count,), EOS",
        (f"{TESTS}::test_a_beam_of_one_is_greedy_search",),
    ),
    Bug(
        "sentences that go on keep the state of those that ended",
        FILE,
        "state = state.select(rows) if kept else state",
        "state = state.select(torch.arange(len(kept)))",
        (f"{TESTS}::test_a_beam_of_one_is_greedy_search",),
    ),
    Bug(
        "the length limit depends on the batch",
        FILE,
        "(2 * source_mask.sum(1) + 10)",
        "(2 * torch.full((len(source_mask),), source_mask.shape[1]) + 10)",
        (f"{TESTS}::test_the_shape_of_what_comes_back",),
    ),
    Bug(
        "dropout is on while decoding",
        FILE,
        "with evaluating(as_module(model)):\n" + _START,
        "with torch.no_grad():\n" + _START,
        (f"{TESTS}::test_searching_leaves_the_model_as_it_was_and_uses_no_dropout",),
    ),
    Bug(
        "the temperature is the wrong way round",
        FILE,
        "(log_p / temperature)",
        "(log_p * temperature)",
        (f"{TESTS}::test_samples_follow_the_models_distribution",),
    ),
    # --- beam search ---
    Bug(
        "all beams count from the start, though they are the same",
        FILE,
        "running[:, 0] = 0.0",
        "running[:] = 0.0",
        (f"{TESTS}::test_a_wide_beam_finds_the_best_of_all_that_can_be_said",),
    ),
    Bug(
        "beams go on from the wrong state",
        FILE,
        "(kept[:, None] * width + beam_of)",
        "(kept[:, None] * width + torch.arange(width, device=device))",
        (f"{TESTS}::test_a_wide_beam_finds_the_best_of_all_that_can_be_said",),
    ),
    Bug(
        "beams of another sentence go on",
        FILE,
        "kept[:, None] * width + beam_of",
        "torch.arange(len(kept), device=device)[:, None] * width + beam_of",
        (f"{TESTS}::test_stopping_early_never_costs_a_hypothesis",),
    ),
    Bug(
        "only the last token's probability counts",
        FILE,
        "running.reshape(-1, 1) + log_p",
        "running.reshape(-1, 1).clamp(max=-torch.inf).nan_to_num(neginf=0.0) + log_p",
        (f"{TESTS}::test_a_wide_beam_finds_the_best_of_all_that_can_be_said",),
    ),
    Bug(
        "logits are added, not log-probabilities",
        FILE,
        "log_p = widened(logits).log_softmax(-1)\n            vocabulary",
        "log_p = widened(logits)\n            vocabulary",
        (f"{TESTS}::test_a_wide_beam_finds_the_best_of_all_that_can_be_said",),
    ),
    Bug(
        "a beam that has ended goes on",
        FILE,
        "if tokens[row][rank] != EOS:",
        "if True:",
        (f"{TESTS}::test_a_wide_beam_finds_the_best_of_all_that_can_be_said",),
    ),
    Bug(
        "hypotheses that left the beam come back",
        FILE,
        "elif rank < width:",
        "else:",
        (f"{TESTS}::test_narrow_beams_keep_what_a_search_by_hand_keeps",),
    ),
    Bug(
        "the search stops at the first that ends",
        FILE,
        "len(finished) >= width:",
        "len(finished) >= 1:",
        (f"{TESTS}::test_a_wide_beam_finds_the_best_of_all_that_can_be_said",),
    ),
    Bug(
        "the search stops before longer ones can win",
        FILE,
        "hope = kept_values[row][0] / length_penalty_of(limits[sentence], length_penalty)",
        "hope = kept_values[row][0] / penalty",
        (f"{TESTS}::test_stopping_early_never_costs_a_hypothesis",),
    ),
    Bug(
        "the length penalty multiplies",
        FILE,
        "EOS, value, value / penalty",
        "EOS, value, value * penalty",
        (f"{TESTS}::test_a_wide_beam_finds_the_best_of_all_that_can_be_said",),
    ),
    Bug(
        "the length penalty forgets the end mark",
        FILE,
        "length_penalty_of(step + 1, length_penalty)",
        "length_penalty_of(step, length_penalty)",
        (f"{TESTS}::test_a_wide_beam_finds_the_best_of_all_that_can_be_said",),
    ),
    Bug(
        "a hypothesis has the weights of another",
        FILE,
        "        beam = step.parents[row][beam]\n        weights.append(step.weights[row, beam])",
        "        weights.append(step.weights[row, beam])\n        beam = step.parents[row][beam]",
        (f"{TESTS}::test_each_hypothesis_has_its_own_weights",),
    ),
    # --- words in, words out ---
    Bug(
        "translations come back in the order of their lengths",
        FILE,
        "[found[i] for i in range(len(encoded))]",
        "[found[i] for i in order]",
        (f"{TESTS}::test_translations_have_words_and_weights_that_fit",),
    ),
]
