"""Synthetic identifiers of every class, and records in which each stands wherever it may occur."""

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_KANJI = "薔薇鱗鷲麒麟鳳凰瑠璃玻璃琥珀翡翠珊瑚"
_KANA = "ヌヴェゾヮヰヱヲヂヅ"

_PSEUDONYM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}")
"""Random digits: a short number may stand in one by chance."""


@dataclass
class Person:
    """One person's identifiers; `all` are those that must not survive."""

    number: int
    extra: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        draw = random.Random(self.number)  # noqa: S311  not for secrets
        n = self.number
        letters = "".join(draw.choice("bcdfghjklmnpqrstvwxz") for _ in range(6))
        self.family = f"Zq{letters}"
        self.given = f"Xw{letters[::-1]}"
        self.kanji = "".join(draw.choice(_KANJI) for _ in range(4)) + "郎太"
        self.kana = "".join(draw.choice(_KANA) for _ in range(6))
        self.hiragana = "ゐゑ" + "".join(draw.choice("ぬゔぇぞゎ") for _ in range(5))
        self.street = f"{n % 90 + 7} Qu{letters} Lane"
        self.street_jp = f"架空{self.kanji[:3]}町九丁目{n}番"
        self.city = f"Vb{letters}ton"
        self.zip = f"9{n % 10}2{10 + n % 90:02}"
        self.postal = f"{100 + n % 900}-{4000 + n % 6000}"
        self.phone = f"({200 + n % 700}) 555-{n % 10000:04}"
        self.phone_jp = f"090-{1000 + n % 9000}-{8642 + n % 1000}"
        self.fax = f"03-{5000 + n % 5000}-{7531 + n % 1000}"
        self.email = f"{letters}{n}@example.org"
        self.ssn = f"9{n % 100:02}-{n % 90 + 10}-{1000 + n % 9000}"
        self.record_number = f"MRN{n:06}{letters[:3].upper()}"
        self.my_number = my_number(f"{20000000000 + n * 7919}")
        self.insured_number = f"記号{n:04}番号{n * 3:05}"
        self.insurer_number = f"0613{n % 10000:04}"
        self.pension_number = f"{1000 + n % 9000}-{100000 + n:06}"
        self.account = f"ACCT-{n:08}"
        self.licence = f"LIC{letters.upper()}{n:05}"
        self.plate = f"品川 5{n % 90 + 10} さ {n % 90 + 10}-{n % 80 + 19}"
        self.vin = f"1HG{letters.upper()}{n:08}"
        self.device = f"UDI(01){70000000000000 + n}"
        self.serial = f"SN-{letters}-{n}"
        self.url = f"https://{letters}.example.net/people/{n}"
        self.ip = f"198.51.{n % 250 + 1}.{n * 7 % 250 + 1}"
        self.ipv6 = f"2001:db8::{n:x}:beef"
        self.biometric = f"fingerprint:{letters}{n:06}"
        self.photo = f"aGVhZC1hbmQtc2hvdWxkZXJz{letters}{n}"
        self.other = f"badge #{letters}-{n}"
        self.date = f"{1950 + n % 60}-{n % 12 + 1:02}-{n % 28 + 1:02}"

    @property
    def all(self) -> list[str]:
        """Return every identifier, as it is written in records."""
        own = [value for name, value in vars(self).items() if name not in ("number", "extra")]
        return [str(value) for value in own] + self.extra

    @property
    def texts(self) -> list[str]:
        """Return what may be typed into any field of text."""
        return [value for value in self.all if value != self.date]


def my_number(first: str) -> str:
    """Complete 11 digits by their check digit."""
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    rest = sum(int(d) * w for d, w in zip(first, weights, strict=True)) % 11
    return first + str(0 if rest <= 1 else 11 - rest)


def survivors(content: bytes, people: list[Person], *, encoding: str = "utf-8") -> list[str]:
    """Return the identifiers that are still in an output, however they are hyphenated."""
    text = _PSEUDONYM.sub("", content.decode(encoding))
    plain = text.replace("-", "").replace(" ", "")
    found = []
    for person in people:
        for seed in person.all:
            bare = seed.replace("-", "").replace(" ", "")
            if seed in text or (len(bare) >= 8 and bare in plain):
                found.append(seed)
    return found


