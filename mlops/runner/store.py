"""S3 on the laptop: a folder a bucket, with folders of the user's mounted over prefixes."""

import hashlib
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from mlops.runner.errors import StepFailedError


@dataclass(frozen=True)
class Store:
    """Where S3 URIs lie below `root`; `mounts` maps URIs to folders elsewhere."""

    root: Path
    mounts: dict[str, Path] = field(default_factory=dict)

    def path(self, uri: str) -> Path:
        """Return the local path of an S3 URI; raises StepFailedError when it is none."""
        if not uri.startswith("s3://"):
            raise StepFailedError(f"{uri!r} is no S3 URI")
        # The longest first: one may lie within another.
        for prefix, folder in sorted(self.mounts.items(), key=lambda one: -len(one[0])):
            if uri == prefix or uri.startswith(prefix.rstrip("/") + "/"):
                return folder / uri[len(prefix) :].lstrip("/")
        path = (self.root / uri.removeprefix("s3://")).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise StepFailedError(f"{uri!r} leads out of the store")
        return path

    def fetch(self, uri: str, folder: Path) -> None:
        """Copy an object, or everything under a prefix, into a folder."""
        source = self.path(uri)
        if source.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / source.name)
        elif source.is_dir():
            shutil.copytree(source, folder, dirs_exist_ok=True, copy_function=shutil.copyfile)
        else:
            raise StepFailedError(f"there is nothing at {uri}")

    def put(self, folder: Path, uri: str) -> None:
        """Copy a folder's files under a prefix."""
        target = self.path(uri)
        shutil.copytree(folder, target, dirs_exist_ok=True, copy_function=shutil.copyfile)

    def digest(self, uri: str) -> str:
        """Return a hash over the names and contents of what lies at a URI."""
        return digest(self.path(uri))


def digest(path: Path) -> str:
    """Return a hash over a file, or over the names and contents of a folder's files."""
    total = hashlib.sha256()
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for file in files:
        if "__pycache__" in file.parts:
            continue
        name = file.name if file == path else file.relative_to(path).as_posix()
        total.update(name.encode() + b"\0")
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
