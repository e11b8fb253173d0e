"""Where the sides of a comparison come from: what people write after `iryo guard`."""

from pathlib import Path

from compliance.guard.assemblies import MANIFEST, from_assembly, targets
from compliance.guard.deployed import NAME, from_deployed
from compliance.guard.errors import GuardError
from compliance.guard.history import at_revision, usual_base
from compliance.guard.snapshots import FOLDER, from_folder
from compliance.guard.tree import Side

CHECKOUT = Path(__file__).parents[2]
REVISION = "git:"


def sides(base: str | None, new: str | None, checkout: Path = CHECKOUT) -> tuple[Side | None, Side]:
    """Return the two sides. Raises GuardError on a source that cannot be read.

    Without `new` it is the snapshots of the checkout; without `base` the snapshots that git has of
    what they were (compliance.guard.history), or None where git has none.
    """
    folder = Path(new) if new else checkout / FOLDER
    if base == NAME:
        if not (folder / MANIFEST).is_file():
            raise GuardError(f"{NAME}: NEW must be a cdk.out folder, {folder} is none")
        after = from_assembly(folder)
        return from_deployed(targets(folder)), after
    after = side(new, checkout) if new else _snapshots(folder, "the snapshots here")
    if base is None:
        revision = usual_base(checkout)
        return (at_revision(checkout, revision) if revision else None), after
    return side(base, checkout), after


def side(source: str, checkout: Path = CHECKOUT) -> Side:
    """Return what a source names: a cdk.out folder, a folder of snapshots, or `git:REVISION`."""
    if source.startswith(REVISION):
        return at_revision(checkout, source.removeprefix(REVISION))
    folder = Path(source)
    if not folder.is_dir():
        raise GuardError(
            f"{source}: there is no such folder; a cdk.out, a folder of snapshots, git:REVISION "
            f"or (as BASE) {NAME} is allowed"
        )
    return from_assembly(folder) if (folder / MANIFEST).is_file() else _snapshots(folder, source)


def _snapshots(folder: Path, name: str) -> Side:
    if not folder.is_dir():
        raise GuardError(f"{folder}: there are no snapshots; make snapshots writes them")
    return from_folder(folder, name)
