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
        (TESTS,),
    ),
    Bug(
        "the loss counts padding alone",
        FILE,
        "masked_fill(~batch.target_mask",
        "masked_fill(batch.target_mask",
        (TESTS,),
    ),
    Bug(
        "the decoder is given the words that it must say",
        FILE,
        "model(batch.source, batch.source_mask, batch.target_in)",
        "model(batch.source, batch.source_mask, batch.target_out)",
        (TESTS,),
    ),
    Bug(
        "label smoothing is left out",
        FILE,
        "        label_smoothing=label_smoothing,\n    )",
        "    )",
        (TESTS,),
    ),
    Bug(
        "the mean of batches instead of tokens",
        FILE,
        "* batch.tokens\n            tokens += batch.tokens",
        "\n            tokens += 1",
        (TESTS,),
    ),
    Bug(
        "the loss is validated with dropout",
        FILE,
        "    with evaluating(model):\n        for batch",
        "    with torch.no_grad():\n        for batch",
        (TESTS,),
    ),
    Bug(
        "the loss is validated with label smoothing",
        FILE,
        "mean_loss(model, validation, loss)",
        "mean_loss(model, validation, lambda m, b: loss(m, b, **smoothing))",
        (TESTS,),
    ),
    Bug(
        "the model's mode is not given back",
        FILE,
        "model.train(was_training)",
        "model.train()",
        (TESTS,),
    ),
    Bug(
        "gradients pile up from step to step",
        FILE,
        "            updates.zero_grad(set_to_none=True)\n",
        "",
        (TESTS,),
    ),
    Bug(
        "the gradient is not clipped",
        FILE,
        "math.inf if clip is None else clip",
        "math.inf",
        (TESTS,),
    ),
    Bug(
        "the schedule counts from zero",
        FILE,
        "rate * schedule(step)",
        "rate * schedule(max(step - 1, 1))",
        (TESTS,),
    ),
    Bug(
        "the schedule's factors are multiplied up",
        FILE,
        'group["lr"] = rate * schedule(step)',
        'group["lr"] *= schedule(step)',
        (TESTS,),
    ),
    Bug(
        "the rise of the Noam schedule has a wrong power",
        FILE,
        "warmup**-1.5",
        "warmup**-0.5",
        (TESTS,),
    ),
    Bug(
        "the cosine reaches zero one step early",
        FILE,
        "(steps + 1 - peak)",
        "(steps - peak)",
        (TESTS,),
    ),
    Bug(
        "a loss that is not finite passes",
        FILE,
        "if not (math.isfinite(now) and math.isfinite(length)):",
        "if False:",
        (TESTS,),
    ),
    Bug(
        "an interruption throws away what was learnt",
        FILE,
        "        history.interrupted = True",
        "        history = History(interrupted=True)",
        (TESTS,),
    ),
    Bug(
        "the model is left in training mode",
        FILE,
        "        bar.close()\n        model.eval()",
        "        bar.close()",
        (TESTS,),
    ),
]
