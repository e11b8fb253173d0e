"""The engine of our own rules: the JSON of every template, nested ones included."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from compliance.engine import Case
from compliance.reads import taken, watched
from compliance.resources import IndeterminateError, Resource
from compliance.rule import Context, Rule
from compliance.rules import RULES
from compliance.verdicts import Row, Verdict

NAME = "Iryo"
STOPPED = "the rule could not read it"


class OwnRules:
    """Our own pack as an engine."""

    name = NAME

    def __init__(self, rules: tuple[Rule, ...] = RULES) -> None:
        self._rules = rules

    def judge(self, case: Case) -> Iterator[Row]:
        """Yield a verdict for each rule and each resource of its types."""
        context = Context(resources=case.resources, settings=case.settings)
        with watched(case.resources) as log:
            for rule in self._rules:
                for resource in case.resources.of_type(*rule.types):
                    rows = list(verdicts(rule, resource, context))
                    looked = taken(log, resource.path)
                    yield from (replace(row, looked=looked) for row in rows)


def verdicts(rule: Rule, resource: Resource, context: Context) -> Iterable[Row]:
    """Return what one rule says of one resource: a pass, or a row for each thing found.

    None at all where the rule is not about the resource.
    """
    try:
        if not rule.applies(resource, context):
            return []
        problems = list(rule.check(resource, context))
    except IndeterminateError as error:
        return [
            _row(
                resource, rule.id, Verdict.INDETERMINATE, message=str(error), remedy=rule.remedy.en
            )
        ]
    except Exception as error:  # a resource that a rule cannot read is not one that passes
        stopped = f"{STOPPED}: {type(error).__name__}: {error}"
        return [_row(resource, rule.id, Verdict.FAIL, message=stopped, remedy=rule.remedy.en)]
    if not problems:
        return [_row(resource, rule.id, Verdict.PASS, message=rule.title.en)]
    # The same finding from two statements of one policy is one thing to mend.
    return {
        problem.finding: _row(
            resource,
            rule.id,
            Verdict.FAIL,
            finding=problem.finding,
            message=problem.message,
            remedy=rule.remedy.en,
        )
        for problem in problems
    }.values()


def _row(
    resource: Resource,
    rule: str,
    verdict: Verdict,
    *,
    finding: str = "",
    message: str = "",
    remedy: str = "",
) -> Row:
    return Row(
        engine=NAME,
        rule=rule,
        verdict=verdict,
        path=resource.path,
        finding=finding,
        resource_type=resource.type,
        template=resource.template.file,
        logical_id=resource.logical_id,
        message=message,
        remedy=remedy,
    )
