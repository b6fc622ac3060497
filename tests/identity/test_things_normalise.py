"""One way of writing phones, plates, e-mail addresses, devices, postcodes and addresses.

Phones: Ofcom's numbers for drama and the formats of ITU-T E.164. Marks: examples of DVLA's leaflet INF104 by generation. IMEI:
the worked example of 3GPP TS 23.003. Postcodes: the forms of the Royal Mail's Postcode Address File.
"""

import phonenumbers
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.identity.things import normalise
from peelian.identity.things.normalise import (
    address,
    addresses,
    device,
    each,
    email,
    phone,
    plate,
    plates_like,
    postcode,
)

ANY = st.text(max_size=40) | st.text("0123456789+ ()-/ABIOabio,.@xX", max_size=24)

PHONES = """
07700 900123                 | +447700900123 | as people say it
07700900123                  | +447700900123 | closed up
+44 7700 900123              | +447700900123 | from abroad
+44 (0)7700 900123           | +447700900123 | both prefixes, as letterheads have it
0044 7700 900 123            | +447700900123 | the international prefix dialled
447700900123                 | +447700900123 | the plus lost
7700900123                   | +447700900123 | the nought lost by a spreadsheet
(07700) 900-123              | +447700900123 | brackets and hyphens
07700.900.123                | +447700900123 | full stops
Tel: 07700 900123 (mum)      | +447700900123 | words around it
07700 900123 / 01632 960001  | +447700900123 | two: the first
01632 960001 ext 12          | +441632960001 | an extension is no part of it
020 7946 0958                | +442079460958 | London
+33 1 42 68 53 00            | +33142685300  | another country
withheld                     |               | words
0000000000                   |               | a filler
999                          |               | a short code is nobody's phone
960001                       |               | a local number without its area
"""
PLATES = """
AB51 ABC        | AB51ABC  | since 2001
ab51abc         | AB51ABC  | small letters, closed up
AB5I ABC        | AB51ABC  | I for 1
ABO1 ABC        | AB01ABC  | O for 0
A123 ABC        | A123ABC  | 1983 to 2001
Q123 ABC        | Q123ABC  | of unknown age
ABC 123D        | ABC123D  | 1963 to 1983
ABC 1           | ABC1     | before 1963
1234 AB         | 1234AB   | before 1963, reversed
ABZ 1234        | ABZ1234  | Northern Ireland
101 D 234       | 101D234  | a diplomat
12 AB 34        | 12AB34   | the armed forces
B-MW 1234       | BMW1234  | another country
blue Ford Focus |          | a description
not known       |          | words
"""
EMAILS = """
A.Person@Example.ORG            | a.person@example.org    | capitals
<a.person@example.org>          | a.person@example.org    | as mail programs write it
mailto:a.person@example.org     | a.person@example.org    | a link
a.person@example.org.           | a.person@example.org    | the end of a sentence
A.Person+shop@GoogleMail.com    | aperson@gmail.com       | one box at Google
aperson@gmail.com               | aperson@gmail.com       | the same
a.person+shop@example.org       | a.person+shop@example.org | another provider may mean it
a.person@example                |                         | no domain
none                            |                         | words
"""
DEVICES = """
49-015420-323751-8       | imei:490154203237518 | 3GPP TS 23.003: check digit 8
IMEI: 490154203237518    | imei:490154203237518 | with its label
49015420323751           | imei:490154203237518 | without its check digit
4901542032375101         | imei:490154203237518 | with a software version
490154203237519          |                      | the check digit is wrong
234150123456789          | imsi:234150123456789 | a British network
IMSI 310150123456789     | imsi:310150123456789 | labelled
S/N C02XK0AAJGH5         | serial:C02XK0AAJGH5  | labelled
c02xk0aajgh5             | serial:C02XK0AAJGH5  | letters and figures
iPhone 13                |                      | a model
phone                    |                      | a kind of device
000000000000000          |                      | a filler
"""
POSTCODES = """
CM1 1AA  | CM1 1AA  | A9
cm11aa   | CM1 1AA  | small, closed up
CM12 9AB | CM12 9AB | AA99
SW1A 1AA | SW1A 1AA | AA9A
W1A 0AX  | W1A 0AX  | A9A
M60 2LA  | M60 2LA  | A99
GIR 0AA  | GIR 0AA  | the one exception
CM1 IAA  | CM1 1AA  | I for 1
CMO 7RT  | CM0 7RT  | O for 0
CM1      |          | half of one
CM1 1CC  |          | C never ends one
unknown  |          | words
"""
ADDRESSES = """
14 Mill Road                     | CM1 1AA | 14 mill road, CM1 1AA
14 MILL RD                       | cm11aa  | 14 mill road, CM1 1AA
14, Mill Rd.                     | CM1 1AA | 14 mill road, CM1 1AA
No. 14 Mill Road, Chelmsford     | CM1 1AA | 14 mill road, CM1 1AA
14 Mill Road Chelmsford CM1 1AA  |         | 14 mill road, CM1 1AA
14 Mill Road, Chelmsford, Essex  | CM1 1AA | 14 mill road, CM1 1AA
Oak House, 14 Mill Road          | CM1 1AA | 14 mill road, CM1 1AA
Oak House 14 Mill Road           | CM1 1AA | 14 mill road, CM1 1AA
Mill Road 14                     | CM1 1AA | 14 mill road, CM1 1AA
#14 Mill Road                    | CM1 1AA | 14 mill road, CM1 1AA
14a Mill Road                    | CM1 1AA | 14a mill road, CM1 1AA
14 A Mill Road                   | CM1 1AA | 14a mill road, CM1 1AA
12 - 14 Mill Road                | CM1 1AA | 12-14 mill road, CM1 1AA
Flat 2, 14 Mill Road             | CM1 1AA | flat 2, 14 mill road, CM1 1AA
FLAT 2 14 MILL RD                | CM1 1AA | flat 2, 14 mill road, CM1 1AA
Apt 2, 14 Mill Road              | CM1 1AA | flat 2, 14 mill road, CM1 1AA
14 Mill Road, Flat 2             | CM1 1AA | flat 2, 14 mill road, CM1 1AA
Flat 2, Oak House, 14 Mill Road  | CM1 1AA | flat 2, 14 mill road, CM1 1AA
Ground Floor Flat, 14 Mill Road  | CM1 1AA | flat ground, 14 mill road, CM1 1AA
GFF 14 Mill Road                 | CM1 1AA | flat ground, 14 mill road, CM1 1AA
14 St John's Rd                  |         | 14 saint johns road
14 High St                       |         | 14 high street
14 High St Chelmsford            |         | 14 high street, chelmsford
14 High Street, Chelmsford       |         | 14 high street, chelmsford
14 1st Ave                       |         | 14 first avenue
Rose Cottage                     | CM1 1AA | rose cottage, CM1 1AA
Oak Court, Mill Road             | CM1 1AA | oak court, mill road, CM1 1AA
Mill Road, Chelmsford            |         |
unknown                          | CM1 1AA |
"""


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


