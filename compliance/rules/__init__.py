"""Our own pack: one rule a file; every module of this package holds one as RULE."""

from importlib import import_module
from pkgutil import iter_modules

from compliance.rule import Rule

RULES: tuple[Rule, ...] = tuple(
    import_module(f"{__name__}.{module.name}").RULE
    for module in sorted(iter_modules(__path__), key=lambda module: module.name)
)
