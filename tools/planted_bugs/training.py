"""What the training loop and its loss do wrong."""

from __future__ import annotations

from planted_bugs.bug import Bug

FILE = "training.py"
TESTS = "tests/test_training.py"

BUGS: list[Bug] = [
    Bug(
        "padding counts in the loss",
        FILE,
        "batch.target_out.masked_fill(~batch.target_mask, NOT_COUNTED)",
        "batch.target_out",
        (f"{TESTS}::test_the_loss_is_torchs_over_the_real_tokens",),
    ),
    Bug(
        "the loss counts padding alone",
        FILE,
        "masked_fill(~batch.target_mask",
        "masked_fill(batch.target_mask",
        (f"{TESTS}::test_the_loss_is_torchs_over_the_real_tokens",),
    ),
    Bug(
        "the decoder is given the words that it must say",
        FILE,
        "model(batch.source, batch.source_mask, batch.target_in)",
        "model(batch.source, batch.source_mask, batch.target_out)",
        (f"{TESTS}::test_the_loss_is_torchs_over_the_real_tokens",),
    ),
    Bug(
        "label smoothing is left out",
        FILE,
        "        label_smoothing=label_smoothing,\n    )",
        "    )",
        (f"{TESTS}::test_the_loss_is_torchs_over_the_real_tokens",),
    ),
    Bug(
        "the mean of batches instead of tokens",
        FILE,
        "* batch.tokens\n            tokens += batch.tokens",
        "\n            tokens += 1",
        (f"{TESTS}::test_the_mean_loss_weighs_batches_by_their_tokens",),
    ),
    Bug(
        "the loss is validated with dropout",
        FILE,
        "    with evaluating(model):\n        for batch",
        "    with torch.no_grad():\n        for batch",
        (f"{TESTS}::test_dropout_is_on_while_training_and_off_while_validating_and_afterwards",),
    ),
    Bug(
        "the loss is validated with label smoothing",
        FILE,
        "mean_loss(model, validation, loss)",
        "mean_loss(model, validation, lambda m, b: loss(m, b, **smoothing))",
        (f"{TESTS}::test_label_smoothing_is_in_training_and_not_in_validation",),
    ),
    Bug(
        "the model's mode is not given back",
        FILE,
        "model.train(was_training)",
        "model.train()",
        (f"{TESTS}::test_evaluating_gives_back_the_mode",),
    ),
    Bug(
        "gradients pile up from step to step",
        FILE,
        "            updates.zero_grad(set_to_none=True)\n",
        "",
        (f"{TESTS}::test_another_loss_is_called_with_model_and_batch_alone",),
    ),
    Bug(
        "the gradient is not clipped",
        FILE,
        "math.inf if clip is None else clip",
        "math.inf",
        (f"{TESTS}::test_the_gradient_is_clipped_to_the_length_given",),
    ),
    Bug(
        "the schedule counts from zero",
        FILE,
        "rate * schedule(step)",
        "rate * schedule(max(step - 1, 1))",
        (f"{TESTS}::test_the_schedule_is_a_factor_on_each_groups_rate",),
    ),
    Bug(
        "the schedule's factors are multiplied up",
        FILE,
        'group["lr"] = rate * schedule(step)',
        'group["lr"] *= schedule(step)',
        (f"{TESTS}::test_the_schedule_is_a_factor_on_each_groups_rate",),
    ),
    Bug(
        "the rise of the Noam schedule has a wrong power",
        FILE,
        "warmup**-1.5",
        "warmup**-0.5",
        (f"{TESTS}::test_noam_is_the_papers_schedule",),
    ),
    Bug(
        "the cosine reaches zero one step early",
        FILE,
        "(steps + 1 - peak)",
        "(steps - peak)",
        (f"{TESTS}::test_cosine_rises_evenly_and_falls_along_half_a_cosine",),
    ),
    Bug(
        "a loss that is not finite passes",
        FILE,
        "if not (math.isfinite(now) and math.isfinite(length)):",
        "if False:",
        (f"{TESTS}::test_a_number_that_is_none_stops_training_before_it_spoils_the_weights",),
    ),
    Bug(
        "an interruption throws away what was learnt",
        FILE,
        "        history.interrupted = True",
        "        history = History(interrupted=True)",
        (f"{TESTS}::test_an_interruption_keeps_what_was_learnt",),
    ),
    Bug(
        "the model is left in training mode",
        FILE,
        "        bar.close()\n        model.eval()",
        "        bar.close()",
        (f"{TESTS}::test_dropout_is_on_while_training_and_off_while_validating_and_afterwards",),
    ),
]
