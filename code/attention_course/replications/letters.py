"""A generator of letters: what it learns from, its loss, and how what it writes is judged."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_course.data.batches import Batch, in_order
from attention_course.data.grammar.parse import parse
from attention_course.data.pairs import Corpus, Pair
from attention_course.data.vocabulary import BOS, EOS, Vocabulary
from attention_course.models.small_transformers import TextGenerator
from attention_course.training import NOT_COUNTED, mean_loss, widened


def spelled(corpus: Corpus) -> Corpus:
    """The source sentences letter by letter, as source and as target."""

    def letters(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
        texts = [tuple(" ".join(pair.source)) for pair in pairs]
        return tuple(Pair(text, text) for text in texts)

    train, validation, test = map(letters, (corpus.train, corpus.validation, corpus.test))
    known = Vocabulary(sorted({letter for pair in train for letter in pair.source}))
    return Corpus(f"{corpus.name}, letters", train, validation, test, known, known)


def next_symbol_loss(model: nn.Module, batch: Batch) -> Tensor:
    """Mean cross-entropy of the next symbol over all targets, their ends included, in nats."""
    logits, _ = model(batch.target_in)
    targets = batch.target_out.masked_fill(~batch.target_mask, NOT_COUNTED)
    return F.cross_entropy(
        widened(logits).flatten(0, 1), targets.flatten(), ignore_index=NOT_COUNTED
    )


def written(model: TextGenerator, corpus: Corpus, *, count: int, seed: int) -> list[str]:
    """Texts that the generator writes; the longest is twice as long as the longest it learnt."""
    longest = 2 * max(len(pair.target) for pair in corpus.train)
    generator = torch.Generator().manual_seed(seed)
    rows = model.write(BOS, EOS, count=count, longest=longest, generator=generator)
    return ["".join(corpus.target_vocabulary.decode(row)) for row in rows]


def is_sentence(text: str) -> bool:
    """Whether the grammar has this English sentence."""
    try:
        parse(text.split(" "))
    except ValueError:
        return False
    return True


def of_generator(model: TextGenerator, corpus: Corpus, *, seed: int) -> dict[str, float]:
    """How well a generator of letters does, by 200 texts that it writes and by the test texts.

    Returns:
        "loss": nats for each letter of the test texts. Of the texts written: "words", the share of
        their words that are words of the training texts; "sentences", the share that the grammar
        has; "new", the share of these that are not in the training texts.
    """
    batches = list(in_order(corpus.encode(corpus.test), 100))
    known = {"".join(pair.target) for pair in corpus.train}
    vocabulary = {word for text in known for word in text.split()}
    texts = written(model, corpus, count=200, seed=seed)
    words = [word for text in texts for word in text.split()]
    sentences = [text for text in texts if is_sentence(text)]
    return {
        "loss": mean_loss(model, batches, next_symbol_loss),
        "words": sum(word in vocabulary for word in words) / max(1, len(words)),
        "sentences": len(sentences) / len(texts),
        "new": sum(text not in known for text in sentences) / max(1, len(sentences)),
    }
