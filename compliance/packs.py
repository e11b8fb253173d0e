"""The engines that come with the CDK: cdk-nag's packs and the CloudFormation validator."""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import cdk_nag
import jsii

from compliance.engine import Case
from compliance.templates import Template
from compliance.verdicts import Row, Verdict

MEMORY = Path(__file__).parents[1] / "build" / "validated"
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


@jsii.implements(cdk.IPolicyValidationContext)
class _Templates:
    """The validator's view of some templates; CDK's own view has top-level ones only."""

    def __init__(self, case: Case, templates: list[Template]) -> None:
        self._app = case.app
        self._stacks = [
            cdk.PolicyValidationStack(
                stack_construct_path=template.path,
                template_path=str(case.assembly.folder / template.file),
            )
            for template in templates
        ]

    @property
    def template_paths(self) -> list[str]:
        return [stack.template_path for stack in self._stacks]

    @property
    def stack_templates(self) -> list[cdk.PolicyValidationStack]:
        return self._stacks

    @property
    def account_id(self) -> str | None:
        return None

    @property
    def region(self) -> str | None:
        return None

    @property
    def app_construct(self) -> Any:
        return self._app


class CloudFormationValidate:
    """CDK's CloudFormation Validate over every template, nested ones included.

    It takes longer to load than all else together, and says the same of the same bytes: what
    passed is remembered in `memory` by its hash and the CDK's version, and not asked again.
    """

    name = "CloudFormation Validate"

    def __init__(self, memory: Path = MEMORY) -> None:
        self._memory = memory

    def judge(self, case: Case) -> Iterator[Row]:
        """Yield a row for each diagnostic of the levels WARN and above."""
        unseen = [one for one in case.assembly.templates if not self._passed(one).is_file()]
        if not unseen:
            return
        rows = list(self._validated(case, unseen))
        yield from rows
        self._memory.mkdir(parents=True, exist_ok=True)
        for template in unseen:
            if template.file not in {row.template for row in rows}:
                self._passed(template).touch()

    def _passed(self, template: Template) -> Path:
        return self._memory / f"{version('aws-cdk-lib')}-{template.sha256}"

    def _validated(self, case: Case, templates: list[Template]) -> Iterator[Row]:
        # CDK's own additions are about GameLift only, and take as long to load as all the rest.
        plugin = cdk.CloudFormationValidatePlugin(include_default_rules=False)
        report = plugin.validate(_Templates(case, templates))
        files = {str(case.assembly.folder / template.file): template for template in templates}
        for violation in report.violations:
            for resource in violation.violating_resources:
                template = files[resource.template_path or ""]
                logical_id = resource.resource_logical_id or ""
                yield Row(
                    engine=self.name,
                    rule=f"CFN-{violation.rule_name}",
                    verdict=Verdict.FAIL,
                    path=case.assembly.paths.get((template.file, logical_id), template.path),
                    finding=", ".join(resource.locations),
                    template=template.file,
                    logical_id=logical_id,
                    message=violation.description,
                    remedy=violation.fix or "",
                )
