"""Templates of profiles: the shipped ones hold, an analyst's own is checked in plain words."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.core.errors import Faults, InvalidInput, PeelianError
from peelian.prevention import templates as made
from peelian.prevention.themes import PARTS, Selection

from .conftest import records

GOOD = """
title = "Moped theft"
one = "theft of a moped"
many = "thefts of mopeds"
parts = ["scale", "trend"]
[select]
categories = ["vehicle-crime"]
offences = ["theft of a motor vehicle"]
[[partner]]
feed = "fire"
adds = "mopeds burnt out"
"""


@pytest.fixture
def home(tmp_path, settings):
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    return tmp_path


def written(folder, text, name="moped-theft.toml"):
    path = folder / name
    path.write_text(text)
    return path


def test_the_shipped_templates_are_those_the_force_asks_for(home):
    found = made.templates()
    assert set(found) == {"robbery", "asb", "cyber", "knife-crime", "missing", "exploitation"}
    for theme in found.values():
        assert set(theme.parts) <= set(PARTS) and theme.questions
    # No partner is told of robberies as such, and what is no robbery may not be counted as one.
    assert not found["robbery"].partners
    # Nor is a child excluded from school a knife offence, one without a school place a missing episode, tobacco at a port exploitation,
    # or a false alarm in good faith anti-social behaviour (hoax calls and setting fires are: Home Office typology of 2004, from general knowledge).
    assert {p.feed for p in found["knife-crime"].partners} == {"ae-assaults"}
    assert {p.feed for p in found["missing"].partners} == {"childrens-social-care"}
    assert all(p.select != Selection() for theme in found.values() for p in theme.partners)
    fires = pl.DataFrame(
        {
            "offence": [
                "deliberate secondary fire",
                "false alarm, good intent",
                "false alarm, malicious",
                "home safety visit",
            ]
        }
    )
    (own,) = (p.select for p in found["asb"].partners if p.feed == "fire")
    assert own.of(fires)["offence"].to_list() == ["deliberate secondary fire", "false alarm, malicious"]
    # A title stands over tables of police records alone.
    assert not any("partner" in theme.title for theme in found.values())
    # What comes to light where the police search may not steer patrol.
    assert found["knife-crime"].police_generated


def test_an_analysts_own_template_is_used(home):
    theme = made.add(written(home, GOOD))
    assert made.theme_of("Moped theft") == theme
    assert theme.select == Selection(categories=("vehicle-crime",), offences=("theft of a motor vehicle",))
    assert theme.partners[0].feed == "fire"
    made.add(
        written(home, made.text_of("robbery").replace('title = "Robbery"', 'title = "Robbery here"'), "robbery.toml")
    )
    assert made.theme_of("robbery").title == "Robbery here"


def test_categories_stay_themes(home):
    assert made.theme_of("burglary").slug == "burglary"
    assert made.theme_of("violence").slug == "violent-crime"
    with pytest.raises(InvalidInput, match="or a template: asb"):
        made.theme_of("witchcraft")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("many =", "mnay ="), "did you mean many?"),
        (('title = "Moped theft"\n', ""), "add title = ..."),
        (('["scale", "trend"]', '["scale", "trends"]'), "there is no such part"),
        (('feed = "fire"', 'feed = "fires"'), "there is no such feed"),
        (('title = "Moped theft"', "title = 7"), "a value cannot be used"),
        (('categories = ["vehicle-crime"]\noffences = ["theft of a motor vehicle"]', ""), "selects everything"),
    ],
)
def test_each_fault_is_told_in_plain_words(home, change, words):
    with pytest.raises(Faults, match=words.replace("?", r"\?").replace("...", r"\.\.\.")):
        made.read_template(written(home, GOOD.replace(*change)))


def test_all_faults_are_told_together(home):
    text = GOOD.replace('feed = "fire"', 'feed = "fires"').replace('"trend"', '"trends"')
    with pytest.raises(Faults, match="2 faults found"):
        made.read_template(written(home, text))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("moped.toml", b"title = "),
        ("moped.toml", b"\xff\xfe\x00"),
        ("Moped Theft.toml", GOOD.encode()),
        ("moped.toml", b"#" * 300_000),
    ],
)
def test_what_is_no_template_is_refused(home, name, content):
    path = home / name
    path.write_bytes(content)
    with pytest.raises(PeelianError) as refused:
        made.read_template(path)
    assert refused.value.id == "peelian.E510"
    with pytest.raises(PeelianError, match="cannot be read"):
        made.read_template(home / "not-there.toml")


def test_words_of_an_offence_are_whole_words_or_their_beginnings():
    import numpy as np
    import polars as pl

    events = records(np.random.default_rng(1), 4).with_columns(
        offence=pl.Series(
            ["Possession of a bladed article", "Blackmail", "Unbladed", "Having an article with a BLADE or point"]
        )
    )
    assert Selection(offences=("blade",)).of(events)["offence"].to_list() == [
        "Possession of a bladed article",
        "Having an article with a BLADE or point",
    ]


@given(st.text(min_size=1, max_size=30))
def test_any_word_can_be_looked_for(word):
    import numpy as np
    import polars as pl

    events = records(np.random.default_rng(1), 2).with_columns(offence=pl.Series(["Theft", f"of {word}"]))
    Selection(offences=(word,)).of(events)  # no character of it is taken for a pattern
