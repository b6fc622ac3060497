"""Blind matching: what travels, what is refused, and that hits are those of the formula, all pairs compared."""

import csv
import gzip
import hashlib
import hmac
import io
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.core.errors import Faults, InvalidInput, PeelianError
from peelian.identity.blind.encoding import TOKENS, bigrams, date_tokens, diffused, encode, plain
from peelian.identity.blind.files import comparable, read_encoded, write_encoded
from peelian.identity.blind.keys import FIELDS, make_key, read_key, write_key
from peelian.identity.blind.matching import match
from peelian.identity.blind.people import People, day, name, postcode, read_people

ON, UNTIL = date(2026, 11, 23), date(2027, 3, 31)
SECRET = hashlib.sha256(b"made up").digest()
HEADER = "reference,surname,forenames,born_on,sex,postcode\n"
ROWS = "P1,Ashdown,Mary Ann,1984-12-03,F,XW1 2AB\nP2,O'Brien,Sean,07/05/1990,M,XW1 9ZZ\nP3,Łukasz,Zoë,2001-02-28,,\n"


def key(secret=SECRET, **changed):
    return make_key(secret, **{"agreement": "mash", "until": UNTIL, "on": ON, "fields": tuple(FIELDS)} | changed)


@pytest.fixture
def table(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "people.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def person(reference, surname, forenames, born_on="1984-12-03", sex="f", postcode="XW 1 2 AB"):
    return (reference, surname, forenames, born_on, sex, postcode)


def people(*rows):
    columns = list(zip(*rows, strict=True))
    return People(list(columns[0]), dict(zip(FIELDS, map(list, columns[1:]), strict=True)), {})


def made(read, shared, seed=1):
    return encode(read, shared, rng=np.random.default_rng(seed))[0]


def dice(a, b):
    x, y = (set(np.flatnonzero(np.unpackbits(v.view(np.uint8)))) for v in (a, b))
    return 2 * len(x & y) / (len(x) + len(y))


# What is read


def test_names_dates_and_postcodes_are_standardised(table):
    read = read_people(table(HEADER + ROWS), FIELDS)
    assert read.references == ["P1", "P2", "P3"]
    assert read.fields["surname"] == ["ashdown", "obrien", "lukasz"]
    assert read.fields["forenames"] == ["mary ann", "sean", "zoe"]
    assert read.fields["born_on"] == ["1984-12-03", "1990-05-07", "2001-02-28"]
    assert read.fields["postcode"] == ["XW 1 2 AB", "XW 1 9 ZZ", ""]


@given(st.text(max_size=40))
def test_standardising_twice_is_standardising_once(said):
    assert name(name(said)) == name(said)
    assert day(day(said)) == day(said)
    assert postcode(postcode(said)) == postcode(said)


def test_rows_that_say_too_little_are_counted_and_left_out(table):
    text = HEADER + ROWS + "P4,,Ann,1984-01-01,F,\nP5,Ashdown,Ann,1984-31-31,F,nowhere\n"
    read = read_people(table(text), FIELDS)
    assert len(read) == 3 and read.left_out == {"no name": 1, "no date of birth or postcode": 1}


@pytest.mark.parametrize(
    ("text", "id", "words"),
    [
        ("", "E666", "without reference"),
        (HEADER.replace("postcode", "post code") + ROWS, "E666", "without postcode"),
        (HEADER.replace("sex", "surname"), "E666", "without sex"),
        (HEADER.replace("\n", ",sex\n"), "E666", "twice"),
        (HEADER, "E668", "no row"),
        (HEADER + "P1,,,,,\n", "E668", "1 rows with no name"),
        (HEADER + ROWS + "P9,Ashdown,Ann\n", "E667", "line 5"),
        (HEADER + ROWS + ROWS, "E667", "line 7"),
        (HEADER + ROWS.replace("P2", ""), "E667", "line 3"),
        (HEADER + '"P1,Ashdown\n', "E666", "quotation"),
    ],
)
def test_bad_tables_are_refused_without_a_cell_of_theirs(table, text, id, words):
    with pytest.raises(PeelianError) as told:
        read_people(table(text), FIELDS)
    fault = told.value.faults[-1] if isinstance(told.value, Faults) else told.value
    assert fault.id == f"peelian.{id}" and words in str(told.value)
    assert "Ashdown" not in str(told.value) and "P2" not in str(told.value)


def test_another_character_set_is_named(table):
    with pytest.raises(PeelianError, match="UTF-8"):
        read_people(table(HEADER + "P1,Müller,Ann,1984-12-03,F,\n", "latin-1"), FIELDS)


# Keys


def test_a_key_is_read_as_it_was_written_and_never_written_over(tmp_path):
    path = tmp_path / "shared.key"
    write_key(key(), path)
    assert read_key(path) == key() and path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(PeelianError, match="E663"):
        write_key(key(bytes(32)), path)
    assert read_key(path) == key()


@pytest.mark.parametrize("spoil", ["other", "", "{}", '{"kind": "peelian blind key 1", "secret": "00"}'])
def test_what_is_no_key_is_refused(tmp_path, spoil):
    path = tmp_path / "shared.key"
    path.write_text(spoil)
    path.chmod(0o600)
    with pytest.raises(PeelianError, match="E665"):
        read_key(path)
    path.chmod(0o640)
    with pytest.raises(PeelianError, match="E664"):
        read_key(path)


@pytest.mark.parametrize(
    ("changed", "id"),
    [
        ({"until": date(2026, 11, 22)}, "E661"),
        ({"fields": ("surname", "forenames")}, "E662"),
        ({"fields": ("surname", "forenames", "born_on"), "salt": "area"}, "E662"),
        ({"salt": "pepper"}, "E662"),
        ({"fields": (*FIELDS, "shoe size")}, "E662"),
    ],
)
def test_keys_that_cannot_work_are_refused(changed, id):
    with pytest.raises(PeelianError, match=id):
        key(**changed)


def test_the_check_of_a_key_changes_with_key_and_scheme():
    keys = [key(), key(bytes(32)), key(salt="year"), key(separate=True), key(agreement="other")]
    assert len({k.check for k in keys}) == 5
    assert key().check == key().check and key().check not in SECRET.hex()


# Encodings


def test_positions_come_from_hmac_of_field_and_token():
    """RFC 2104 HMAC with SHA-512, taken as 16-bit numbers, computed here without the code under test."""
    shared = key()
    read = people(person("a", "li", "x", "", "", ""))
    bits = np.concatenate(list(plain(read, shared)))[0]
    expected = set()
    for field, tokens in (("surname", ("_l", "li", "i_")), ("forenames", ("_x", "x_"))):
        for token in tokens:
            drawn = hmac.digest(SECRET, f"token\x1f{field}\x1f\x1f{token}".encode(), "sha512")
            expected |= {int.from_bytes(drawn[2 * n : 2 * n + 2], "little") % 1024 for n in range(FIELDS[field])}
    assert set(np.flatnonzero(bits)) == expected


def test_diffusion_is_linear_and_spreads_each_bit_alike():
    shared = key()
    rng = np.random.default_rng(3)
    x, y = rng.random((2, 4, 1024)) < 0.3
    assert np.array_equal(diffused(x ^ y, shared), diffused(x, shared) ^ diffused(y, shared))
    ones = np.bitwise_count(diffused(np.eye(1024, dtype=bool), shared)).sum(axis=1)
    assert (
        set(np.unique(ones)) <= {0, 2, 4} and (ones == 4).mean() > 0.98
    )  # fewer where two of a bit's places fall together


def test_encodings_of_one_person_agree_and_of_another_key_do_not():
    one, other = people(person("a", "ashdown", "mary")), people(person("b", "ashdown", "mary"))
    same = dice(made(one, key()).filters[0], made(other, key(), 2).filters[0])
    apart = dice(made(one, key()).filters[0], made(other, key(bytes(32))).filters[0])
    assert same == 1 and apart < 0.6


@pytest.mark.parametrize(
    "near",
    [
        person("b", "ashdwon", "mary"),
        person("b", "ashdown", "mary ann"),
        person("b", "ashdown", "mary", "1984-03-12"),
        person("b", "ashdown", "mary", "1985-12-03"),
        person("b", "ashdown", "mary", "1984-12-03", "f", ""),
        person("b", "ashdown", "mary", "1984-12-03", "f", "XW 1 2 AD"),
    ],
)
def test_usual_slips_still_hit_and_strangers_do_not(near):
    shared = key()
    first = made(
        people(person("a", "ashdown", "mary"), person("s", "karim", "yusuf", "1951-06-21", "m", "XX 9 3 ZZ")), shared
    )
    second = made(people(near), shared)
    assert len(match(first, second)) == 1


def test_a_salt_by_year_of_birth_hides_a_name_of_another_year():
    shared = key(salt="year")
    a, b = (
        people(person("a", "ashdown", "mary", "1984-12-03", "", "")),
        people(person("b", "ashdown", "mary", "1985-12-03", "", "")),
    )
    names = [
        np.concatenate(list(plain(replace(p, fields={**p.fields, "born_on": p.fields["born_on"]}), shared)))[0]
        for p in (a, b)
    ]
    unsalted = [np.concatenate(list(plain(p, key())))[0] for p in (a, b)]
    assert (names[0] & names[1]).sum() < 0.6 * (unsalted[0] & unsalted[1]).sum()


@given(st.dates(date(1900, 1, 2), date(2026, 1, 1)))
def test_near_and_swapped_dates_share_tokens_by_count(born):
    tokens = set(date_tokens(born.isoformat()))
    if born.day <= 12:
        swapped = set(date_tokens(date(born.year, born.day, born.month).isoformat()))
        assert len(tokens & swapped) >= 5
    next_year = set(date_tokens(f"{born.year + 1}-{born.isoformat()[5:]}"))
    assert len(tokens & next_year) >= len(tokens) - 2


def test_bigrams_mark_the_ends_of_words():
    assert Counter(bigrams("anna")) == Counter(["_a", "an", "nn", "na", "a_"])
    assert all(TOKENS[f]("") == [] for f in FIELDS)


# The file that travels


def test_a_file_holds_no_name_no_reference_and_no_order(tmp_path):
    read = people(*(person(f"REF{n:03d}", f"surname{chr(97 + n % 26)}", "mary") for n in range(200)))
    path = tmp_path / "encoded.parquet"
    encoded, references = encode(read, key(), rng=np.random.default_rng(4))
    write_encoded(encoded, key(), path)
    raw = path.read_bytes()
    assert b"REF0" not in raw and b"surnamea" not in raw and SECRET not in raw and SECRET.hex().encode() not in raw
    assert references != read.references and sorted(references) == read.references
    back, scheme, check = read_encoded(path)
    assert np.array_equal(back.filters, encoded.filters) and back.numbers.tolist() == encoded.numbers.tolist()
    assert scheme == key().scheme and check == key().check
    assert len(set(back.numbers)) == 200


def test_damage_anywhere_is_noticed(tmp_path):
    path = tmp_path / "encoded.parquet"
    shared = key(separate=True)
    encoded = made(people(*(person(str(n), "ashdown", "mary") for n in range(30))), shared)
    write_encoded(encoded, shared, path)
    raw, rng = path.read_bytes(), np.random.default_rng(5)
    for cut in rng.integers(0, len(raw), 40):
        path.write_bytes(raw[:cut])
        with pytest.raises(PeelianError, match="E669"):
            read_encoded(path)
    for at in rng.integers(0, len(raw), 200):
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 4]) + raw[at + 1 :])
        try:
            back, scheme, check = read_encoded(path)
        except PeelianError as error:
            assert error.id == "peelian.E669"
        else:  # a byte that says nothing, such as who wrote the file
            assert np.array_equal(back.filters, encoded.filters) and (scheme, check) == (shared.scheme, shared.check)


