"""A rule of our own: a question to one resource of a synthesised template."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from compliance.resources import Resource, Resources
from compliance.settings import Settings


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a resource; `finding` tells several problems of one rule apart."""

    message: str
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at besides its resource."""

    resources: Resources
    settings: Settings


Check = Callable[[Resource, Context], Iterable[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A requirement on resources of some types.

    `check` yields the problems of one resource: none means pass. It raises IndeterminateError
    where a value that nobody can resolve decides. `title` says what must be, `remedy` how.
    """

    id: str
    title: str
    remedy: str
    types: tuple[str, ...]
    check: Check
