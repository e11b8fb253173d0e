"""cdk-nag's packs as engines of the gate."""

from collections.abc import Iterator
from typing import Any

import cdk_nag

from compliance.engine import Case
from compliance.verdicts import Row, Verdict

THREW = "Rule threw an error during validation."
END_OF_INFORMATION = "). "
"""cdk-nag's description is what is wrong, closed by the control ids in brackets, and why."""


class NagPack:
    """A pack of cdk-nag, run over the construct tree."""

    def __init__(self, name: str, pack: type[Any]) -> None:
        self.name = name
        self._pack = pack

    def judge(self, case: Case) -> Iterator[Row]:
        """Yield a row for each finding; what the pack finds in order it does not tell."""
        report = self._pack(case.app, verbose=True).validate_scope(case.app)
        located = {path: place for place, path in case.assembly.paths.items()}
        types = {resource.path: resource.type for resource in case.resources.all}
        for violation in report.violations:
            rule, _, finding = violation.rule_name.partition("[")
            threw = violation.description.startswith(THREW)
            message, bracket, why = violation.description.partition(END_OF_INFORMATION)
            for resource in violation.violating_resources:
                path = resource.construct_path or ""
                template, logical_id = located.get(path, ("", ""))
                yield Row(
                    engine=self.name,
                    rule=rule,
                    verdict=Verdict.INDETERMINATE if threw else Verdict.FAIL,
                    path=path,
                    finding=finding.removesuffix("]"),
                    resource_type=types.get(path, ""),
                    template=template,
                    logical_id=logical_id,
                    message=message + bracket.rstrip(),
                    remedy=why,
                )


def nag_packs() -> list[NagPack]:
    """Return the packs that every environment is judged by."""
    return [
        NagPack("HIPAA.Security", cdk_nag.HIPAASecurityChecks),
        NagPack("NIST.800.53.R5", cdk_nag.NIST80053R5Checks),
    ]