@pytest.mark.parametrize(
    ("other", "on", "id", "words"),
    [
        (key(bytes(32)), ON, "E671", "different keys"),
        (key(salt="year"), ON, "E670", "salt: none and year"),
        (key(until=date(2027, 4, 1)), ON, "E670", "until"),
        (key(fields=("surname", "forenames", "born_on")), ON, "E670", "hashes"),
        (key(), date(2027, 4, 1), "E672", "2027-03-31"),
    ],
)
def test_files_that_do_not_fit_are_refused(other, on, id, words):
    with pytest.raises(PeelianError, match=id) as told:
        comparable(("a", "b"), (key().scheme, other.scheme), (key().check, other.check), on=on)
    assert words in str(told.value) and SECRET.hex() not in str(told.value)


def test_files_may_be_matched_on_their_last_day():
    comparable(("a", "b"), (key().scheme, key().scheme), (key().check, key().check), on=UNTIL)


# Hits


def crowd(seed, size):
    rng = np.random.default_rng(seed)
    letters = np.array(list("abcdefghijklmnoprstuwy"))
    word = lambda: "".join(rng.choice(letters, rng.integers(4, 9)))  # noqa: E731
    return [
        person(
            str(n),
            word(),
            word(),
            f"{rng.integers(1930, 2015)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}",
            "f",
            "",
        )
        for n in range(size)
    ]


