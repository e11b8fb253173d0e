"""CloudFormation Validate, AWS's own validator, and with it the second opinion in Guard.

The CDK runs the same core in Node over top-level templates only; its native build is loaded here,
which takes a fifth of the time and reads nested templates too. It evaluates Guard rules in the same
pass, as loading it twice would cost more than all that it does.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property

from cloudformation_validate import (
    CelEngine,
    DetailLevel,
    Diagnostic,
    EngineConfig,
    ExternalRuleSource,
    RuleOrigin,
    Severity,
    ValidateConfig,
)

from compliance import second
from compliance.engine import Case
from compliance.resources import Resources
from compliance.templates import Assembly, Template
from compliance.verdicts import Row, Verdict


class CloudFormationValidate:
    """The validator as an engine of the gate, with its own rules, with those in Guard, or both.

    It is loaded at first use and knows the templates that it has seen, so asking one again is
    cheap. `sources` are the rules in Guard, all of them when not given.
    """

    name = "CloudFormation Validate"
    native = True
    """It computes outside Python, so other engines can work meanwhile."""

    def __init__(
        self,
        *,
        builtin: bool = True,
        guard: bool = True,
        sources: Sequence[ExternalRuleSource] | None = None,
    ) -> None:
        self._guard = guard
        self._sources = sources
        self._wanted = ValidateConfig(
            severity_level=Severity.WARN,
            detail_level=DetailLevel.STANDARD,
            disable_builtin_rules=not builtin,
        )
        self._seen: dict[str, list[Diagnostic]] = {}

    def judge(self, case: Case) -> Iterator[Row]:
        """Yield a row for each diagnostic of the levels WARN and above, and each Guard verdict."""
        return self.verdicts(case.assembly, case.resources)

    def verdicts(self, assembly: Assembly, resources: Resources) -> Iterator[Row]:
        """Yield what is said of the templates of an assembly and of its resources."""
        self._read(assembly)
        for template in assembly.templates:
            found = self._seen[template.sha256]
            of_guard = [one for one in found if one.source is RuleOrigin.GUARD]
            for diagnostic in found:
                if diagnostic.source is not RuleOrigin.GUARD:
                    yield _row(assembly, template, diagnostic)
            if self._guard:
                yield from second.verdicts(resources.of_template(template), of_guard)

    def _read(self, assembly: Assembly) -> None:
        """Ask about the templates that are new, on every core, the largest first."""
        files = {one.sha256: assembly.folder / one.file for one in assembly.templates}
        new = [(sha256, file) for sha256, file in files.items() if sha256 not in self._seen]
        new.sort(key=lambda one: one[1].stat().st_size, reverse=True)
        engine = self._engine
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as cores:
            reports = cores.map(lambda one: engine.validate_template(one[1], self._wanted), new)
            for (sha256, _), report in zip(new, reports, strict=True):
                self._seen[sha256] = report.diagnostics

    @cached_property
    def _engine(self) -> CelEngine:
        if not self._guard:
            return _loaded(())
        given = second.sources() if self._sources is None else self._sources
        return _loaded(tuple((one.name, one.content) for one in given))


@cache
def _loaded(rules: tuple[tuple[str, str], ...]) -> CelEngine:
    """Return the validator with rules in Guard, each a name and its text.

    Loading it takes a quarter of a second, and it keeps nothing of what it was asked.
    """
    return CelEngine(
        EngineConfig(
            guard_rules=[ExternalRuleSource(name=name, content=text) for name, text in rules]
        )
    )


def _row(assembly: Assembly, template: Template, diagnostic: Diagnostic) -> Row:
    entity = diagnostic.entity
    logical_id = entity.logical_id if entity else ""
    return Row(
        engine=CloudFormationValidate.name,
        rule=f"CFN-{diagnostic.rule_id}",
        verdict=Verdict.FAIL,
        path=assembly.paths.get((template.file, logical_id), template.path),
        finding=diagnostic.property_path or "",
        resource_type=(entity.resource_type if entity else None) or "",
        template=template.file,
        logical_id=logical_id,
        message=diagnostic.message,
    )
