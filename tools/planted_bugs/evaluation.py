"""What the scores do wrong."""

from __future__ import annotations

from planted_bugs.bug import Bug

FILE = "evaluation.py"
TESTS = "tests/test_evaluation.py"

BUGS: list[Bug] = [
    # --- words ---
    Bug("sacrebleu splits the words again", FILE, 'tokenize="none", ', "", (TESTS,)),
    Bug(
        "hypotheses and references are exchanged",
        FILE,
        '"bleu": bleu(words, references).value',
        '"bleu": bleu(references, words).value',
        (TESTS,),
    ),
    Bug(
        "hypotheses and references are exchanged in chrF",
        FILE,
        '"chrf": chrf(words, references).value',
        '"chrf": chrf(references, words).value',
        (TESTS,),
    ),
    Bug(
        "a sentence counts as right if its first words are",
        FILE,
        "list(h) == list(r)",
        "list(h) == list(r)[: len(h)]",
        (TESTS,),
    ),
    # --- alignments ---
    Bug(
        "predicted and sure links are exchanged",
        FILE,
        "for a, s, p in zip(predicted, sure, possible, strict=True)",
        "for s, a, p in zip(predicted, sure, possible, strict=True)",
        (TESTS,),
    ),
    Bug(
        "possible links count as sure", FILE, "len(a & s) + len(a & p)", "2 * len(a & p)", (TESTS,)
    ),
    Bug(
        "the error rate is a mean over sentences",
        FILE,
        "        hits += len(a & s) + len(a & p)\n",
        "        found, wanted = found - len(a) + 1, wanted - len(s)\n"
        "        hits += (len(a & s) + len(a & p)) / max(1, len(a) + len(s))\n",
        (TESTS,),
    ),
    Bug(
        "links are the strongest position of each column",
        FILE,
        "enumerate(matrix.argmax(1))}",
        "enumerate(matrix.argmax(0))}",
        (TESTS,),
    ),
    Bug(
        "links have source and target exchanged",
        FILE,
        "{(t, int(s)) for t, s in",
        "{(int(s), t) for t, s in",
        (TESTS,),
    ),
    Bug(
        "the end mark counts as a word",
        FILE,
        "{(t, s) for t, s in links(attention) if s < attention.shape[1] - 1}",
        "links(attention)",
        (TESTS,),
    ),
    Bug(
        "the mass around gold is one position short",
        FILE,
        "s + within + 1))",
        "s + within))",
        (TESTS,),
    ),
    Bug(
        "offsets have the wrong sign",
        FILE,
        "int(strongest[t]) - s",
        "s - int(strongest[t])",
        (TESTS,),
    ),
    # --- the report ---
    Bug(
        "padding is in the loss",
        FILE,
        "(losses * batch.target_mask).sum(1)",
        "losses.sum(1)",
        (TESTS,),
    ),
    Bug("predictions on padding count", FILE, " & batch.target_mask", "", (TESTS,)),
    Bug(
        "translations are compared with another order's references",
        FILE,
        "[translations[i].words for i in order]",
        "[t.words for t in translations]",
        (TESTS,),
    ),
    Bug(
        "sentences of a full bucket fall into the next",
        FILE,
        "-(-length // bucket) * bucket",
        "(length // bucket + 1) * bucket",
        (TESTS,),
    ),
    Bug(
        "evaluating uses dropout",
        FILE,
        "    with evaluating(model):\n        for batch",
        "    import torch\n    with torch.no_grad():\n        for batch",
        (TESTS,),
    ),
]