def test_hits_are_those_of_comparing_all_pairs():
    shared, rows = key(), crowd(6, 300)
    slipped = [(*r[:1], r[1][:-1] + "x", *r[2:]) for r in rows[:150]] + [(f"n{r[0]}", *r[1:]) for r in crowd(7, 150)]
    first, second = made(people(*rows), shared), made(people(*slipped), shared, 2)
    hits = match(first, second)
    every = {
        (str(a), str(b)): d
        for a, x in zip(first.numbers, first.filters, strict=True)
        for b, y in zip(second.numbers, second.filters, strict=True)
        if (d := 2 * int(np.bitwise_count(x & y).sum()) / int(np.bitwise_count(x).sum() + np.bitwise_count(y).sum()))
        >= 0.68
    }
    told = {(str(a), str(b)): s for a, b, s in zip(hits.first, hits.second, hits.score, strict=True)}
    assert len(every) >= 140 and set(told) <= set(every)
    assert all(told[pair] == pytest.approx(every[pair]) for pair in told)
    assert len(told) >= 0.98 * len(every)
    assert sorted(hits.score, reverse=True) == hits.score.tolist()
    assert set(hits.agreed) == {""}


def test_no_pair_is_no_fault():
    shared = key()
    hits = match(
        made(people(person("a", "ashdown", "mary")), shared),
        made(people(person("b", "karim", "yusuf", "1951-06-21", "m", "XX 9 3 ZZ")), shared),
    )
    assert len(hits) == 0 and hits.agreed == []


