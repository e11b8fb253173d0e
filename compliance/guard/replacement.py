"""Declared replacements: the one way to lose, move or weaken stateful data on purpose.

A declaration stands beside the change and lives in the template, under `Iryo::Replacement` of a
`Metadata` section, so that snapshots, a cdk.out and deployed stacks all show it:

    declare(
        table,
        Replacement(
            what=What.REPLACED,
            reason="The sort key was missing.",
            owner="platform-team",
            ticket="IRYO-31",
            expires=date(2027, 1, 31),
            data_moved_by="Export to S3 before, import after; runbook restore-table.",
        ),
    )

Of something that is removed nothing is left to stand beside: there the declaration is made on the
stack (or on any construct in it), and `of` names what is removed as the guard printed it. A renamed
or moved resource carries the declaration under its new name, `of` is the old one.
"""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from compliance.guard.errors import GuardError

if TYPE_CHECKING:
    from aws_cdk import CfnResource, ICfnResourceOptions, ITemplateOptions
    from constructs import IConstruct

METADATA = "Iryo::Replacement"
"""The key of the Metadata section that carries declarations."""
LONGEST = timedelta(days=92)
"""A replacement is one change that reaches every environment within a quarter."""
WORDS = ("reason", "owner", "ticket", "data_moved_by")


class ReplacementError(GuardError):
    """A declaration is not one: its message is a sentence that says what is missing."""


class What(StrEnum):
    """What happens to a stateful resource."""

    REMOVED = "removed"
    RENAMED = "renamed"
    """Another logical id or another stack: CloudFormation makes a new and empty one."""
    REPLACED = "replaced"
    RETENTION = "retention"
    """It stays, and what keeps its data gets weaker."""


GONE = frozenset({What.REMOVED, What.RENAMED})
"""Of these `of` says what is no longer there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Replacement:
    """A declared change of one stateful resource.

    `data_moved_by` says how the data is kept (or why it may go). `expires` is the last day on
    which the declaration holds, at most 92 days ahead. `of` is the address that the guard prints,
    such as `Data/TableA1B2C3D4`, for `removed` and `renamed` only.

    Raises ReplacementError when a word is missing or the end is too far away.
    """

    what: What
    reason: str
    owner: str
    ticket: str
    expires: date
    data_moved_by: str
    of: str = ""

    def __post_init__(self) -> None:
        if self.what not in set(What):
            raise ReplacementError(
                f"replacement: what is {self.what!r}; {', '.join(What)} are allowed"
            )
        for field in WORDS:
            if not getattr(self, field).strip():
                raise ReplacementError(f"replacement ({self.what}): {field} is empty")
        if (self.what in GONE) != bool(self.of):
            raise ReplacementError(
                f"replacement ({self.what}): of is {self.of!r}; it names the old address of what "
                "is removed or renamed, and is empty otherwise"
            )
        if self.expires > date.today() + LONGEST:
            raise ReplacementError(
                f"replacement ({self.what}): expires {self.expires} is more than "
                f"{LONGEST.days} days ahead; {date.today() + LONGEST} is the last day allowed"
            )

    def to_json(self) -> dict[str, str]:
        """Return what a template can carry; dates become ISO 8601 text, an empty `of` is left."""
        return {key: str(value) for key, value in asdict(self).items() if value}


def read(data: Any, where: str) -> Replacement:
    """Return the declaration that a template carries at a place.

    Raises ReplacementError as Replacement does, and when the data has another shape.
    """
    try:
        given = {**data, "what": What(data["what"]), "expires": date.fromisoformat(data["expires"])}
        return Replacement(**given)
    except ReplacementError as error:
        raise ReplacementError(f"{where}: {error}") from None
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise ReplacementError(
            f"{where}: {METADATA} is not what compliance.guard.declare writes ({error})"
        ) from None


def declare(construct: "IConstruct", *replacements: Replacement) -> None:
    """Record replacements beside a change.

    For `replaced`, `retention` and `renamed` the construct is the resource, or one that holds it
    (a bucket, a table); for `removed` it is the stack it was in, or any construct of that stack; a
    root stack that is renamed is declared on itself.

    Raises ReplacementError on a construct that is no such resource.
    """
    for replacement in replacements:
        options = _options(construct, replacement.what)
        held = dict(options.metadata or {})
        options.metadata = {**held, METADATA: [*held.get(METADATA, ()), replacement.to_json()]}


def _options(construct: "IConstruct", what: What) -> "ICfnResourceOptions | ITemplateOptions":
    """Return what gives access to the Metadata section in which a declaration belongs."""
    from aws_cdk import CfnResource, Stack  # noqa: PLC0415 (reading declarations needs no CDK)

    renamed_stack = what is What.RENAMED and Stack.is_stack(construct)
    if what is What.REMOVED or renamed_stack:
        return Stack.of(construct).template_options
    one = construct if CfnResource.is_cfn_resource(construct) else construct.node.default_child
    if one is None or not CfnResource.is_cfn_resource(one):
        raise ReplacementError(
            f"replacement ({what}) on {construct.node.path or 'the app'}: this is no single "
            "resource; declare it on the resource itself"
        )
    return cast("CfnResource", one).cfn_options
