"""Losses, doubles and leaks are seen; a sound result passes."""

import pytest

from rehearsal import checks
from rehearsal.lake import Object
from rehearsal.people import person
from rehearsal.records import admissions, count, patients
from rehearsal.uploads import Upload

PEOPLE = [person(1), person(2), person(3)]
UPLOAD = Upload(name="three", kind="ndjson", content=patients(PEOPLE, edition=0), rejected=1)


def released(lines: int, digest: str = UPLOAD.digest) -> Object:
    return Object(f"source=x/type=Patient/day=2026-01-01/{digest}.ndjson", b"{}\n" * lines)


def held(digest: str = UPLOAD.digest) -> Object:
    return Object(f"reason=invalid_json/source=x/day=2026-01-01/{digest}-1", b"x")


def test_all_there() -> None:
    account = checks.settle([UPLOAD], [released(2)], [held()])
    assert (account.records_in, account.records_out, account.quarantined) == (3, 2, 1)
    assert (account.lost, account.doubled, account.wrong) == (0, 0, [])


def test_the_same_upload_twice_is_counted_once() -> None:
    assert checks.settle([UPLOAD, UPLOAD], [released(2)], [held()]).wrong == []


def test_a_lost_record_is_seen() -> None:
    account = checks.settle([UPLOAD], [released(1)], [held()])
    assert account.lost == 1
    assert account.wrong[0].startswith("three: 3 records in, 1 out and 1 in quarantine")


def test_a_doubled_record_is_seen() -> None:
    twice = [released(2), Object(released(2).key.replace("2026-01-01", "2026-01-02"), b"{}\n" * 2)]
    account = checks.settle([UPLOAD], twice, [held()])
    assert account.doubled == 2


def test_a_good_record_in_quarantine_is_wrong_though_nothing_is_lost() -> None:
    account = checks.settle([UPLOAD], [released(1)], [held(), held()])
    assert (account.lost, len(account.wrong)) == (0, 1)


def test_what_was_refused_must_not_be_kept() -> None:
    refused = Upload(name="picture", kind="image/png", content=b"x", status=415)
    assert checks.settle([refused], [], []).wrong == []
    assert checks.settle([refused], [released(1, refused.digest)], []).wrong


def test_a_flawed_upload_is_held_back_whole_or_in_part() -> None:
    flawed = Upload(name="flawed", kind="ndjson", content=UPLOAD.content + b"\n{", flawed=True)
    back = held(flawed.digest)
    assert checks.settle([flawed], [], [back]).wrong == []
    assert checks.settle([flawed], [released(3, flawed.digest)], [back]).wrong == []
    assert checks.settle([flawed], [released(2, flawed.digest)], [back]).lost == 1
    assert checks.settle([flawed], [released(4, flawed.digest)], []).wrong
    assert checks.settle([flawed], [], []).lost == 1


def test_an_identifier_is_found_in_any_place_but_never_quoted() -> None:
    places = checks.places([released(1)], [held()], ["nothing"], [{"detail": PEOPLE[0].kanji}])
    (found,) = checks.leaks(PEOPLE[0].identifiers(), places)
    assert found == "1 identifiers in the events"


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp", "iso2022_jp"])
def test_a_name_is_found_in_every_encoding(encoding: str) -> None:
    content = f"氏名,{PEOPLE[0].kanji},様".encode(encoding)
    places = checks.places([Object(released(1).key, content)], [], [], [])
    assert checks.leaks([PEOPLE[0].kanji], places)


def test_clean_places_leak_nothing() -> None:
    places = checks.places([released(1)], [held()], ["nothing"], [{"detail": "x"}])
    assert checks.leaks(PEOPLE[0].identifiers(), places) == []


def test_an_identifier_in_a_quarantine_key_is_a_leak_but_its_content_is_not() -> None:
    name = PEOPLE[0].family
    content = Object(held().key, name.encode())
    key = Object(held().key.replace("source=x", f"source={name}"), b"")
    assert checks.leaks([name], checks.places([], [content], [], [])) == []
    assert checks.leaks([name], checks.places([], [key], [], []))


def test_records_are_counted_by_format() -> None:
    assert count(UPLOAD.content, "ndjson") == 3
    assert count(admissions(PEOPLE, edition=0), "hl7") == 3
    assert count(b"a,b\n1,2\n3,4\n", "csv") == 2
    assert count(b"{}", "json") == 1


def test_people_are_deterministic_and_distinct() -> None:
    assert person(7) == person(7)
    everybody = [text for number in range(60) for text in person(number).identifiers()]
    assert len(everybody) == len(set(everybody))
    assert min(len(text) for text in everybody) >= 5
