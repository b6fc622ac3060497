"""Every `$ peelian` command of the tutorial and the how-to pages, run in order; what it prints is compared with the page.

Boxes and spaces are not compared; `…` stands for anything.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [
    page
    for page in sorted([*DOCS.glob("how-to/*.md"), *DOCS.glob("tutorial/*.md")])
    if "```console" in page.read_text("utf-8")
]


def steps(page):
    """Yield (command, what the page says it prints) of each console block."""
    for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        for step in re.split(r"^\s*\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = step.partition("\n")
            yield command, printed


def plain(text):
    return re.sub(r"[\s━╇┃│┼─]+", " ", text).strip()


def matches(expected, found):
    pattern = ".*".join(re.escape(part) for part in (" ".join(plain(expected).split())).split("…"))
    return re.fullmatch(pattern.replace(r"\ .*", ".*").replace(r".*\ ", ".*"), plain(found)) is not None


@pytest.mark.parametrize(
    "page",
    # The tutorial makes and reads the whole county of the demonstration.
    [pytest.param(p, id=p.stem, marks=[pytest.mark.long] if p.parent.name == "tutorial" else []) for p in PAGES],
)
def test_the_commands_of_a_page_print_what_it_says(page, tmp_path, started_home):
    shutil.copytree(started_home, tmp_path / "home")
    files = shutil.copytree(DOCS / "examples", tmp_path / "examples")
    env = {
        **os.environ,
        "PEELIAN_HOME": str(tmp_path / "home"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    env.pop("PEELIAN_AS", None)
    for command, expected in steps(page):
        assert command.startswith("peelian "), "a console block holds commands of peelian only"
        ran = subprocess.run(shlex.split(command), cwd=files, env=env, text=True, capture_output=True, timeout=600)
        assert "Traceback" not in ran.stderr
        found = ran.stdout if ran.returncode == 0 or ran.stdout.startswith("[") else ran.stdout + ran.stderr
        assert matches(expected, found), f"$ {command}\nthe page says:\n{expected}\nit prints:\n{found}{ran.stderr}"


def test_the_comparison_sees_a_difference():
    assert matches("a │ 7 … b", "a   7 anything at all b\n")
    assert not matches("a │ 7", "a │ 8")
    assert not matches("a", "a and more")
