"""Judging a cloud assembly: every engine over every template, waivers applied, nothing left out."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from compliance import coverage, register
from compliance.cycles import Cycles
from compliance.engine import Case, Engine, guarded
from compliance.own import OwnRules
from compliance.quotas import Quotas
from compliance.resources import Resources
from compliance.second.agreement import reconcile
from compliance.settings import Settings
from compliance.templates import Assembly
from compliance.verdicts import Judgement, Row, Verdict

if TYPE_CHECKING:
    from aws_cdk import App

UNJUDGED = "IRYO-GATE-UNJUDGED"


def engines() -> list[Engine]:
    """Return what judges.

    CDK_VALIDATION=false leaves out AWS's rules of the validator, as in CDK itself; the second
    opinion stays.
    """
    from compliance.packs import NagPacks  # noqa: PLC0415 (slow)
    from compliance.validator import CloudFormationValidate  # noqa: PLC0415 (slow)

    builtin = os.environ.get("CDK_VALIDATION") != "false"
    validator = CloudFormationValidate(builtin=builtin)
    return [OwnRules(), Quotas(), Cycles(), NagPacks(), validator]


def judge(app: "App", settings: Settings, folder: Path, chosen: Sequence[Engine]) -> Judgement:
    """Judge a cloud assembly on disk and the tree it was made from.

    Raises AssemblyError when a file of the assembly is missing or broken, WaiverError when a
    construct carries a waiver that is none.
    """
    assembly = Assembly(folder)
    case = Case(app=app, assembly=assembly, resources=Resources.of(assembly), settings=settings)
    rows = reconcile(_rows(chosen, case))
    rows += coverage.unjudged(case.resources.all, rows)
    judged = {template.file: template.sha256 for template in assembly.templates}
    recorded = assembly.waivers
    rows = register.excuse(rows, recorded, today=date.today())
    rows += register.untyped(assembly)
    rows += completeness(assembly.on_disk(), judged)
    return Judgement(
        rows=tuple(rows), judged=judged, waivers=tuple(recorded), resources=case.resources
    )


def _rows(chosen: Sequence[Engine], case: Case) -> list[Row]:
    """Ask every engine; one that needs neither Python nor the CDK works beside the others."""
    with ThreadPoolExecutor(max_workers=1) as beside:
        started = {
            index: beside.submit(guarded, engine, case)
            for index, engine in enumerate(chosen)
            if getattr(engine, "native", False)
        }
        return [
            row
            for index, engine in enumerate(chosen)
            for row in (started[index].result() if index in started else guarded(engine, case))
        ]


def completeness(on_disk: dict[str, str], judged: dict[str, str]) -> Iterator[Row]:
    """Yield for each template file whether it is among those judged, byte for byte."""
    for file, sha256 in on_disk.items():
        if judged.get(file) == sha256:
            yield Row(
                engine="Templates",
                rule=UNJUDGED,
                verdict=Verdict.PASS,
                path=file,
                template=file,
            )
        else:
            yield Row(
                engine="Templates",
                rule=UNJUDGED,
                verdict=Verdict.FAIL,
                path=file,
                template=file,
                message="this template is on disk, but nobody judged it",
                remedy="Remove it if it is left over; otherwise find out what wrote it.",
            )
