"""The documents against the code: links lead somewhere, systems are counted, every error id is explained."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
STATES = {"works", "partial", "not yet"}


def text(path):
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text(page))
    assert [link for link in links if not (page.parent / link).exists()] == []


def systems():
    rows = re.findall(r"^\| ([PIVOSA]\d) \|(.+)\|$", text(ROOT / "docs/systems.md"), re.MULTILINE)
    return {id: [cell.strip() for cell in cells.split("|")] for id, cells in rows}


def test_all_systems_of_the_report_are_listed_once():
    """Design, section 6: 9 of prevention, 8 of investigation, 8 of vulnerability, 9, 4, and 4 of assurance."""
    expected = [
        f"{letter}{n}" for letter, count in zip("PIVOSA", (9, 8, 8, 9, 4, 4), strict=True) for n in range(1, count + 1)
    ]
    assert list(systems()) == expected and len(expected) == 42


@pytest.mark.parametrize("id", systems())
def test_a_system_that_works_has_its_file_and_its_test(id):
    _system, module, state, test = systems()[id]
    assert state.split(":")[0] in STATES
    file = ROOT / "src/peelian" / module.strip("`")
    if state == "not yet":
        assert test == "" and not file.exists(), "it stands, so say what it does"
    else:
        assert file.exists() and (ROOT / test.strip("`")).exists()


def test_every_error_id_is_explained_and_no_other():
    sources = [text(path) for path in (ROOT / "src").rglob("*.py")]
    # Faults of dated data are written without the package's name, which the reader adds.
    used = {
        id
        for source in sources
        for pair in re.findall(r"peelian\.(E\d{3})|\bfault\(\s*\"(E\d{3})\"", source)
        for id in pair
        if id
    }
    explained = set(re.findall(r"^\| `peelian\.(E\d{3})` \|", text(ROOT / "docs/reference/errors.md"), re.MULTILINE))
    assert used == explained
