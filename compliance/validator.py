"""CloudFormation Validate: AWS's own validator, over nested templates too.

The CDK runs the same core in Node over top-level templates only; its native build is loaded here,
which takes a fifth of the time.
"""

from collections.abc import Iterator

from cloudformation_validate import CelEngine, DetailLevel, Diagnostic, Severity, ValidateConfig

from compliance.engine import Case
from compliance.templates import Template
from compliance.verdicts import Row, Verdict


class CloudFormationValidate:
    """The validator as an engine of the gate."""

    name = "CloudFormation Validate"

    def judge(self, case: Case) -> Iterator[Row]:
        """Yield a row for each diagnostic of the levels WARN and above."""
        engine = CelEngine()
        wanted = ValidateConfig(severity_level=Severity.WARN, detail_level=DetailLevel.STANDARD)
        for template in case.assembly.templates:
            report = engine.validate_template(case.assembly.folder / template.file, wanted)
            for diagnostic in report.diagnostics:
                yield self._row(case, template, diagnostic)

    def _row(self, case: Case, template: Template, diagnostic: Diagnostic) -> Row:
        entity = diagnostic.entity
        logical_id = entity.logical_id if entity else ""
        return Row(
            engine=self.name,
            rule=f"CFN-{diagnostic.rule_id}",
            verdict=Verdict.FAIL,
            path=case.assembly.paths.get((template.file, logical_id), template.path),
            finding=diagnostic.property_path or "",
            resource_type=(entity.resource_type if entity else None) or "",
            template=template.file,
            logical_id=logical_id,
            message=diagnostic.message,
        )
