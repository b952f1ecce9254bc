"""What the scores do wrong."""

from __future__ import annotations

from planted_bugs.bug import Bug

FILE = "evaluation.py"
TESTS = "tests/test_evaluation.py"

BUGS: list[Bug] = [
    # --- words ---
    Bug(
        "sacrebleu splits the words again",
        FILE,
        'tokenize="none", ',
        "",
        (f"{TESTS}::test_bleu_is_sacrebleus_on_the_words_as_given",),
    ),
    Bug(
        "hypotheses and references are exchanged",
        FILE,
        '"bleu": bleu(words, references).value',
        '"bleu": bleu(references, words).value',
        (f"{TESTS}::test_what_is_cut_short_is_scored_against_the_whole",),
    ),
    Bug(
        "hypotheses and references are exchanged in chrF",
        FILE,
        '"chrf": chrf(words, references).value',
        '"chrf": chrf(references, words).value',
        (f"{TESTS}::test_what_is_cut_short_is_scored_against_the_whole",),
    ),
    Bug(
        "a sentence counts as right if its first words are",
        FILE,
        "list(h) == list(r)",
        "list(h) == list(r)[: len(h)]",
        (f"{TESTS}::test_exact_match_is_the_share_of_equal_sentences",),
    ),
    # --- alignments ---
    Bug(
        "predicted and sure links are exchanged",
        FILE,
        "for a, s, p in zip(predicted, sure, possible, strict=True)",
        "for s, a, p in zip(predicted, sure, possible, strict=True)",
        (f"{TESTS}::test_the_alignment_error_rate_is_nltks",),
    ),
    Bug(
        "possible links count as sure",
        FILE,
        "len(a & s) + len(a & p)",
        "2 * len(a & p)",
        (f"{TESTS}::test_the_alignment_error_rate_is_nltks",),
    ),
    Bug(
        "the error rate is a mean over sentences",
        FILE,
        "        hits += len(a & s) + len(a & p)\n",
        "        found, wanted = found - len(a) + 1, wanted - len(s)\n"
        "        hits += (len(a & s) + len(a & p)) / max(1, len(a) + len(s))\n",
        (f"{TESTS}::test_the_alignment_error_rate_is_nltks",),
    ),
    Bug(
        "links are the strongest position of each column",
        FILE,
        "enumerate(matrix.argmax(1))}",
        "enumerate(matrix.argmax(0))}",
        (f"{TESTS}::test_links_take_the_strongest_position_of_each_row",),
    ),
    Bug(
        "links have source and target exchanged",
        FILE,
        "{(t, int(s)) for t, s in",
        "{(int(s), t) for t, s in",
        (f"{TESTS}::test_a_link_to_the_end_mark_is_no_link",),
    ),
    Bug(
        "the end mark counts as a word",
        FILE,
        "{(t, s) for t, s in links(attention) if s < attention.shape[1] - 1}",
        "links(attention)",
        (f"{TESTS}::test_a_link_to_the_end_mark_is_no_link",),
    ),
    Bug(
        "the mass around gold is one position short",
        FILE,
        "s + within + 1))",
        "s + within))",
        (f"{TESTS}::test_mass_near_gold_by_hand",),
    ),
    Bug(
        "offsets have the wrong sign",
        FILE,
        "int(strongest[t]) - s",
        "s - int(strongest[t])",
        (f"{TESTS}::test_offsets_from_gold_by_hand",),
    ),
    # --- the report ---
    Bug(
        "padding is in the loss",
        FILE,
        "(losses * batch.target_mask).sum(1)",
        "losses.sum(1)",
        (f"{TESTS}::test_the_report_of_a_model_whose_faults_are_known",),
    ),
    Bug(
        "predictions on padding count",
        FILE,
        " & batch.target_mask",
        "",
        (f"{TESTS}::test_the_report_does_not_depend_on_order_and_batches",),
    ),
    Bug(
        "translations are compared with another order's references",
        FILE,
        "[translations[i].words for i in order]",
        "[t.words for t in translations]",
        (f"{TESTS}::test_the_report_of_a_model_whose_faults_are_known",),
    ),
    Bug(
        "sentences of a full bucket fall into the next",
        FILE,
        "-(-length // bucket) * bucket",
        "(length // bucket + 1) * bucket",
        (f"{TESTS}::test_lengths_are_a_partition",),
    ),
    Bug(
        "evaluating uses dropout",
        FILE,
        "    with evaluating(model):\n        for batch",
        "    import torch\n    with torch.no_grad():\n        for batch",
        (f"{TESTS}::test_evaluating_uses_no_dropout_and_leaves_the_model_in_its_mode",),
    ),
]
