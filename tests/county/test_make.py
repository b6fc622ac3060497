"""Making a county: the same bytes for the same arguments, all or nothing, refusals."""

import hashlib

import pytest

from peelian.core.errors import InvalidInput
from peelian.county import making

SMALL = {"people": 2_000, "seed": 7, "months": 4}


def digests(folder):
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small") / "made"
    making.make(folder, **SMALL)
    return digests(folder)


def test_same_arguments_give_the_same_bytes(small, tmp_path):
    making.make(tmp_path / "again", **SMALL)
    assert digests(tmp_path / "again") == small


def test_sources_may_be_written_in_any_order_and_any_one_left_out(small, tmp_path, monkeypatch):
    """Truth lists are in the order of writing; feeds must not notice."""
    monkeypatch.setattr(making, "SOURCES", making.SOURCES[:0:-1])
    making.make(tmp_path / "other", **SMALL)

    feeds = {name: digest for name, digest in digests(tmp_path / "other").items() if name.startswith("feeds/")}
    assert feeds == {
        name: digest for name, digest in small.items() if name.startswith("feeds/") and "street" not in name
    }


@pytest.mark.parametrize("change", [{"seed": 8}, {"people": 2_001}])
def test_another_seed_or_size_gives_other_records(small, tmp_path, change):
    making.make(tmp_path / "other", **SMALL | change)
    other = digests(tmp_path / "other")

    assert set(other) == set(small), "the files are the same"
    alike = [name for name in small if name.startswith("feeds/") and other[name] == small[name]]
    # Something as rare as a submission to the laboratory may happen in neither: then both files are a header.
    assert not [name for name in alike if (tmp_path / "other" / name).read_bytes().count(b"\n") > 1]


def test_a_county_appears_only_when_it_is_complete(tmp_path):
    class Cancelled(Exception):
        pass

    def stop(done, total, what):
        if done == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        making.make(tmp_path / "half", **SMALL, progress=stop)
    assert not (tmp_path / "half").exists()

    made = making.make(tmp_path / "half", **SMALL)
    assert made.rows["force-crimes"] > 0
    assert [p.name for p in tmp_path.iterdir()] == ["half"], "nothing of the first try is left"


def test_progress_rises_to_its_total(tmp_path):
    told = []
    making.make(tmp_path / "made", **SMALL, progress=lambda done, total, what: told.append((done, total)))

    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]
    assert len({total for _, total in told}) == 1


@pytest.mark.parametrize(
    ("change", "word"),
    [({"people": 999}, "people"), ({"seed": -1}, "seed"), ({"months": 0}, "months"), ({"defects": 0.9}, "defects")],
)
def test_an_argument_out_of_range_is_refused_before_anything_is_written(tmp_path, change, word):
    with pytest.raises(InvalidInput, match=word):
        making.make(tmp_path / "made", **SMALL | change)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InvalidInput, match="not empty"):
        making.make(tmp_path, **SMALL)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_made_counts_the_rows_of_its_files(county):
    for feed, rows in county.made.rows.items():
        assert sum(1 for _ in county.lines(feed)) == rows
        assert county.truth("defects").filter(feed=feed).height == county.made.defects[feed]
