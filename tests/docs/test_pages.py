"""The documents against the code: links lead somewhere, systems are counted, every error id is explained."""

import re
from pathlib import Path

import pytest

from peelian import systems

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
STATES = {"works", "partial"}


def text(path):
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text(page))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_all_systems_of_the_report_are_declared_once():
    """Design, section 6: 9 of prevention, 8 of investigation, 8 of vulnerability, 9, 4, and 4 of assurance."""
    expected = [
        f"{letter}{n}" for letter, count in zip("PIVOSA", (9, 8, 8, 9, 4, 4), strict=True) for n in range(1, count + 1)
    ]
    assert [s.id for s in systems.listed()] == expected and len(expected) == 42


def test_every_system_that_works_has_its_tests_and_every_area_for_improvement_its_own():
    told = systems.told(ROOT)
    assert [row["id"] for row in told if not row["tests"] or row["state"] not in STATES] == []
    answered = {row["afi"]: row["tests"] for row in told if row["afi"]}
    assert sorted(answered) == list(range(1, 10))
    assert all(f"tests/acceptance/test_afi_{n}.py" in tests for n, tests in answered.items())


def test_the_page_of_systems_is_what_the_registry_says():
    """Mend it with `script/systems`."""
    assert systems.markdown(systems.told(ROOT)) in text(ROOT / "docs/systems.md")


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
