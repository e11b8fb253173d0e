"""The quick way (members cut out, never built) and the plain walk give the same."""

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.ingestion.runtime.deidentification import Deidentifier, Format, Rejected, engine
from infra.ingestion.runtime.deidentification.policy import catalogue

from .conftest import KEY, PROFILES, TODAY
from .seeds import FhirSeeder, Person
from .test_never_crashes import RESOURCES, dumped

NDJSON = Format.FHIR_NDJSON
TYPES = [kind for kind in catalogue("fhir")["resources"] if kind != "Bundle"]


def pair(profile: str) -> tuple[Deidentifier, Deidentifier]:
    quick = Deidentifier(profile, KEY, today=TODAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "members_decoder", lambda: None)
        return quick, Deidentifier(profile, KEY, today=TODAY)


PAIRS = {profile: pair(profile) for profile in PROFILES}


def both(profile: str, record: bytes) -> list[object]:
    made: list[object] = []
    for one in PAIRS[profile]:
        try:
            done = one.deidentify(record, Format.FHIR_NDJSON)
            made.append((orjson.loads(done.content), done.content[-1:], done.record_type))
        except Rejected as rejection:
            made.append(rejection.reason)
    return made


def test_the_quick_way_is_taken() -> None:
    quick, plain = PAIRS["safe_harbor"]
    assert quick._line != quick._slow_line
    assert plain._line == plain._slow_line
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quick._fhir, "record", lambda _: pytest.fail("the slow way was taken"))
        for record in (
            b'{"resourceType":"Patient","id":"p"}',
            '{"resourceType":"Patient","x":"田"}',
        ):
            quick.deidentify(record if isinstance(record, bytes) else record.encode(), NDJSON)


def test_on_every_type_full_of_seeds(profile: str) -> None:
    for kind in TYPES:
        record = orjson.dumps(FhirSeeder(catalogue("fhir"), Person(7)).resource(kind))
        quick, plain = both(profile, record)
        assert quick == plain


@pytest.mark.parametrize("profile", PROFILES)
@given(resource=RESOURCES)
@settings(max_examples=200, deadline=None)
def test_on_arbitrary_resources(profile: str, resource: dict[str, Any]) -> None:
    quick, plain = both(profile, dumped(resource))
    assert quick == plain


REFERENCES = st.one_of(
    st.from_regex(r"\A(Patient|Zoe|Observation)/[A-Za-z0-9.\-/?#\"\\ é]{0,12}\Z"),
    st.text(max_size=12),
    st.just("Patient/123456789018"),
)


@pytest.mark.parametrize("profile", PROFILES)
@given(literals=st.lists(REFERENCES, max_size=4), one=st.booleans(), spaced=st.booleans())
@settings(max_examples=150, deadline=None)
def test_on_references(profile: str, literals: list[str], one: bool, spaced: bool) -> None:
    listed: Any = [{"reference": literal} for literal in literals]
    value = listed[0] if one and listed else listed
    resource = {"resourceType": "Observation", "id": "o", "performer": value, "subject": value}
    record = dumped(resource)
    if spaced:
        record = record.replace(b'":', b'": ')
    quick, plain = both(profile, record)
    assert quick == plain


@pytest.mark.parametrize("profile", PROFILES)
@given(
    value=st.integers(-(10**9), 10**9) | st.decimals(-(10**7), 10**7, places=3) | st.none(),
    unit=st.sampled_from(["mg", "a", "mo", "歳", "Zoe", '"value":7', ""]),
    nested=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_on_quantities(profile: str, value: Any, unit: str, nested: bool) -> None:
    number = "null" if value is None else str(value)
    written = orjson.dumps(unit).decode()
    extra = f',"extension":[{{"value":{number}}}]' if nested else ""
    quantity = f'{{"value":{number},"unit":{written}{extra}}}'
    record = f'{{"resourceType":"Observation","valueQuantity":{quantity}}}'.encode()
    quick, plain = both(profile, record)
    assert quick == plain


@pytest.mark.parametrize(
    "record",
    [
        b'{"id":"a\\u0062","resourceType":"Patient"}',
        b'{"id":"p","resource\\u0054ype":"Patient"}',
        b'{"id":"p","resourceType":"Pa\\u0074ient"}',
        b'{"id":7,"resourceType":"Patient"}',
        b'{"id":null,"resourceType":"Patient"}',
        b'{"id":"p","id":"q","resourceType":"Patient"}',
        b'{"resourceType":"Patient","gender":"male","gender":"zoe"}',
        b'{"resourceType":"Patient"}',
        b'{"resourceType":"Patient","zoe":1}',
        b' { "resourceType" : "Patient" , "id" : "p" } ',
        b'{"resourceType":"Observation","valueInteger":1e400}',
        b'{"resourceType":"Observation","valueInteger":123456789012345678901234567890}',
        b'{"resourceType":"Patient","id":"p"}x',
        b'{"resourceType":"Patient","id":"p\x00"}',
        b'{"resourceType":"Patient","gender":"male\x00"}',
        b'{"resourceType":"Patient","gender":"\\ud800"}',
        '{"resourceType":"Patient","id":"ｐ１","address":{"state":"東京都"}}'.encode(),
        b'{"resourceType":"Bundle","id":"b"}',
    ],
)
def test_on_odd_json(profile: str, record: bytes) -> None:
    quick, plain = both(profile, record)
    assert quick == plain
