"""What the data do wrong."""

from __future__ import annotations

from planted_bugs.bug import Bug

VOCABULARY = "tests/data/test_vocabulary.py"
BATCHES = "tests/data/test_batches.py"
TRANSLATION = "tests/data/test_translation.py"
SPLITS = f"{TRANSLATION}::test_sentences_have_their_lengths_their_split_and_no_double"
MACHINES = f"{TRANSLATION}::test_the_same_corpus_on_every_machine"
GOLDEN = f"{TRANSLATION}::test_golden_pairs"

BUGS: list[Bug] = [
    # --- vocabulary ---
    Bug(
        "the largest size forgets the special tokens",
        "data/vocabulary.py",
        "kept[: max_size - len(SPECIALS)]",
        "kept[:max_size]",
        (f"{VOCABULARY}::test_build_counts_and_orders",),
    ),
    Bug(
        "ids are one off: a special token is missing",
        "data/vocabulary.py",
        'SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")',
        'SPECIALS = ("<bos>", "<eos>", "<unk>")',
        (f"{VOCABULARY}::test_decode_undoes_encode",),
    ),
    Bug(
        "a word must occur once more than asked for",
        "data/vocabulary.py",
        "counts[word] >= min_count",
        "counts[word] > min_count",
        (f"{VOCABULARY}::test_build_counts_and_orders",),
    ),
    Bug(
        "words of equal frequency come in chance order",
        "data/vocabulary.py",
        "(-counts[word], word)",
        "-counts[word]",
        (f"{VOCABULARY}::test_build_counts_and_orders",),
    ),
    Bug(
        "sentences get no end mark",
        "data/vocabulary.py",
        "return [*ids, EOS]",
        "return ids",
        (f"{VOCABULARY}::test_decode_undoes_encode",),
    ),
    Bug(
        "decoding goes on after the end mark",
        "data/vocabulary.py",
        "                break\n            if i not in",
        "                continue\n            if i not in",
        (f"{VOCABULARY}::test_decode_stops_at_the_end_and_drops_padding",),
    ),
    Bug(
        "padding is read out as words",
        "data/vocabulary.py",
        "if i not in (PAD, BOS):",
        "if i != BOS:",
        (f"{VOCABULARY}::test_decode_stops_at_the_end_and_drops_padding",),
    ),
    # --- batches ---
    Bug(
        "the decoder reads the word that it must say",
        "data/batches.py",
        "[[BOS, *target[:-1]] for _, target in examples]",
        "[target for _, target in examples]",
        (f"{BATCHES}::test_the_decoder_reads_one_token_behind",),
    ),
    Bug(
        "the decoder's input is shifted without a beginning",
        "data/batches.py",
        "[BOS, *target[:-1]]",
        "[*target[1:], PAD]",
        (f"{BATCHES}::test_the_decoder_reads_one_token_behind",),
    ),
    Bug(
        "the mask has one position too many",
        "data/batches.py",
        "torch.arange(longest) < lengths",
        "torch.arange(longest) <= lengths",
        (f"{BATCHES}::test_a_batch_holds_its_examples_and_padding_after_them",),
    ),
    Bug(
        "the mask is True on padding",
        "data/batches.py",
        "torch.arange(longest) < lengths",
        "torch.arange(longest) >= lengths",
        (f"{BATCHES}::test_a_batch_holds_its_examples_and_padding_after_them",),
    ),
    Bug(
        "padding stands before the words",
        "data/batches.py",
        "row + [PAD] * (longest - len(row)) for",
        "[PAD] * (longest - len(row)) + row for",
        (f"{BATCHES}::test_a_batch_holds_its_examples_and_padding_after_them",),
    ),
    Bug(
        "the sources are not those of the targets",
        "data/batches.py",
        "collate([examples[j] for j in rows])",
        "collate([(examples[j][0], examples[k][1]) for j, k in zip(rows, rows[::-1])])",
        (f"{BATCHES}::test_an_epoch_of_buckets_covers_the_data",),
    ),
    Bug(
        "nothing is sorted by length",
        "data/batches.py",
        "            fetched.sort(key=lambda j: (len(examples[j][0]), len(examples[j][1])))\n",
        "",
        (f"{BATCHES}::test_buckets_hold_like_lengths_in_random_order",),
    ),
    Bug(
        "batches come from short to long",
        "data/batches.py",
        "for k in torch.randperm(len(starts), generator=generator).tolist():",
        "for k in range(len(starts)):",
        (f"{BATCHES}::test_buckets_hold_like_lengths_in_random_order",),
    ),
    Bug(
        "every epoch has the same order",
        "data/batches.py",
        "shuffled = torch.randperm(len(examples), generator=generator).tolist()",
        "shuffled = list(range(len(examples)))",
        (f"{BATCHES}::test_buckets_follow_from_the_generator_and_change_with_each_epoch",),
    ),
    Bug(
        "batches are sorted over the whole corpus",
        "data/batches.py",
        "range(0, len(shuffled), pool * batch_size)",
        "range(0, len(shuffled), len(shuffled))",
        (f"{BATCHES}::test_an_epoch_of_buckets_covers_the_data",),
    ),
    Bug(
        "the last, smaller batch is left out",
        "data/batches.py",
        "starts = range(0, len(fetched), batch_size)",
        "starts = range(0, len(fetched) - batch_size + 1, batch_size)",
        (f"{BATCHES}::test_an_epoch_of_buckets_covers_the_data",),
    ),
    Bug(
        "evaluation leaves out the last, smaller batch",
        "data/batches.py",
        "range(0, len(examples), batch_size)",
        "range(0, len(examples) - batch_size + 1, batch_size)",
        (f"{BATCHES}::test_in_order_gives_every_example_once",),
    ),
    Bug(
        "randomness does not come from the generator given",
        "data/batches.py",
        "shuffled = torch.randperm(len(examples), generator=generator)",
        "shuffled = torch.randperm(len(examples))",
        (f"{BATCHES}::test_buckets_follow_from_the_generator_and_change_with_each_epoch",),
    ),
    # --- the generated corpus ---
    Bug(
        "test sentences stand in training",
        "data/translation.py",
        "        split = split_of(source)\n        if source",
        "        split = max(wanted, key=lambda s: wanted[s] - len(found[s]))\n        if source",
        (SPLITS,),
    ),
    Bug(
        "the split is another one in every process",
        "data/translation.py",
        'zlib.crc32(" ".join(source).encode())',
        'hash(" ".join(source))',
        (MACHINES,),
    ),
    Bug(
        "sentences stand twice",
        "data/translation.py",
        "if source in seen or len",
        "if len",
        (SPLITS,),
    ),
    Bug(
        "gold links have source and target exchanged",
        "data/translation.py",
        "frozenset((t, s) for t,",
        "frozenset((s, t) for t,",
        (GOLDEN,),
    ),
]
