"""What an engine of the gate is: something that says a verdict on resources or templates."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from compliance.resources import Resources
from compliance.settings import Settings
from compliance.templates import Assembly
from compliance.verdicts import Row, Verdict

if TYPE_CHECKING:
    from aws_cdk import App

CRASHED = "IRYO-GATE-ENGINE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is judged: the assembly on disk, its resources, and the tree it was made from."""

    app: "App"
    assembly: Assembly
    resources: Resources
    settings: Settings


class Engine(Protocol):
    """Something that judges. What it raises turns the gate red."""

    @property
    def name(self) -> str: ...  # noqa: D102

    def judge(self, case: Case) -> Iterable[Row]: ...  # noqa: D102


def guarded(engine: Engine, case: Case) -> list[Row]:
    """Run an engine; an engine that crashed has judged nothing, which is a failure."""
    try:
        return list(engine.judge(case))
    except Exception as error:  # whatever it raises is red, never lost
        return [
            Row(
                engine=engine.name,
                rule=CRASHED,
                verdict=Verdict.FAIL,
                path=engine.name,
                message=f"the engine stopped: {type(error).__name__}: {error}",
                remedy="Nothing it should have judged was judged; mend the engine or its input.",
            )
        ]
