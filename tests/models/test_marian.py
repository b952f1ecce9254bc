"""The Transformer against Marian as Hugging Face have it: outputs, gradients, searches.

Marian is post-norm, with embeddings times √d, and has no normalisation at the end, as in the paper.
Its sinusoids are of the same wavelengths, but all sines come first. It is made from a
configuration; nothing is downloaded.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch
import twins
from attention_course.data.vocabulary import BOS, EOS, PAD
from attention_course.decoding import beam_search, greedy
from attention_course.models.positions import sinusoids
from attention_course.models.transformer import Tied, Transformer
from torch import Tensor, nn
from transformers import MarianConfig, MarianMTModel
from translators import close, shaken

D, HEADS, LAYERS, D_FF, VOCABULARY = 16, 4, 2, 24, 15
SOURCE = torch.randint(4, VOCABULARY, (4, 6), generator=torch.Generator().manual_seed(1))
TARGET = torch.randint(4, VOCABULARY, (4, 5), generator=torch.Generator().manual_seed(2))
each_tied = pytest.mark.parametrize("tied", ["all", "none"])
MASK = torch.arange(6) < torch.tensor([6, 2, 4, 3])[:, None]


class SinesFirst(nn.Module):
    """Marian's positions."""

    def forward(self, positions: Tensor) -> Tensor:
        return sinusoids(positions, D).unflatten(-1, (-1, 2)).mT.flatten(-2)


def marian(shared: bool) -> Any:
    """Their model in double precision; with all embeddings and the output shared, or none."""
    configuration = MarianConfig(
        vocab_size=VOCABULARY,
        d_model=D,
        encoder_layers=LAYERS,
        decoder_layers=LAYERS,
        encoder_attention_heads=HEADS,
        decoder_attention_heads=HEADS,
        encoder_ffn_dim=D_FF,
        decoder_ffn_dim=D_FF,
        activation_function="relu",
        scale_embedding=True,
        share_encoder_decoder_embeddings=shared,
        tie_word_embeddings=shared,
        max_position_embeddings=32,
        pad_token_id=PAD,
        eos_token_id=EOS,
        forced_eos_token_id=None,
        decoder_start_token_id=BOS,
    )
    return MarianMTModel(configuration).double().eval()


def attention(ours: Any, theirs: Any) -> list[twins.Pair]:
    return [
        *twins.affine(ours.W_Q, theirs.q_proj),
        *twins.affine(ours.W_K, theirs.k_proj),
        *twins.affine(ours.W_V, theirs.v_proj),
        *twins.affine(ours.W_O, theirs.out_proj),
    ]


def layer(ours: Any, theirs: Any) -> list[twins.Pair]:
    """What layers of encoder and decoder have in common."""
    return [
        *attention(ours.attention, theirs.self_attn),
        *twins.norm(ours.around_attention, theirs.self_attn_layer_norm),
        *twins.affine(ours.feed_forward.W_1, theirs.fc1),
        *twins.affine(ours.feed_forward.W_2, theirs.fc2),
        *twins.norm(ours.around_feed_forward, theirs.final_layer_norm),
    ]


def both(tied: Tied) -> tuple[Transformer, Any, list[twins.Pair]]:
    """Our model, theirs with the same weights, and the pairs of parameters."""
    sizes = {"d": D, "heads": HEADS, "layers": LAYERS, "d_ff": D_FF, "dropout": 0.0}
    ours = Transformer(VOCABULARY, VOCABULARY, **sizes, tied=tied).double()
    ours.positions = SinesFirst()
    theirs = marian(shared=tied == "all")
    pairs = [twins.Pair(ours.output.weight, theirs.lm_head.weight)]
    if tied == "none":
        pairs.append(twins.Pair(ours.E_source.weight, theirs.model.encoder.embed_tokens.weight))
        pairs.append(twins.Pair(ours.E_target.weight, theirs.model.decoder.embed_tokens.weight))
    for our, their in zip(ours.encoder, theirs.model.encoder.layers, strict=True):
        pairs += layer(our, their)
    for our, their in zip(ours.decoder, theirs.model.decoder.layers, strict=True):
        pairs += layer(our, their)
        pairs += attention(our.cross_attention, their.encoder_attn)
        pairs += twins.norm(our.around_cross_attention, their.encoder_attn_layer_norm)
    return ours, theirs, pairs


@each_tied
def test_nothing_is_left_out(tied: Tied) -> None:
    """Every parameter of ours has its twin; theirs are more by biases and by fixed positions."""
    ours, theirs, pairs = both(tied)
    assert {id(pair.ours) for pair in pairs} == {id(p) for p in ours.parameters()}
    copied = {id(pair.theirs) for pair in pairs}
    left = {name for name, p in theirs.named_parameters() if id(p) not in copied}
    assert all("_proj.bias" in name or "embed_positions" in name for name in left)


@each_tied
def test_marian_says_the_same(tied: Tied) -> None:
    ours, theirs, pairs = both(tied)
    shaken(ours)
    twins.copy(pairs)
    logits, _ = ours(SOURCE, MASK, TARGET)
    said = theirs(SOURCE, MASK, TARGET, use_cache=False).logits
    close(logits, said)
    into = torch.randn_like(logits)
    logits.backward(into)
    said.backward(into)
    twins.same_gradients(pairs)


def test_marian_looks_where_ours_does() -> None:
    ours, theirs, pairs = both("all")
    shaken(ours)
    twins.copy(pairs)
    theirs.set_attn_implementation("eager")
    looked = theirs(SOURCE, MASK, TARGET, output_attentions=True)
    for got, expected in zip(
        ours.looks(SOURCE, MASK, TARGET),
        (looked.encoder_attentions, looked.decoder_attentions, looked.cross_attentions),
        strict=True,
    ):
        close(got, torch.stack(expected, dim=1))


@pytest.mark.parametrize("width", [1, 4])
def test_marian_finds_the_same(width: int) -> None:
    """Greedily and with a beam; this seed makes sentences that differ, and some that end."""
    torch.manual_seed(39)
    ours, theirs, pairs = both("none")
    nn.init.normal_(ours.output.weight)
    twins.copy(pairs)
    if width == 1:
        found = greedy(ours.eval(), SOURCE, MASK, max_length=8)
    else:
        found = [best for (best,) in beam_search(ours, SOURCE, MASK, width=width, max_length=8)]
    generated = theirs.generate(
        SOURCE,
        attention_mask=MASK.long(),
        num_beams=width,
        early_stopping=width > 1,
        length_penalty=0.0,
        max_new_tokens=8,
        do_sample=False,
        output_scores=width > 1,
        return_dict_in_generate=True,
    )
    for hypothesis, tokens in zip(found, generated.sequences.tolist(), strict=True):
        assert hypothesis.tokens == tokens[1 : len(hypothesis.tokens) + 1]
    assert {hypothesis.ended for hypothesis in found} == {True, False}
    if width > 1:
        scores = [hypothesis.log_probability for hypothesis in found]
        assert scores == pytest.approx(generated.sequences_scores.tolist(), abs=1e-5)
