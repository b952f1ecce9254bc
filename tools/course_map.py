"""Draw book/figures/course-map.svg: how the chapters hang together.

    python tools/course_map.py

A chapter whose source lies in book/ is drawn as a filled card, one that is still to come in
outline; so this is run again when a chapter is added, and a test fails where it was not.
The picture is narrow and tall so that its words can be read on a phone.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "book" / "figures" / "course-map.svg"

WIDTH = 444
LEFT, RIGHT, FULL = (18, 198), (228, 198), (18, 408)  # a card's x and width
GAP = 24  # between two rows of cards
HEADING = 34
INSET = 12
TITLE, SMALL = 15, 13.5  # font sizes
LINE = 18
TITLE_GAP = 4  # keeps the number's circle off the text below
# The rails run outside the cards: for arrows that pass chapters by.
LEFT_RAIL, RIGHT_RAIL = 8, WIDTH - 8


@dataclass(frozen=True)
class Chapter:
    """One card. paper: what it reads. leaves: what it leaves open, for the chapters after it."""

    title: str
    paper: str
    leaves: str


CHAPTERS = {
    1: Chapter(
        "One vector for a sentence",
        "arXiv 1406.1078, 1409.3215 · 2014",
        "what does not fit into the vector is lost",
    ),
    2: Chapter(
        "Bahdanau: look again at every word",
        "arXiv 1409.0473 · 2014",
        "which score is best, and must it be words that are looked at?",
    ),
    3: Chapter(
        "Show, Attend and Tell",
        "arXiv 1502.03044 · 2015",
        "words look at a picture: what else can look at what?",
    ),
    4: Chapter(
        "Luong and the family of scores",
        "arXiv 1508.04025 · 2015",
        "a recurrent network still goes word by word",
    ),
    5: Chapter("ConvS2S", "arXiv 1705.03122 · 2017", "one layer sees only a few words"),
    6: Chapter("WaveNet", "arXiv 1609.03499 · 2016", "who says what is to be spoken, and when?"),
    7: Chapter(
        "Deep Voice",
        "arXiv 1702.07825 · 2017",
        "durations come from a table, not from attention",
    ),
    8: Chapter("ByteNet", "arXiv 1610.10099 · 2016", "far words are still many layers apart"),
    9: Chapter(
        "Self-attention",
        "words of one sentence look at each other",
        "it knows no order, and has a single view",
    ),
    10: Chapter(
        "The Transformer",
        "arXiv 1706.03762 · 2017",
        "as many layers for an easy word as for a hard one",
    ),
    11: Chapter(
        "The Universal Transformer",
        "arXiv 1807.03819 · 2018",
        "every further step has its price",
    ),
    12: Chapter(
        "The self-attention GAN",
        "arXiv 1805.08318 · 2018",
        "each place looks at each other: what does that cost?",
    ),
    13: Chapter(
        "One attention, many modalities",
        "words, pictures, speech",
        "when is it worth it?",
    ),
    14: Chapter(
        "What attention costs and what it bought",
        "all models of the course, side by side",
        "",
    ),
}
# The rows of each part, left to right; 0 keeps a place free, for the arrow from 10 to 13.
PARTS = {
    "I · Recurrence": [[1], [2], [4, 3]],
    "II · Convolution": [[5, 6], [8, 7]],
    "III · Attention alone": [[9], [10], [11, 0]],
    "IV · Beyond sentences": [[12, 13], [14]],
}


@dataclass(frozen=True)
class Card:
    """A chapter with its place on the picture."""

    number: int
    x: float
    y: float
    width: float
    height: float

    @property
    def chapter(self) -> Chapter:
        return CHAPTERS[self.number]

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def place(row: list[int], y: float) -> list[Card]:
    """The cards of one row, equally high."""
    spans = [FULL] if len(row) == 1 else [LEFT, RIGHT]
    numbered = [(number, *span) for number, span in zip(row, spans, strict=True) if number]
    texts = [lines(CHAPTERS[number], width) for number, _, width in numbered]
    height = max(LINE * sum(map(len, text)) for text in texts) + 2 * INSET - 4 + TITLE_GAP
    return [Card(number, x, y, width, height) for number, x, width in numbered]


def lines(chapter: Chapter, width: float) -> tuple[list[str], list[str], list[str]]:
    """Title, paper and what is left open, broken to the card's width."""

    def broken(text: str, size: float, spare: float) -> list[str]:
        # 0.53 of the size is the mean width of a letter in the widest of the usual fonts.
        return textwrap.wrap(text, int((width - 2 * INSET - spare) / (0.53 * size)))

    return (
        broken(chapter.title, TITLE * 1.06, 30),
        broken(chapter.paper, SMALL, 0),
        broken(f"→ {chapter.leaves}", SMALL, 0) if chapter.leaves else [],
    )


def draw_card(card: Card) -> str:
    chapter = card.chapter
    written = any((ROOT / "book").glob(f"{card.number:02d}-*.md"))
    state = "" if written else " to-come"
    title, paper, leaves = lines(chapter, card.width)
    x, y = card.x + INSET, card.y + INSET + 11
    parts = [
        f'<g class="card{state}">',
        f'<rect x="{card.x}" y="{card.y}" width="{card.width}" height="{card.height}" rx="7"/>',
        f'<circle cx="{x + 11}" cy="{y - 5}" r="12"/>',
        f'<text class="number" x="{x + 11}" y="{y}">{card.number}</text>',
    ]
    for name, texts, indent in (("title", title, 30), ("paper", paper, 0), ("leaves", leaves, 0)):
        for text in texts:
            parts.append(f'<text class="{name}" x="{x + indent}" y="{y}">{escape(text)}</text>')
            y += LINE
        y += TITLE_GAP if name == "title" else 0
    return "\n".join([*parts, "</g>"])


