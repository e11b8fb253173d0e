"""The snapshots of a git revision, and which revision a change is compared with."""

import io
import subprocess
import tarfile
from pathlib import Path

from compliance.guard.errors import GuardError
from compliance.guard.snapshots import FOLDER, from_files
from compliance.guard.tree import Side

TRUNKS = ("origin/HEAD", "origin/main", "main")
"""Where changes go to; the first that there is."""


def at_revision(checkout: Path, revision: str) -> Side:
    """Return the snapshots of a revision. Raises GuardError when it or they are not there."""
    commit = _asked(checkout, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise GuardError(f"git:{revision}: there is no such revision in {checkout}")
    archive = _git(checkout, "archive", "--format=tar", commit, FOLDER.as_posix())
    if archive.returncode:
        raise GuardError(f"git:{revision}: has no snapshots in {FOLDER}")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        files = {
            Path(member.name).name: content.read()
            for member in tar
            if (content := tar.extractfile(member))
        }
    return from_files(f"git:{revision}", files)


def usual_base(checkout: Path) -> str | None:
    """Return the revision that the working snapshots are compared with when none is named.

    It is where this branch left the trunk. On the trunk itself it is HEAD while snapshots are
    changed and not committed, and the commit before HEAD otherwise. None without such a commit.

    Raises GuardError when git cannot tell: a check that compared nothing must not look green.
    """
    if (checkout / ".git").exists() and _asked(checkout, "rev-parse", "--git-dir") is None:
        raise GuardError(f"{checkout}: git does not answer here; name a BASE")
    head = _asked(checkout, "rev-parse", "--verify", "HEAD")
    if head is None:
        return None
    trunks = (_asked(checkout, "merge-base", "HEAD", trunk) for trunk in TRUNKS)
    base: str | None = next((one for one in trunks if one), head)
    if base == head and not _asked(checkout, "status", "--porcelain", "--", FOLDER.as_posix()):
        base = _asked(checkout, "rev-parse", "--verify", "--quiet", "HEAD~1")
    if base and _asked(checkout, "cat-file", "-e", f"{base}:./{FOLDER.as_posix()}") is not None:
        return base[:12]
    if _asked(checkout, "rev-parse", "--is-shallow-repository") == "true":
        raise GuardError(f"{checkout}: this clone is shallow; fetch its history, or name a BASE")
    return None


def _asked(checkout: Path, *arguments: str) -> str | None:
    """Return what git says; None when it fails."""
    answer = _git(checkout, *arguments)
    return None if answer.returncode else answer.stdout.decode().strip()


def _git(checkout: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    command = ["git", "-C", str(checkout), *arguments]
    try:
        return subprocess.run(command, check=False, capture_output=True, timeout=60)
    except FileNotFoundError:
        return subprocess.CompletedProcess(command, 127, b"", b"")
