"""Real-looking records about synthetic people: FHIR, HL7 v2 and CSV, and how many a file holds."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from rehearsal.people import Person

_SYSTEM = "urn:oid:1.2.392.100495.20.3.51"


def bundle(person: Person) -> bytes:
    """Return a carebundle Bundle (about 45 resources) whose patient is this person."""
    content = json.loads(_carebundle(person.number))
    for entry in content["entry"]:
        _overlay(entry["resource"], person)
    return json.dumps(content, ensure_ascii=False).encode()


def ndjson(person: Person) -> bytes:
    """Return the same resources as lines, as a bulk export has them."""
    lines = [entry["resource"] for entry in json.loads(_carebundle(person.number))["entry"]]
    for number, resource in enumerate(lines):
        _overlay(resource, person)
        resource.setdefault("id", f"p{person.number}-{number}")
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def patients(people: Sequence[Person], *, edition: int) -> bytes:
    """Return one Patient line a person; `edition` makes the content differ from another time's."""
    lines = []
    for person in people:
        resource: dict[str, Any] = {"resourceType": "Patient", "id": f"e{edition}-{person.number}"}
        _overlay(resource, person)
        lines.append(json.dumps(resource, ensure_ascii=False))
    return "\n".join(lines).encode()


def admissions(people: Sequence[Person], *, edition: int) -> bytes:
    """Return a file of ADT^A01 messages, one a person."""
    return "\r".join(_admission(person, edition) for person in people).encode()


def table(people: Sequence[Person], policy: dict[str, Any]) -> bytes:
    """Return a CSV as a column policy describes it: encoding, delimiter and kinds of columns."""
    delimiter, columns = policy.get("delimiter", ","), policy["columns"]
    lines = [list(columns)]
    lines += [[_cell(person, kind) for kind in columns.values()] for person in people]
    text = "".join(delimiter.join(line) + "\n" for line in lines)
    return text.encode(policy.get("encoding", "utf-8"))


def count(content: bytes, kind: str) -> int:
    """Count the records of a file, by its ending (json, ndjson, hl7 or csv).

    Written anew here on purpose: the rehearsal does not believe the code that it judges.
    """
    match kind:
        case "json":
            return 1
        case "ndjson":
            return sum(1 for line in content.split(b"\n") if line.strip())
        case "hl7":
            lines = content.replace(b"\n", b"\r").split(b"\r")
            return sum(1 for line in lines if line.startswith(b"MSH"))
        case "csv":
            return sum(1 for line in content.split(b"\n") if line.strip()) - 1
        case _:
            raise ValueError(f"files ending in .{kind} are not known")


@cache
def _carebundle(number: int) -> str:
    import carebundle  # noqa: PLC0415 (0.3 s, only the scenario pays)

    profiles = sorted(carebundle.PROFILES)
    made = carebundle.generate_bundle(
        profile=profiles[number % len(profiles)], seed=number, sex="FM"[number % 2]
    )
    return str(carebundle.to_json(made))


def _overlay(resource: dict[str, Any], person: Person) -> None:
    """Give a Patient this person's identity, and any narrative the name."""
    full = f"{person.given} {person.family}"
    if resource["resourceType"] == "Patient":
        resource.update(
            {
                "identifier": [
                    {"system": _SYSTEM, "value": person.record_number},
                    {"system": "urn:example:insurance", "value": person.insurance},
                    {"system": "urn:example:my-number", "value": person.my_number},
                    {"system": "http://hl7.org/fhir/sid/us-ssn", "value": person.social_security},
                ],
                "name": [
                    {"use": "official", "family": person.family, "given": [person.given]},
                    {"text": person.kanji},
                ],
                "telecom": [
                    {"system": "phone", "value": person.phone},
                    {"system": "email", "value": person.email},
                ],
                "birthDate": person.birth_date,
                "address": [{"line": [person.street], "postalCode": "150-0001", "country": "JP"}],
                "contact": [{"name": {"text": full}, "telecom": [{"value": person.phone}]}],
                "extension": [{"url": "urn:example:nickname", "valueString": full}],
                "gender": "female" if person.number % 2 else "male",
            }
        )
    if "text" in resource or resource["resourceType"] == "Patient":
        narrative = f'<div xmlns="http://www.w3.org/1999/xhtml">{full}, {person.phone}</div>'
        resource["text"] = {"status": "generated", "div": narrative}
    if resource["resourceType"] == "Observation":
        resource["note"] = [{"text": f"Called {full} at {person.phone}."}]


def _admission(person: Person, edition: int) -> str:
    born = person.birth_date.replace("-", "")
    name = f"{person.family}^{person.given}"
    kin = f"{person.family}^{person.kanji}"
    patient = [
        *("PID", "1", "", f"{person.record_number}^^^IRYO^MR", "", name, "", born),
        *("F" if person.number % 2 else "M", "", "", f"{person.street}^^Tokyo^13^1500001^JPN"),
        *("", person.phone, "", "", "", "", person.insurance, person.social_security),
    ]
    return "\r".join(
        [
            f"MSH|^~\\&|EMR|WARD|IRYO|LAKE|20260401120000||ADT^A01|E{edition}N{person.number}|P|2.5",
            "EVN|A01|20260401120000",
            "|".join(patient),
            f"NK1|1|{kin}|SPO|{person.street}|{person.phone}",
            f"PV1|1|I|3E^301^1||||1234^{person.kanji}^{person.given}|||MED||||||||V{edition}",
            f"ZPD|{person.my_number}|{person.email}",
        ]
    )


def _cell(person: Person, kind: str | list[str]) -> str:
    """Fill a cell by the kind of information that its column holds."""
    if isinstance(kind, list):
        return kind[person.number % len(kind)]
    by_kind = {
        "patient_id": person.record_number,
        "name": person.kanji,
        "birth_date": person.birth_date,
        "postal": "150-0001",
        "address_line": person.street,
        "phone": person.phone,
        "email": person.email,
        "insurance_id": person.insurance,
        "national_id": person.my_number,
        "date": "2026-04-01",
        "free_text": f"{person.kanji} {person.phone}",
        "unit": "mg/dL",
        "code:http://loinc.org": "4548-4",
    }
    return by_kind.get(kind, str(20 + person.number % 60))
