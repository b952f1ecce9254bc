"""Turn MyST Markdown into plain Markdown, for Colab and Jupyter, which know no MyST.

On the site a page says {term}`softmax`, {cite}`bahdanau2015` or {eq}`eq-score`; in a notebook a
reader would see just that. Here a term becomes its word, a citation its authors and year, a
reference to an equation its number, a figure a picture, and links lead to the site. What has no
plain form here is refused, so that nothing unreadable is ever published.
"""

from __future__ import annotations

import functools
import posixpath
import re
from pathlib import Path

import yaml
from pybtex.database import parse_file

ROOT = Path(__file__).resolve().parent.parent
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
SITE = CONFIG["html"]["baseurl"].rstrip("/")

ADMONITIONS = ("note", "tip", "important", "warning", "hint", "seealso")
LABELLED = re.compile(r"\$\$[ \t]*\(([\w-]+)\)[ \t]*$", re.MULTILINE)
ROLE = re.compile(r"\{([a-z:]+)\}`([^`]+)`")
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)")
# ```{figure} with :name:, or the metadata of a cell that draws a figure
FIGURE_NAME = re.compile(r"^(?:```\{figure\}.*\n|  figure:\n)\s*:?name:\s*([\w-]+)$", re.MULTILINE)
FENCE = re.compile(r"^(?P<fence>`{3,}|:{3,})(?P<rest>.*)$")
DIRECTIVE = re.compile(r"^\{([\w-]+)\}\s*(.*)$")


@functools.cache
def equations(page: str) -> dict[str, int]:
    """The numbers that Sphinx gives to a page's labelled equations."""
    labels = LABELLED.findall(source_path(page).read_text(encoding="utf-8"))
    return {label: number for number, label in enumerate(labels, start=1)}


def source_path(page: str) -> Path:
    """The MyST source of a page, given by its path on the site, without an ending."""
    folder, name = posixpath.split(page)
    if folder == "exercises":
        folder = "exercises/solutions"
    return ROOT / folder / f"{name}.md"


@functools.cache
def bibliography() -> dict[str, tuple[str, str]]:
    """Authors and year by key, as the site's citations give them."""
    found = {}
    for key, entry in parse_file(str(ROOT / "book" / "references.bib")).entries.items():
        people = [
            " ".join(map(str, [*person.rich_prelast_names, *person.rich_last_names]))
            for person in entry.persons["author"]
        ]
        authors = " and ".join(people) if len(people) < 3 else f"{people[0]} et al."
        found[key] = (authors, entry.fields["year"])
    return found


def plain(text: str, page: str) -> str:
    """One Markdown cell of a page, without MyST.

    Raises:
        ValueError: for a role or a directive that has no plain form here, and for a link, a key or
            a label that leads nowhere; the message names it.
    """
    blocks: list[str] = []
    lines = iter(text.split("\n"))
    prose: list[str] = []
    for line in lines:
        opening = FENCE.match(line)
        if not opening:
            prose.append(line)
            continue
        blocks.append(plain_prose("\n".join(prose), page))
        prose = []
        body = []
        for inner in lines:
            if inner.strip() == opening["fence"]:
                break
            body.append(inner)
        directive = DIRECTIVE.match(opening["rest"])
        blocks.append(
            plain_directive(directive[1], directive[2], body, page)
            if directive
            else "\n".join([line, *body, opening["fence"]])
        )
    blocks.append(plain_prose("\n".join(prose), page))
    return "\n".join(block for block in blocks if block)


def plain_prose(text: str, page: str) -> str:
    text = re.sub(r"^\([\w-]+\)=\n", "", text, flags=re.MULTILINE)  # a target of references
    text = LABELLED.sub(lambda label: rf"\tag{{{equations(page)[label[1]]}}} $$", text)
    text = ROLE.sub(lambda role: plain_role(role[1], role[2], page), text)
    return LINK.sub(lambda link: f"{link[1]}[{link[2]}]({address(link[3], page)})", text)


