"""The de-identification engine against `orjson.loads` + `orjson.dumps`, round by round.

The input of the FHIR figure is what carebundle makes of 300 patients (13,554 resources, 16.6 MB);
the HL7 v2 messages are half admissions (ADT^A01) and half results (ORU^R01, six OBX).
"""

import gc
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import orjson

from bench.figure import Figure
from infra.ingestion.runtime.deidentification import Deidentifier, Format

ROUNDS, HL7_ROUNDS = 9, 3
PATIENTS, SEED = 300, 11
MESSAGES = 20_000
KEY = b"only-for-the-benchmark-0123456789abcdef"
_MEGA = 1_000_000


def run() -> list[Figure]:
    """Measure on one core: FHIR NDJSON against orjson, HL7 v2, and memory by length of file."""
    lines = fhir_lines()
    return [*_fhir(lines), _hl7v2(), _memory(lines)]


def fhir_lines() -> list[bytes]:
    """Return the resources of 300 synthetic patients, a line each."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(sys.executable).with_name("carebundle")
        options = ("--profile", "mixed", "--sex", "mixed", "--format", "ndjson")
        numbers = ("--count", str(PATIENTS), "--seed", str(SEED))
        command = [str(program), "generate", *options, *numbers, "--out", folder]
        subprocess.run(command, check=True, capture_output=True)
        files = sorted(Path(folder).glob("*.ndjson"))
        return [line for file in files for line in file.read_bytes().splitlines()]


def _fhir(lines: list[bytes]) -> list[Figure]:
    size = sum(map(len, lines))
    yardstick, engine = [], []
    # The collector would visit the benchmark's own lines and modules in either of the two.
    gc.collect()
    gc.freeze()
    for _ in range(ROUNDS):
        # A new engine each round: what it remembers of the records it must earn in the round.
        deidentify = Deidentifier("safe_harbor", KEY).deidentify
        yardstick.append(_seconds(partial(_parse_and_write, lines)))
        engine.append(_seconds(partial(_deidentify, lines, Format.FHIR_NDJSON, deidentify)))
    ratios = [one / other for one, other in zip(yardstick, engine, strict=True)]
    spread = f"{ROUNDS} rounds, {min(ratios):.1%} to {max(ratios):.1%}"
    yard = "orjson.loads + orjson.dumps on the same lines"
    return [
        Figure(
            name=f"FHIR NDJSON, safe_harbor, median of {spread}",
            value=100 * statistics.median(ratios),
            unit="%",
            limit=45,
            at_least=True,
            baseline=f"{yard} ({size / min(yardstick) / _MEGA:.0f} MB/s)",
        ),
        Figure(
            name="FHIR NDJSON, safe_harbor, best round",
            value=size / min(engine) / _MEGA,
            unit="MB/s",
        ),
    ]


def _hl7v2() -> Figure:
    messages = [_admission(n) if n % 2 else _results(n) for n in range(MESSAGES)]
    rates = []
    for _ in range(HL7_ROUNDS):
        deidentify = Deidentifier("safe_harbor", KEY).deidentify
        seconds = _seconds(partial(_deidentify, messages, Format.HL7V2, deidentify))
        rates.append(MESSAGES / seconds)
    spread = f"{HL7_ROUNDS} rounds, {min(rates):,.0f} to {max(rates):,.0f}"
    return Figure(
        name=f"HL7 v2, safe_harbor, median of {spread}",
        value=statistics.median(rates),
        unit="messages/s",
        limit=20_000,
        at_least=True,
    )


def _memory(lines: list[bytes]) -> Figure:
    """Compare the peak of memory for one file with that for one ten times as long."""
    one, ten = (_peak(lines[:2_000], times) for times in (1, 10))
    return Figure(
        name="memory for an NDJSON file ten times as long",
        value=ten / one,
        unit="times the memory",
        limit=1.1,
    )


def _peak(lines: list[bytes], times: int) -> int:
    engine = Deidentifier("safe_harbor", KEY)

    def upload() -> Iterator[bytes]:
        for _ in range(times):
            for line in lines:
                yield line + b"\n"

    for record in engine.records(upload(), Format.FHIR_NDJSON):
        engine.deidentify(record, Format.FHIR_NDJSON)
    tracemalloc.start()
    for record in engine.records(upload(), Format.FHIR_NDJSON):
        engine.deidentify(record, Format.FHIR_NDJSON)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _deidentify(
    records: list[bytes], format: Format, deidentify: Callable[[bytes, Format], object]
) -> None:
    for record in records:
        deidentify(record, format)


def _parse_and_write(lines: list[bytes]) -> None:
    loads, dumps = orjson.loads, orjson.dumps
    for line in lines:
        dumps(loads(line))


def _admission(n: int) -> bytes:
    segments = (
        f"MSH|^~\\&|HIS|HOSP|LAKE|IRYO|202601151030{n % 60:02}||ADT^A01^ADT_A01|M{n}|P|2.5"
        "||||||UNICODE UTF-8",
        "EVN|A01|20260115103000",
        f"PID|1||P{n:07}^^^^PI||田中^花子^^^^^L^I~タナカ^ハナコ^^^^^L^P||{1940 + n % 70}0514|F|||"
        f"^架空町^千代田区^東京都^100-0001^JPN^H||03-5555-{n % 10_000:04}^PRN^PH",
        "NK1|1|田中^一郎|SPO^配偶者^HL70063||03-5555-0123",
        f"PV1|1|I|3E^301^01||||D{n % 50:04}^鈴木^医師||||||||||||V{n:07}|||||||||||||||||||||||||"
        "20260110100000",
        "DG1|1||I50.0^うっ血性心不全^I10||20260110|A",
    )
    return ("\r".join(segments) + "\r").encode()


def _results(n: int) -> bytes:
    segments = [
        f"MSH|^~\\&|LIS|LAB|LAKE|IRYO|20260116100000||ORU^R01^ORU_R01|R{n}|P|2.5"
        "||||||UNICODE UTF-8",
        f"PID|1||P{n:07}^^^^PI||佐藤^健||{1940 + n % 70}0228|M",
        f"OBR|1|O{n}^HIS|F{n}^LIS|24323-8^CMP^LN|||20260116083000|||||||||D{n % 50:04}^鈴木^医師",
    ]
    segments += [
        f"OBX|{k}|NM|{2900 + k}-2^x^LN||{100 + n * k % 90}|mmol/L^^UCUM|135-145|N|||F|||20260116"
        for k in range(1, 7)
    ]
    return ("\r".join(segments) + "\r").encode()
