"""What stands in several places agrees, and the house keeps its layout."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from attention_course.exercises.question import KINDS
from browser import ROOT
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

REPOSITORY = "https://github.com/attention-step-by-step/course"


def tracked() -> list[Path]:
    """The files of the repository; outside git, all but what is built."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.splitlines()]
    else:
        built = {".venv", "_build", "__pycache__"}
        paths = [path for path in ROOT.rglob("*") if not built & set(path.parts)]
    return [path for path in paths if path.is_file()]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def config(name: str) -> dict:
    return yaml.safe_load(text(name))


def requirements(file: str = "requirements.txt") -> list[Requirement]:
    lines = (line.split("#")[0].strip() for line in text(file).splitlines())
    return [Requirement(line) for line in lines if line]


# one address, one version, one title


def test_the_repositorys_address_is_one() -> None:
    urls = metadata.metadata("attention-course").get_all("Project-URL") or []
    assert f"Repository, {REPOSITORY}" in urls
    assert config("_config.yml")["repository"]["url"] == REPOSITORY
    assert config("CITATION.cff")["repository-code"] == REPOSITORY
    for name in ("README.md", "index.md"):
        found = set(re.findall(r"https://github\.com/[\w-]+/[\w-]+", text(name)))
        assert found == {REPOSITORY}, name


def test_the_sites_address_is_one() -> None:
    site = config("_config.yml")["html"]["baseurl"]
    assert site.endswith("/")
    assert site in text("README.md")
    assert config("CITATION.cff")["url"] == site


def test_the_version_is_one() -> None:
    import attention_course

    assert config("CITATION.cff")["version"] == attention_course.__version__
    assert metadata.version("attention-course") == attention_course.__version__


def test_the_citation_has_what_its_format_asks_for() -> None:
    """The keys that version 1.2.0 of the format requires, and their kinds."""
    citation = config("CITATION.cff")
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(citation)
    assert all("name" in author or "family-names" in author for author in citation["authors"])
    assert citation["type"] == "software"
    assert citation["license"] == "MIT"
    assert text("LICENSE").startswith("MIT License")


# versions


def test_every_requirement_is_exact() -> None:
    loose = [
        str(item) for item in requirements() if not re.match(r"^==[\w.]+$", str(item.specifier))
    ]
    assert loose == []


def test_torch_is_the_agreed_one() -> None:
    assert [str(i.specifier) for i in requirements() if i.name == "torch"] == ["==2.13.0"]


def test_what_is_installed_is_what_is_required() -> None:
    for item in requirements():
        if item.marker is None or item.marker.evaluate():
            installed = metadata.version(item.name).split("+")[0]
            assert item.specifier.contains(installed), f"{item}, found {installed}"


def test_the_packages_needs_are_met_by_the_exact_versions() -> None:
    needs = [Requirement(line) for line in metadata.requires("attention-course") or []]
    assert needs
    for need in needs:
        exact = [item for item in requirements() if item.name == need.name]
        assert exact, f"requirements.txt lacks {need.name}"
        for item in exact:
            version = str(item.specifier).removeprefix("==")
            assert need.specifier.contains(version), f"{need} is not met by {item}"


def test_the_packages_needs_have_no_upper_end() -> None:
    """Else pip would replace what Colab has."""
    needs = [Requirement(line) for line in metadata.requires("attention-course") or []]
    assert [need for need in needs if not str(need.specifier).startswith(">=")] == []


def test_everything_that_is_imported_is_required() -> None:
    files = [path for folder in ("tests", "tools") for path in (ROOT / folder).rglob("*.py")]
    own = {path.stem for path in files} | {path.parent.name for path in files}
    both = [*requirements(), *requirements("requirements-bench.txt")]
    known = {canonicalize_name(item.name) for item in both}
    providers = metadata.packages_distributions()
    unknown = set()
    for path in tracked():
        if path.suffix != ".py" or path.is_relative_to(ROOT / "tests" / "grading" / "hostile"):
            continue  # a hostile answer imports what it likes
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules = [node.module or ""]
            for module in modules:
                top = module.split(".")[0]
                if top in sys.stdlib_module_names or top in own or top == "attention_course":
                    continue
                names = {canonicalize_name(name) for name in providers.get(top, [top])}
                if not names & known:
                    unknown.add(f"{top} ({path.relative_to(ROOT)})")
    assert unknown == set()