def plain_role(name: str, content: str, page: str) -> str:
    titled = re.fullmatch(r"(.*?)\s*<(.+)>", content, re.DOTALL)
    words, target = (titled[1], titled[2]) if titled else (content, content)
    if name == "term":
        return words
    if name in ("cite", "cite:p", "cite:t"):
        return citation(target, in_text=name == "cite:t")
    if name == "doc":
        known = resolve(target, page)
        return f"[{words if titled else title(known)}]({SITE}/{known}.html)"
    if name == "eq":
        return equation(target, page)
    if name == "numref":
        return f"Fig. {figure_number(target)}"
    raise ValueError(f"{{{name}}} on {page} has no plain form in tools/plain_markdown.py")


@functools.cache
def figures() -> list[str]:
    """The names of all figures, in the order in which Sphinx numbers them."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    pages = [toc["root"], *(entry["file"] for part in toc["parts"] for entry in part["chapters"])]
    texts = [path.read_text(encoding="utf-8") for path in map(source_path, pages) if path.exists()]
    return FIGURE_NAME.findall("\n".join(texts))


def figure_number(name: str) -> int:
    if name not in figures():
        raise ValueError(f"no page has a figure named {name!r}")
    return figures().index(name) + 1


def caption(name: str, text: str, page: str) -> str:
    """A figure's caption as a paragraph, numbered as on the site."""
    return f"**Fig. {figure_number(name)}.** {plain(text.strip(), page)}"


def title(page: str) -> str:
    lines = source_path(page).read_text(encoding="utf-8").splitlines()
    return next(line[2:].strip() for line in lines if line.startswith("# "))


def equation(label: str, page: str) -> str:
    """(3), or a link to the page of the site where the equation stands."""
    if label in equations(page):
        return f"({equations(page)[label]})"
    for path in sorted((ROOT / "book").glob("[0-9][0-9]-*.md")):
        other = f"book/{path.stem}"
        if label in equations(other):
            return f"[({equations(other)[label]})]({SITE}/{other}.html#equation-{label})"
    raise ValueError(f"{page} refers to an equation {label!r}, which no chapter has")


def citation(keys: str, *, in_text: bool) -> str:
    """(Author and Other, 2015; Author et al., 2017), or Author and Other (2015) in the text."""
    parts = []
    for key in map(str.strip, keys.split(",")):
        if key not in bibliography():
            raise ValueError(f"book/references.bib has no entry {key!r}")
        authors, year = bibliography()[key]
        parts.append(f"{authors} ({year})" if in_text else f"{authors}, {year}")
    text = f"[{'; '.join(parts)}]({SITE}/book/references.html)"
    return text if in_text else f"({text})"


def plain_directive(name: str, argument: str, body: list[str], page: str) -> str:
    options = {}
    while body and (option := re.fullmatch(r":([\w-]+):\s*(.*)", body[0])):
        options[option[1]] = option[2]
        body = body[1:]
    content = "\n".join(body).strip()
    if name == "figure":
        picture = f"![{options['alt']}]({image(argument, page)})"
        return f"{picture}\n\n{caption(options['name'], content, page)}"
    content = plain(content, page)
    if name == "dropdown":
        return f"<details>\n<summary>{argument}</summary>\n\n{content}\n\n</details>"
    if name in ADMONITIONS or name == "admonition":
        title = argument if name == "admonition" else name.capitalize()
        return "\n".join(f"> {line}".rstrip() for line in f"**{title}.** {content}".split("\n"))
    raise ValueError(f"{{{name}}} on {page} has no plain form in tools/plain_markdown.py")


def resolve(target: str, page: str) -> str:
    """A path as written on a page, from the repository's root."""
    if target.startswith("/"):
        return target[1:]
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), target))


def address(target: str, page: str) -> str:
    """Where a link of a page leads for somebody who is not on the site."""
    if re.match(r"[a-z]+:", target) or target.startswith("#"):
        return target
    path, _, anchor = target.partition("#")
    path = resolve(path, page)
    stem, ending = posixpath.splitext(path)
    if ending in (".md", ".ipynb"):
        if not source_path(stem).exists():
            raise ValueError(f"{page} links to {target}, which does not exist")
        return f"{SITE}/{stem}.html" + (f"#{anchor}" if anchor else "")
    return image(target, page)


def image(target: str, page: str) -> str:
    """The site's copy of a picture: Sphinx puts all of them into one folder."""
    path = resolve(target, page)
    if not (ROOT / path).exists():
        raise ValueError(f"{page} shows {target}, which does not exist")
    return f"{SITE}/_images/{posixpath.basename(path)}"
