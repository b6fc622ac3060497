"""Wrong arguments of the command line: each refused in the user's words, with how it is written."""

import re

import pytest
from typer.testing import CliRunner

from peelian.cli import app


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("assess --at 31/02/2026", "there is no such day or time; write a day as 2026-11-24 or an instant (UTC) as 2026-11-24T14:30:00"),
        ("marac agenda --on 2026-02-31", "there is no such day or time; write a day as 2026-11-24"),
        ("duty on --until soon", "there is no such day or time; write an instant (UTC) as 2026-11-24T14:30"),
        ("serve --port abc", "write a whole number"),
        ("serve --port 99999", "write a number of at most 65,535"),
        ("serve --port 0", "write a number of at least 1"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_refused_in_plain_words(command: str, words: str) -> None:
    done = CliRunner().invoke(app, command.split(), terminal_width=200)
    told = " ".join(re.sub(r"[│╭╮╰╯─]", " ", done.output).split())

    assert done.exit_code == 2
    assert told.endswith(f": {words}"), told