def test_every_file_is_python_3_10() -> None:
    for path in tracked():
        if path.suffix == ".py":
            ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 10))
    needs = metadata.metadata("attention-course")["Requires-Python"]
    assert SpecifierSet(needs).contains("3.10")
    assert not SpecifierSet(needs).contains("3.9")


# layout


def test_code_does_not_shadow_pythons_own_module() -> None:
    assert not (ROOT / "code" / "__init__.py").exists()
    done = subprocess.run(
        [sys.executable, "-c", "import code; print(code.InteractiveConsole.__name__)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "InteractiveConsole"


def test_no_static_folder_at_the_top() -> None:
    """Jupyter Book would put every script in it on every page."""
    assert not (ROOT / "_static").exists()


def test_the_contents_name_pages_that_exist_and_all_of_them() -> None:
    toc = config("_toc.yml")
    pages = [toc["root"]] + [e["file"] for part in toc["parts"] for e in part["chapters"]]
    for page in pages:
        endings = [end for end in (".md", ".ipynb") if (ROOT / f"{page}{end}").exists()]
        assert endings, f"{page} does not exist"
    numbered = {
        f"{path.parent.name}/{path.stem}"
        for path in [*(ROOT / "book").glob("*.md"), *(ROOT / "exercises").glob("*.ipynb")]
    }
    assert numbered <= set(pages)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "book").glob("[0-9][0-9]-*.md")), ids=lambda p: p.stem
)
def test_a_chapter_is_numbered_as_its_file(path: Path) -> None:
    title = next(line for line in text(f"book/{path.name}").splitlines() if line.startswith("# "))
    assert title.startswith(f"# {int(path.stem[:2])} ")


def test_what_the_readme_lists_exists() -> None:
    listed = re.findall(r"^\| `([^`]+)` \|", text("README.md"), re.MULTILINE)
    assert len(listed) >= 7
    for name in listed:
        assert (ROOT / name).exists(), name


def test_what_the_documents_link_to_exists() -> None:
    for name in ("README.md", "CONTRIBUTING.md"):
        for link in re.findall(r"\]\(([^)#:]+)\)", text(name)):
            assert (ROOT / link).exists(), f"{name} links to {link}"


def test_the_commands_of_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    named = set()
    for name in ("README.md", "CONTRIBUTING.md", "index.md", ".ci/run"):
        named |= set(re.findall(r"^\s*(?:\w+=\S+ )?make ([a-z]+)", text(name), re.MULTILINE))
        named |= set(re.findall(r"`make ([a-z]+)`", text(name)))
    named -= {kind.removeprefix("make ") for kind in KINDS}  # a question's, no command
    assert {"book", "test", "serve", "notebooks", "mutants"} <= named
    assert named <= targets
    called = re.findall(r"tools/(\w+\.py)", text("Makefile"))
    assert all((ROOT / "tools" / name).exists() for name in called), called


def test_the_check_is_a_program() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


# workflows


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_careful(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert "concurrency" in workflow
    for job in workflow["jobs"].values():
        assert re.fullmatch(r"ubuntu-\d\d\.\d\d", job["runs-on"])
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"]), step["uses"]


def test_the_workflows_are_there() -> None:
    assert [path.stem for path in WORKFLOWS] == ["colab", "pages", "tests"]


# what is committed


def test_no_file_is_large() -> None:
    large = {str(path.relative_to(ROOT)) for path in tracked() if path.stat().st_size > 500_000}
    assert large == set()


def test_nothing_is_left_to_do() -> None:
    unfinished = re.compile(r"\b(TODO|FIXME|XXX)\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix in (".py", ".md", ".yml", ".toml", ".css", ".js", ".ipynb", "")
        and path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if unfinished.search(line)
    ]
    assert found == []


def test_nothing_generated_is_tracked() -> None:
    generated = ("_build", ".venv", ".ipynb_checkpoints", "__pycache__", ".jupyter_cache")
    found = [path for path in tracked() if set(generated) & set(path.relative_to(ROOT).parts)]
    assert found == []
