"""What the small models of self-attention, and the sentences that they judge, do wrong."""

from __future__ import annotations

from planted_bugs.bug import Bug

FILE, TESTS = "models/small_transformers.py", ("tests/models/test_small_transformers.py",)
SENTENCES, JUDGED = "data/agreement.py", ("tests/data/test_agreement.py",)

BUGS: list[Bug] = [
    Bug(
        "a writer of letters sees the next one",
        FILE,
        "self.stack(target, causal=True)",
        "self.stack(target)",
        TESTS,
    ),
    Bug(
        "padding has a say in what is read off",
        FILE,
        "x.masked_fill(~source_mask[..., None], -torch.inf)",
        "x",
        TESTS,
    ),
    Bug(
        "words look at padding",
        FILE,
        "None if mask is None else mask[:, None, None]",
        "None",
        TESTS,
    ),
    Bug(
        "positions are not added",
        FILE,
        "x = x + places.to(x.dtype)",
        "pass",
        TESTS,
    ),
    Bug(
        "one number for each position is spread over the whole vector",
        FILE,
        "if places.shape != x.shape[1:]:",
        "if False:",
        TESTS,
    ),
    Bug(
        "a writer does not draw",
        FILE,
        "torch.multinomial(p, 1, generator=generator)",
        "p.argmax(-1, keepdim=True)",
        TESTS,
    ),
    Bug("a writer goes on from its first letter", FILE, "[:, -1].softmax", "[:, 0].softmax", TESTS),
    Bug(
        "a writer returns what it drew after the end",
        FILE,
        "row[: row.index(end)] if end in row else row",
        "row",
        TESTS,
    ),
    Bug(
        "weights are made in training too",
        FILE,
        "need_weights=not self.training",
        "need_weights=True",
        TESTS,
    ),
    Bug(
        "the twin keeps the answer",
        SENTENCES,
        "(plural[0] == number) == (order is heads)",
        "plural[0] == number",
        JUDGED,
    ),
]
