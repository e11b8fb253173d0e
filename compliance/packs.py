"""cdk-nag's packs as an engine of the gate."""

from collections.abc import Iterator
from typing import Any, TypedDict

from compliance import nag
from compliance.engine import Case
from compliance.resources import Resource
from compliance.verdicts import Row, Verdict

THREW = "Rule threw an error during validation."
END_OF_INFORMATION = "). "
"""cdk-nag's description is what is wrong, closed by the control ids in brackets, and why."""
IN_ORDER = "cdk-nag's rule applies to it and calls it compliant"


class Place(TypedDict, total=False):
    """Where a resource is, as a row tells it; empty for what no template holds."""

    resource_type: str
    template: str
    logical_id: str


class NagPacks:
    """The packs that every environment is judged by, run over the construct tree."""

    name = "cdk-nag"

    def judge(self, case: Case) -> Iterator[Row]:
        """Yield a row for each finding and for each resource that a rule called compliant.

        The engine of a row is its pack. A rule that says "not applicable" has no row.
        """
        at = {resource.path: _place(resource) for resource in case.resources.all}
        for pack, said in nag.judge(case.app).items():
            for violation in said["violations"]:
                yield from _found(pack, violation, at)
            for rule, paths in said["compliant"].items():
                for path in paths:
                    yield Row(
                        engine=pack,
                        rule=f"{pack}-{rule}",
                        verdict=Verdict.PASS,
                        path=path,
                        message=IN_ORDER,
                        **at.get(path, Place()),
                    )


def _found(pack: str, violation: dict[str, Any], at: dict[str, Place]) -> Iterator[Row]:
    rule, _, finding = violation["ruleName"].partition("[")
    threw = violation["description"].startswith(THREW)
    message, bracket, why = violation["description"].partition(END_OF_INFORMATION)
    for violating in violation["violatingResources"]:
        path = violating["constructPath"]
        yield Row(
            engine=pack,
            rule=rule,
            verdict=Verdict.INDETERMINATE if threw else Verdict.FAIL,
            path=path,
            finding=finding.removesuffix("]"),
            message=message + bracket.rstrip(),
            remedy=why,
            **at.get(path, Place()),
        )


def _place(resource: Resource) -> Place:
    return Place(
        resource_type=resource.type,
        template=resource.template.file,
        logical_id=resource.logical_id,
    )