@pytest.mark.parametrize(
    "rule, said, value, why",
    [
        pytest.param(rule, *row, id=f"{rule.__name__}: {row[2]}")
        for rule, table in ((phone, PHONES), (plate, PLATES), (email, EMAILS), (device, DEVICES), (postcode, POSTCODES))
        for row in rows(table)
    ],
)
def test_what_people_type_becomes_one_value(rule, said, value, why):
    assert rule(said) == value, why


@pytest.mark.parametrize("said, code, key", rows(ADDRESSES))
def test_an_address_has_one_key(said, code, key):
    assert address(said, code).key == key


@pytest.mark.parametrize("rule", [phone, plate, email, device, postcode])
@given(said=ANY)
def test_a_value_stands_for_itself(rule, said):
    value = rule(said)
    assert rule(value) == value


@given(
    number=st.integers(1, 999),
    letter=st.sampled_from(["", "a", "B"]),
    flat=st.sampled_from(["", "Flat 3", "FLAT 3", "Apt. 3", "flat no 3"]),
    name=st.sampled_from(["Mill", "St John's", "King George V", "Old Station", "Wood Green"]),
    kind=st.sampled_from([("Road", "Rd"), ("Street", "St."), ("Close", "Cl"), ("Avenue", "AVE")]),
    spelling=st.tuples(*[st.booleans()] * 4),
)
def test_spellings_of_one_address_have_one_key(number, letter, flat, name, kind, spelling):
    short, capitals, comma, town = spelling
    said = " ".join([f"{number}{letter}{',' * comma}", name, kind[short]])
    said = f"{flat}{', ' if comma else ' '}{said}" if flat else said
    said += ", Chelmsford" if town else ""
    plain = f"{'flat 3, ' if flat else ''}{number}{letter} {name} {kind[0]}"
    key = address(said.upper() if capitals else said, "CM1 1AA").key
    assert key == address(plain, "cm1 1aa").key == address(key).key != ""


@given(st.from_regex(r"[1-9][0-9]{9}", fullmatch=True).filter(lambda n: len(set(n)) > 1))
def test_the_usual_way_of_writing_is_read_as_the_library_reads_it(national):
    """phonenumbers (Google's libphonenumber) is the other program."""
    for said in (f"0{national}", f"+44 {national[:4]} {national[4:]}"):
        number = phonenumbers.parse(said, "GB")
        assert phonenumbers.is_possible_number(number)
        assert phone(said) == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@given(st.integers(0, 10**14 - 1).filter(lambda n: len(set(f"{n:014d}")) > 1))
def test_one_wrong_digit_of_an_imei_is_found(n):
    """Luhn's check finds every single wrong digit (the algorithm's published property)."""
    whole = device(f"IMEI {n:014d}").removeprefix("imei:")
    for i in range(15):
        wrong = whole[:i] + str((int(whole[i]) + 3) % 10) + whole[i + 1 :]
        assert device(f"IMEI {wrong}") == ""


def test_a_plate_is_found_under_every_way_of_reading_it():
    assert plates_like("AB10 ABC") == ["AB10ABC"], "O and I cannot stand where figures do"
    assert set(plates_like("ABO 1")) == {"ABO1", "AB01"}, "before 1963 both are marks"
    assert plates_like("not known") == []


def test_a_column_is_normalised_as_its_values_are():
    said = pl.Series("phone", ["07700 900123", None, "+447700900123", "withheld", "07700 900123"])
    assert each(said, phone).to_list() == ["+447700900123", "", "+447700900123", "", "+447700900123"]
    text, code = pl.Series(["14 Mill Rd", None, "14 Mill Rd"]), pl.Series(["CM1 1AA", "CM1 1AA", None])
    assert addresses(text, code)["key"].to_list() == ["14 mill road, CM1 1AA", "", "14 mill road"]
    assert normalise.addresses is addresses
