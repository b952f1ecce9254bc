"""What a page of HTML holds, read without mercy: what is left open or closed twice is an error."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "link", "br", "img", "input", "hr", "source"}
APART = {"td", "th", "dt", "dd", "li", "p", "h1", "h2", "h3", "h4", "caption", "summary"}
ALONE = {"path", "rect"}  # of SVG, written <rect/>


class Markup(HTMLParser):
    """The parts of a page that tests look at.

    Attributes:
        errors: tags that do not fit each other.
        text: all text that is read, without style and script.
        headings: the levels, in order.
        ids: of all elements.
        links: href of all links.
        tags: every tag that occurs.
        attributes: (tag, name, value) of every attribute.
    """

    def __init__(self, page: Path | str) -> None:
        super().__init__()
        self.errors: list[str] = []
        self.text = ""
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self._open: list[str] = []
        self.source = page if isinstance(page, str) else page.read_text(encoding="utf-8")
        self.feed(self.source)
        self.close()
        self.errors += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.text += " " if tag in APART else ""
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"] or "")
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag[0] == "h" and tag[1:].isdigit():
            self.headings.append(int(tag[1:]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in ALONE:
            self._open.pop()
        else:
            self.errors.append(f"<{tag}/> closes nothing in HTML")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.errors.append(f"</{tag}> at {self.getpos()} closes another tag")

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self._open):
            self.text += data


def words(page: Path | str) -> str:
    """The text of a page with single spaces."""
    return " ".join(Markup(page).text.split())
