"""For each rule of our own: resources that satisfy it and resources that do not.

The resource under test is `Tested`. A bad case names the findings (the text in brackets) that it
must have; an empty text is a finding without brackets. An unknown case is indeterminate: a value
that only a deployment can know decides it.
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.compliance.cases.base import Cases, Given

__all__ = ["CASES", "Given"]

CASES: dict[str, Cases] = {}
for _module in sorted(iter_modules(__path__), key=lambda module: module.name):
    for _rule, _cases in getattr(import_module(f"{__name__}.{_module.name}"), "CASES", {}).items():
        assert _rule not in CASES, f"{_rule} has its cases in two modules"
        CASES[_rule] = _cases
