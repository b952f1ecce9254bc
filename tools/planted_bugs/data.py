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
        (VOCABULARY,),
    ),
    Bug(
        "ids are one off: a special token is missing",
        "data/vocabulary.py",
        'SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")',
        'SPECIALS = ("<bos>", "<eos>", "<unk>")',
        (VOCABULARY,),
    ),
    Bug(
        "a word must occur once more than asked for",
        "data/vocabulary.py",
        "counts[word] >= min_count",
        "counts[word] > min_count",
        (VOCABULARY,),
    ),
    Bug(
        "words of equal frequency come in chance order",
        "data/vocabulary.py",
        "(-counts[word], word)",
        "-counts[word]",
        (VOCABULARY,),
    ),
    Bug(
        "sentences get no end mark",
        "data/vocabulary.py",
        "return [*ids, EOS]",
        "return ids",
        (VOCABULARY,),
    ),
    Bug(
        "decoding goes on after the end mark",
        "data/vocabulary.py",
        "                break\n            if i not in",
        "                continue\n            if i not in",
        (VOCABULARY,),
    ),
    Bug(
        "padding is read out as words",
        "data/vocabulary.py",
        "if i not in (PAD, BOS):",
        "if i != BOS:",
        (VOCABULARY,),
    ),
    # --- batches ---
    Bug(
        "the decoder reads the word that it must say",
        "data/batches.py",
        "[[BOS, *target[:-1]] for _, target in examples]",
        "[target for _, target in examples]",
        (BATCHES,),
    ),
    Bug(
        "the decoder's input is shifted without a beginning",
        "data/batches.py",
        "[BOS, *target[:-1]]",
        "[*target[1:], PAD]",
        (BATCHES,),
    ),
    Bug(
        "the mask has one position too many",
        "data/batches.py",
        "torch.arange(longest) < lengths",
        "torch.arange(longest) <= lengths",
        (BATCHES,),
    ),
    Bug(
        "the mask is True on padding",
        "data/batches.py",
        "torch.arange(longest) < lengths",
        "torch.arange(longest) >= lengths",
        (BATCHES,),
    ),
    Bug(
        "padding stands before the words",
        "data/batches.py",
        "row + [PAD] * (longest - len(row)) for",
        "[PAD] * (longest - len(row)) + row for",
        (BATCHES,),
    ),
    Bug(
        "the sources are not those of the targets",
        "data/batches.py",
        "make_batch([examples[j] for j in rows])",
        "make_batch([(examples[j][0], examples[k][1]) for j, k in zip(rows, rows[::-1])])",
        (BATCHES,),
    ),
    Bug(
        "nothing is sorted by length",
        "data/batches.py",
        "            fetched.sort(key=lambda j: (len(examples[j][0]), len(examples[j][1])))\n",
        "",
        (BATCHES,),
    ),
    Bug(
        "batches come from short to long",
        "data/batches.py",
        "for k in torch.randperm(len(starts), generator=generator).tolist():",
        "for k in range(len(starts)):",
        (BATCHES,),
    ),
    Bug(
        "every epoch has the same order",
        "data/batches.py",
        "shuffled = torch.randperm(len(examples), generator=generator).tolist()",
        "shuffled = list(range(len(examples)))",
        (BATCHES,),
    ),
    Bug(
        "batches are sorted over the whole corpus",
        "data/batches.py",
        "range(0, len(shuffled), pool * batch_size)",
        "range(0, len(shuffled), len(shuffled))",
        (BATCHES,),
    ),
    Bug(
        "the last, smaller batch is left out",
        "data/batches.py",
        "starts = range(0, len(fetched), batch_size)",
        "starts = range(0, len(fetched) - batch_size + 1, batch_size)",
        (BATCHES,),
    ),
    Bug(
        "evaluation leaves out the last, smaller batch",
        "data/batches.py",
        "range(0, len(examples), batch_size)",
        "range(0, len(examples) - batch_size + 1, batch_size)",
        (BATCHES,),
    ),
    Bug(
        "randomness does not come from the generator given",
        "data/batches.py",
        "shuffled = torch.randperm(len(examples), generator=generator)",
        "shuffled = torch.randperm(len(examples))",
        (BATCHES,),
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