@pytest.mark.parametrize("threshold", [0.6, 0, -1, 1.1, float("nan")])
def test_thresholds_that_strangers_pass_are_refused(threshold):
    one = made(people(person("a", "ashdown", "mary")), key())
    with pytest.raises(InvalidInput):
        match(one, one, threshold=threshold)


def test_separate_fields_say_which_agree():
    shared = key(separate=True)
    first = made(people(person("a", "ashdown", "mary")), shared)
    second = made(people(person("b", "ashdown", "marie", "1984-12-03", "f", "")), shared)
    assert match(first, second).agreed == ["surname born_on sex"]
    later = made(people(person("b", "ashdown", "mary", "1985-12-03")), shared)
    assert match(first, later).agreed == [""]  # without the same date of birth nothing is said


# The command


def test_encoding_and_matching_need_no_django():
    program = "import sys; sys.modules['django'] = None; from peelian.identity.blind import exact, files, matching"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("blind")
    (folder / "a.csv").write_text(HEADER + ROWS, encoding="utf-8")
    (folder / "b.csv").write_text(HEADER + ROWS.replace("P", "Q").replace("Ashdown", "Ashdwon"), encoding="utf-8")

    def run(*words, ok=True):
        # As a partner's machine has it: no database, and none is made.
        program = "from peelian.cli import main; main()"
        env = {**os.environ, "PEELIAN_HOME": str(folder / "home")}
        ran = subprocess.run(
            [sys.executable, "-c", program, "blind", *words], cwd=folder, env=env, text=True, capture_output=True
        )
        assert (ran.returncode == 0) is ok, ran.stderr
        assert not (folder / "home").exists()
        assert "Traceback" not in ran.stderr
        return json.loads(ran.stdout) if "--json" in words else ran.stdout + ran.stderr

    run.folder = folder
    return run


def test_two_agencies_find_their_people_without_a_database(run):
    run("key", "shared.key", "--agreement", "mash", "--until", "2099-01-01")
    for side in "ab":
        run("encode", f"{side}.csv", "--key", "shared.key", "--out", f"{side}.parquet", "--keep", f"{side}-kept.csv")
        assert (run.folder / f"{side}-kept.csv").stat().st_mode & 0o777 == 0o600
    told = run("match", "a.parquet", "b.parquet", "--out", "hits.csv", "--json")
    assert told == [{"file": "hits.csv", "hits": 3}]
    with (run.folder / "hits.csv").open(encoding="utf-8") as file:
        assert set(next(csv.reader(file))) == {"first", "second", "score"}
    for side, letter in zip("ab", "PQ", strict=True):
        mine = run("trace", "hits.csv", "--keep", f"{side}-kept.csv", "--json")
        assert {row["reference"] for row in mine} == {f"{letter}{n}" for n in (1, 2, 3)}


def test_hits_of_a_published_pair_of_files(shared, tmp_path):
    """FEBRL 4 says which records are one person; names and date of birth only, since its postcodes are not British."""
    small = key(fields=("surname", "forenames", "born_on"))
    sides = []
    for side in "ab":
        raw = gzip.decompress((shared / f"data/linkage/febrl4{side}.csv.gz").read_bytes()).decode()
        path = tmp_path / f"{side}.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write("reference,surname,forenames,born_on\n")
            for row in csv.DictReader(io.StringIO(raw), skipinitialspace=True):
                born = row["date_of_birth"]
                file.write(f"{row['rec_id']},{row['surname']},{row['given_name']},{born[:4]}-{born[4:6]}-{born[6:]}\n")
        encoded, references = encode(read_people(path, small.scheme.hashes), small, rng=np.random.default_rng(1))
        sides.append((encoded, {n: r.split("-")[1] for n, r in zip(encoded.numbers, references, strict=True)}))
    (a, first), (b, second) = sides
    hits = match(a, b)
    right = sum(first[x] == second[y] for x, y in zip(hits.first, hits.second, strict=True))
    assert right / len(hits) > 0.99
    assert right / len(set(first.values()) & set(second.values())) > 0.78