def arrows(cards: dict[int, Card]) -> list[str]:
    """The ways between the cards; single arrows keep to the inner edges of the two columns."""
    inner_left, inner_right = LEFT[0] + LEFT[1] - 28, RIGHT[0] + 28
    middle = WIDTH / 2

    def down(a: int, b: int, x: float) -> str:
        return f"M{x} {cards[a].bottom}V{cards[b].y - 1}"

    def left_rail(leave: float, arrive: float) -> str:
        return f"M{LEFT[0]} {leave}H{LEFT_RAIL}V{arrive}H{LEFT[0] - 1}"

    def right_rail(a: int, b: int) -> str:
        edge = RIGHT[0] + RIGHT[1]
        return f"M{edge} {cards[a].middle}H{RIGHT_RAIL}V{cards[b].middle}H{edge + 1}"

    return [
        down(1, 2, middle),
        down(2, 4, inner_left),
        down(2, 3, inner_right),
        down(4, 5, inner_left),
        f"M{LEFT[0] + LEFT[1]} {cards[5].middle}H{RIGHT[0] - 1}",
        down(5, 8, inner_left),
        f"M{inner_right - 12} {cards[6].bottom}L{inner_left + 13} {cards[8].y - 1}",
        down(6, 7, inner_right),
        down(8, 9, inner_left),
        left_rail(cards[4].middle, cards[9].middle - 10),
        down(9, 10, middle),
        down(10, 11, inner_left),
        left_rail(cards[9].middle + 10, cards[12].middle),
        down(10, 13, inner_right),
        right_rail(3, 13),
        right_rail(7, 13),
        f"M{LEFT[0] + LEFT[1]} {cards[11].middle}H{middle}V{cards[14].y - 1}",
        down(12, 14, inner_left),
        down(13, 14, inner_right),
    ]


STYLE = """
.ground { fill: #fdfdfb; }
.part { fill: #eef2f7; }
.heading { font-size: 15px; font-weight: 700; fill: #083c82; }
.card rect { fill: #fff; stroke: #083c82; stroke-width: 2; }
.card circle { fill: #083c82; }
.number { font-size: 13px; font-weight: 700; fill: #fff; text-anchor: middle; }
.title { font-weight: 700; }
.paper { font-size: 13.5px; fill: #494f57; }
.leaves { font-size: 13.5px; font-style: italic; }
.to-come rect { fill: none; stroke: #6b727b; stroke-width: 1.2; stroke-dasharray: 5 4; }
.to-come circle { fill: #fdfdfb; stroke: #6b727b; }
.to-come .number { fill: #1f2328; }
.to-come .title { font-weight: 500; }
.way { fill: none; stroke: #b34700; stroke-width: 1.6; marker-end: url(#head); }
"""

DESCRIPTION = (
    "A map of fourteen chapters in four parts. From 1, one vector for a sentence, an arrow "
    "leads to 2, Bahdanau; from there to 3, Show, Attend and Tell, and to 4, Luong. 4 leads to "
    "5, ConvS2S, and to 9, self-attention; 5 to 6, WaveNet, and 8, ByteNet; 6 to 7, Deep Voice, "
    "and 8; 8 to 9. 9 leads to 10, the Transformer, and to 12, the self-attention GAN; 10 to "
    "11, the Universal Transformer, and to 13, one attention, many modalities, where 3 and 7 "
    "lead as well. 11, 12 and 13 lead to 14, what attention costs and what it bought."
)


def draw() -> str:
    """The whole picture, as SVG."""
    y = 62.0
    panels: list[str] = []
    cards: dict[int, Card] = {}
    for name, rows in PARTS.items():
        top = y
        y += HEADING
        for row in rows:
            placed = place(row, y)
            cards.update({card.number: card for card in placed})
            y = placed[0].bottom + GAP
        panels.append(
            f'<rect class="part" x="2" y="{top}" width="{WIDTH - 4}" height="{y - top - 6}" '
            f'rx="8"/>\n<text class="heading" x="{LEFT[0]}" y="{top + 22}">{name}</text>'
        )
        y += 4
    height = y
    body = "\n".join(
        [
            f'<rect class="ground" width="{WIDTH}" height="{height}" rx="8"/>',
            '<g class="card"><rect x="18" y="14" width="26" height="16" rx="4"/></g>',
            '<text class="paper" x="52" y="27">can be read now</text>',
            '<g class="to-come"><rect x="228" y="14" width="26" height="16" rx="4"/></g>',
            '<text class="paper" x="262" y="27">to come</text>',
            '<text class="leaves" x="18" y="50">'
            "→ what a chapter leaves open, for those its arrows lead to</text>",
            *panels,
            *(draw_card(card) for card in cards.values()),
            *(f'<path class="way" d="{way}"/>' for way in arrows(cards)),
        ]
    )
    fonts = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', Arial, sans-serif"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-labelledby="title desc" font-family="{fonts}" '
        f'font-size="{TITLE}" fill="#1f2328">\n'
        '<title id="title">The map of the course</title>\n'
        f'<desc id="desc">{DESCRIPTION}</desc>\n'
        f"<style>{STYLE}</style>\n"
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
        '<path d="M0 0 8 4 0 8Z" fill="#b34700"/></marker></defs>\n'
        f"{body}\n</svg>\n"
    )


if __name__ == "__main__":
    TARGET.write_text(draw(), encoding="utf-8")
    print(TARGET.relative_to(ROOT))