class FhirSeeder:
    """Fills every element that a catalogue names, and some that it does not, with identifiers."""

    def __init__(self, catalogue: Mapping[str, Any], person: Person) -> None:
        self._catalogue = catalogue
        self._person = person
        self._texts = self._endless()
        self.count = 0

    def resource(self, kind: str) -> dict[str, Any]:
        """Return a resource of a type with a seed in every place."""
        tables = {**self._catalogue["common"], **self._catalogue["resources"][kind]}
        made = {"resourceType": kind, **self._object(tables, depth=0)}
        made["id"] = self._person.record_number
        made["unheardOf"] = {"deep": [{"deeper": self._text()}]}
        made["_birthDate"] = {"extension": [{"url": self._text(), "valueString": self._text()}]}
        made["extension"] = [
            {"url": self._person.url, "valueString": self._text()},
            {"url": "x", "extension": [{"url": "y", "valueHumanName": {"text": self._text()}}]},
        ]
        made["text"] = {"status": "generated", "div": f"<div>{self._text()} {self._text()}</div>"}
        made["meta"] = {"source": self._person.url, "tag": [{"display": self._text()}]}
        return made

    def _object(self, table: Mapping[str, Any], *, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, spec in table.items():
            kinds = spec if name.endswith("[x]") else [spec]
            for kind in kinds:
                stem = name.removesuffix("[x]")
                key = stem + (kind[0].upper() + kind[1:]) if name.endswith("[x]") else name
                made[key] = self._value(kind, depth=depth + 1)
        made["extension"] = [{"url": self._text(), "valueString": self._text()}]
        return made

    def _value(self, spec: Any, *, depth: int) -> Any:
        if isinstance(spec, list):
            return [self._value(one, depth=depth) for one in spec]
        if isinstance(spec, Mapping):
            return [self._object(spec, depth=depth)]
        inside = self._catalogue["types"].get(spec, spec)
        if isinstance(inside, Mapping):
            return [self._object(inside, depth=depth)] if depth < 5 else self._text()
        return self._leaf(self._catalogue["primitives"].get(inside, inside))

    def _leaf(self, kind: str) -> Any:
        person = self._person
        objects: dict[str, Any] = {
            "coding": {"system": self._text(), "code": self._text(), "display": self._text()},
            "quantity": {"value": 61.5, "unit": self._text(), "code": self._text()},
            "age": {"value": 103, "unit": "a", "code": self._text()},
            "reference": {
                "reference": f"Patient/{person.record_number}",
                "display": self._text(),
                "identifier": {"system": person.url, "value": person.record_number},
            },
            "identifier": {
                "system": person.url,
                "value": person.record_number,
                "type": {"text": self._text()},
                "assigner": {"display": self._text()},
            },
            "date": f"{person.date}T01:02:03+09:00",
            "birth_date": person.date,
            "postal": person.zip if self.count % 2 else person.postal,
            "number": person.my_number if self.count % 2 else int(person.my_number),
            "full_url": f"{person.url}/Patient/{person.record_number}",
            "request": {"method": "PUT", "url": f"Patient?identifier={person.record_number}"},
            "resource": {"resourceType": "Device", "id": "d", "serialNumber": person.serial},
            "url": person.url,
        }
        self.count += 1
        return objects.get(kind) or self._text()

    def _text(self) -> str:
        self.count += 1
        return next(self._texts)

    def _endless(self) -> Iterator[str]:
        while True:
            yield from self._person.texts


def hl7_message(catalogue: Mapping[str, Any], person: Person, *, kind: str = "ADT^A01") -> str:
    """Return a message with a seed in every component of every field of every segment."""
    texts = FhirSeeder({}, person)._endless()

    def filled() -> str:
        parts = ["^".join(f"{next(texts)}&{next(texts)}" for _ in range(8)) for _ in range(2)]
        return "~".join(part.replace("|", "\\F\\") for part in parts)

    lines = [
        f"MSH|^~\\&|{next(texts)}|{next(texts)}|{next(texts)}|{next(texts)}|"
        f"{person.date.replace('-', '')}010203||{kind}|{person.record_number}|P|2.5"
        f"||||{next(texts)}||UNICODE UTF-8|{next(texts)}"
    ]
    for name in [*catalogue["segments"], "IN1", "GT1", "ZPD", "ZZZ"]:
        if name in ("MSH", "OBX"):
            continue
        fields = [filled() for _ in range(50)]
        if name == "PID":
            fields[2] = f"{person.record_number}^^^{next(texts)}^MR~{person.my_number}^^^^MR"
            fields[6] = person.date.replace("-", "")
        lines.append("|".join([name, *fields]))
    for kind_of_value in [*catalogue["observation"], "ED", "RP", "XPN", "XAD", "ZZ"]:
        fields = [filled() for _ in range(30)]
        fields[1] = kind_of_value
        lines.append("|".join(["OBX", *fields]))
    return "\r".join(lines) + "\r"
