"""The gate: what is synthesised is judged before anything can be deployed.

It is a validation plugin, so `app.synth()` itself fails on a finding: in `python app.py`, under
`cdk synth` and in tests. It reads the templates from disk, nested ones included.
"""

import json
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii

from compliance import register, table
from compliance.assessment import assess
from compliance.evidence import BASE
from compliance.evidence.errors import ReportError
from compliance.evidence.writing import write
from compliance.judging import UNJUDGED, engines, judge
from compliance.quotas import near
from compliance.settings import Settings
from compliance.tables import FrameworkError
from compliance.templates import SUFFIX
from compliance.verdicts import Judgement, Row, Verdict

SWITCH = "iryo:gate"
"""The context key that turns the gate off (`off`) where only a template is wanted."""
NAME = "Iryo gate"
REPORT = "validation-report.json"
SEVERE = ("error", "fatal")


def add_packs(app: cdk.App, config: Settings) -> None:
    """Have the app judged whenever it is synthesised, unless its context turns the gate off."""
    if app.node.try_get_context(SWITCH) == "off":
        return
    _GATES[app] = _Gate(app, config)
    cdk.Validations.of(app).add_plugins(_GATES[app])


def judgement_of(app: cdk.App) -> Judgement | None:
    """Return what was judged when the app was synthesised; None before, or with the gate off."""
    gate = _GATES.get(app)
    return gate.judgement if gate else None


def synthesise(app: cdk.App, config: Settings) -> int:
    """Synthesise an app, print the verdict and write the report.

    Return 0 (nothing found), 1, or 2 when the report cannot be made of what was handed over.
    Prints to stderr, because `cdk synth` prints templates to stdout.
    """
    start = time.perf_counter()
    folder = Path(app.outdir)
    _remove_old_templates(folder)
    try:
        app.synth()
    except RuntimeError as error:
        # A finding makes synthesis fail, and the table says it better than CDK's message.
        if judgement_of(app) is None:
            sys.stderr.write(f"{error}\n")
            return 1
    code = _tell(app, folder, config)
    seconds = time.perf_counter() - start
    sys.stderr.write(f"templates of {config.name}: {folder} (synthesised in {seconds:.1f} s)\n")
    return code


@jsii.implements(cdk.IPolicyValidationPlugin)
class _Gate:
    """The gate as CDK sees it. Keeps its judgement for whoever prints or reports it."""

    def __init__(self, app: cdk.App, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self.judgement: Judgement | None = None

    @property
    def name(self) -> str:
        return NAME

    @property
    def version(self) -> str | None:
        return None

    @property
    def rule_ids(self) -> list[str] | None:
        return None

    def validate(self, context: Any) -> cdk.PolicyValidationPluginReport:
        folder = Path(context.template_paths[0]).parent
        self.judgement = judge(self._app, self._settings, folder, engines())
        return cdk.PolicyValidationPluginReport(
            success=not self.judgement.red,
            violations=[_violation(row) for row in self.judgement.red],
        )


_GATES: WeakKeyDictionary[cdk.App, _Gate] = WeakKeyDictionary()


def _violation(row: Row) -> cdk.PolicyViolation:
    return cdk.PolicyViolation(
        rule_name=row.rule,
        description=f"{row.message} [{row.finding}]" if row.finding else row.message,
        fix=row.remedy or None,
        severity="error",
        violating_resources=[cdk.PolicyViolatingResource(construct_path=row.path, locations=[])],
    )


def _tell(app: cdk.App, folder: Path, settings: Settings) -> int:
    """Print what was judged and write the report. Return 0, 1 or 2."""
    if app not in _GATES:
        sys.stderr.write("gate: off, nothing was judged\n")
        return 0
    judgement = judgement_of(app)
    if judgement is None:
        sys.stderr.write("gate: there was nothing to judge\n")
        return 1
    judgement = judgement.with_rows(_of_other_plugins(folder))
    table.show(judgement, sys.stderr)
    ending = register.ending(judgement.waivers, today=date.today())
    for sentence in (*near(judgement.rows), *ending):
        sys.stderr.write(f"note: {sentence}\n")
    base = app.node.try_get_context(BASE)
    try:
        write(
            assessment=assess(judgement, settings),
            settings=settings,
            folder=folder,
            base=Path(base) if base else None,
        )
    except (ReportError, FrameworkError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 1 if judgement.red else 0


def _of_other_plugins(folder: Path) -> Iterator[Row]:
    """Yield what plugins that we did not write found, such as errors that constructs annotate."""
    file = folder / REPORT
    reports = json.loads(file.read_bytes())["pluginReports"] if file.is_file() else []
    for report in reports:
        name = report["pluginName"]
        if error := report.get("metadata", {}).get("error"):
            yield Row(engine=name, rule=UNJUDGED, verdict=Verdict.FAIL, path=name, message=error)
        for violation in report["violations"]:
            if name == NAME or violation.get("severity") not in SEVERE:
                continue
            for construct in violation["violatingConstructs"]:
                yield Row(
                    engine=name,
                    rule=violation["ruleName"],
                    verdict=Verdict.FAIL,
                    path=construct.get("constructPath", ""),
                    message=violation["description"],
                    remedy=violation.get("fix", ""),
                )


def _remove_old_templates(folder: Path) -> None:
    """Remove what an earlier synthesis left: it would be there to deploy, and judged by nobody."""
    for file in (*folder.glob(f"*{SUFFIX}"), folder / REPORT):
        file.unlink(missing_ok=True)
