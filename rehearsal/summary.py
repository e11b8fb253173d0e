"""The end of a rehearsal: a table for a person, the same as JSON for a machine."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.checks import Account
from rehearsal.faults import Faults

SIMULATED = (
    "TLS: the loopback interface counts as TLS, so policies that demand it apply",
    "the edge: API Gateway's payload limit, Kinesis event sources as Lambda works through them",
    "keys: whether a caller may use a key is checked; stored bytes are not encrypted",
    "the network: functions run as processes here; subnets, groups and endpoints filter nothing",
)


@dataclass
class Summary:
    """Everything a rehearsal found out."""

    environment: str
    passed: bool = False
    failure: str | None = None
    endpoint: str = ""
    folder: str = ""
    resources: dict[str, dict[str, int]] = field(default_factory=dict)
    scenario: Account | None = None
    through_faults: Account | None = None
    faults: Faults | None = None
    services: list[str] = field(default_factory=list)
    clusters: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return it as JSON."""
        told: dict[str, Any] = {**asdict(self), "simulated": SIMULATED}
        return json.dumps(told, indent=1, ensure_ascii=False)

    def write(self, path: Path) -> None:
        """Write the JSON whole or not at all."""
        building = path.with_name(f".{path.name}")
        building.write_text(self.to_json())
        building.rename(path)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the table."""
        yield f"Rehearsal of {self.environment}: {'passed' if self.passed else 'FAILED'}"
        native, recorded = (self.resources.get(how, {}) for how in ("native", "recorded"))
        if native or recorded:
            yield f"  native     {_counted(native)}"
            yield f"  recorded   {_counted(recorded)}: checked against their schema, no effect"
            for row in _rows(recorded):
                yield f"             {row}"
            for index, what in enumerate(SIMULATED):
                yield f"  {'simulated' if index == 0 else '':10} {what}"
        if self.scenario:
            yield f"  records    {_account(self.scenario)}"
        if self.through_faults and self.faults:
            yield f"  faults     {_account(self.through_faults)}"
            struck = ", ".join(f"{name} {times}" for name, times in asdict(self.faults).items())
            yield f"             {struck}"
        for index, line in enumerate(self.services):
            yield f"  {'services' if index == 0 else '':10} {line}"
        for index, line in enumerate(self.clusters):
            yield f"  {'clusters' if index == 0 else '':10} {line}"
        spent = ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.seconds.items())
        yield f"  seconds    {spent}; {sum(self.seconds.values()):.1f} in all"
        yield f"  more       {self.folder}: logs, summary.json, cdk.out with the compliance verdict"
        if self.failure:
            yield f"  failure    {self.failure}"


def _counted(resources: dict[str, int]) -> str:
    return f"{sum(resources.values())} resources of {len(resources)} types"


def _rows(resources: dict[str, int]) -> Iterator[str]:
    row = ""
    for name, times in sorted(resources.items()):
        short = name.removeprefix("AWS::") + (f" x{times}" if times > 1 else "")
        if row and len(row) + len(short) > 84:  # noqa: PLR2004 (columns of a terminal)
            yield row + ","
            row = ""
        row += f", {short}" if row else short
    if row:
        yield row


def _account(account: Account) -> str:
    return (
        f"{account.records_in} in, {account.records_out} out, {account.quarantined} in quarantine;"
        f" {account.lost} lost, {account.doubled} doubled, {account.leaks} leaks"
    )
