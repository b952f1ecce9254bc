"""Sphinx extension: pages that need nothing but the site itself.

MathJax and its fonts come from the package sphinx-mathjax-offline. Its own extension would copy all
of it (24 MB); this one copies what the pages can load (4 MB). Links to the site's public address,
as the generated notebooks have them, become links within the site.
"""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

FILES = ("tex-chtml.js", "input/tex/extensions", "output/chtml/fonts")


def copy_mathjax(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    # Its folder has a dash in its name, so it cannot be imported to ask where it lies.
    package = importlib.metadata.distribution("sphinx-mathjax-offline")
    source = Path(str(package.locate_file("sphinx-mathjax-offline/static/mathjax")))
    target = Path(app.outdir) / "_static" / "mathjax"
    for name in FILES:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, dirs_exist_ok=True)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / name)


def keep_links_inside(app: Sphinx, doctree: nodes.document, page: str) -> None:
    site = app.config.html_baseurl
    for link in doctree.findall(nodes.reference):
        uri = link.get("refuri", "")
        if uri.startswith(site):
            path, hash_, anchor = uri[len(site) :].partition("#")
            target = app.builder.get_relative_uri(page, path.removesuffix(".html"))
            link["refuri"] = target + hash_ + anchor
            link["internal"] = True


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", copy_mathjax)
    app.connect("doctree-resolved", keep_links_inside)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
