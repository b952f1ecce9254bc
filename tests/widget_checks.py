"""What every figure of `attention_course.widgets` has to keep, as HTML and on a page."""

from __future__ import annotations

import re

from browser import open_page
from hypothesis import strategies as st
from selenium import webdriver
from widget_reader import Page, Reader

HOSTILE = ["</script>", "<!--", '"><img src=x onerror=alert(1)>', "'", "&amp;", "a&b", "<eos>"]
# A page cannot hold control characters; a parser may also join a carriage return to what follows.
ANY_WORD = st.text(
    st.characters(exclude_categories=["C"]), min_size=1, max_size=8
) | st.sampled_from([*HOSTILE, "]]>"])


def assert_made_of(page: Page, tags: str) -> None:
    """No other tags than these are in it, and one script."""
    assert {node.tag for node in page.nodes} <= set(tags.split())
    assert len(page.named("script")) == 1


def id_of(html: str) -> str:
    """The id of a figure's outermost element."""
    return str(Page(html).nodes[0].attributes["id"])


def assert_all_different(ids: list[str]) -> None:
    """No id stands twice, and each has the form that all have."""
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"attention-[0-9a-f]{10}", name) for name in ids)


def assert_fetches_nothing_and_does_not_move(html: str) -> None:
    """Its pictures stand in it, and a namespace is a name, no address."""
    html = re.sub(r"url\(data:image/png;base64,[\w+/=]+\)", "", html)
    html = html.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|//\w|@import|url\(|fetch|import\(|src=", html)
    assert not re.search(r"transition|animation|smooth", html)


def three_readers(browser: webdriver.Chrome, page: str) -> list[Reader]:
    """Of a page with three figures, which asks for nothing but itself and complains of nothing."""
    visit = open_page(browser, page)
    assert visit.external == [page]
    assert visit.failed == []
    assert visit.console == []
    return [Reader(browser, number) for number in range(3)]
