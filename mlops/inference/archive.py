"""The model archive: model.json, contract.json, the code that serves it, and their hashes.

    model.json  contract.json  manifest.json  code/mlops/inference/*.py  code/requirements.txt

The SHA-256 of manifest.json is the model's fingerprint: it is registered with the model, and a
server refuses to start on anything else.
"""

import gzip
import hashlib
import io
import json
import shutil
import tarfile
from pathlib import Path, PurePosixPath

MANIFEST = "manifest.json"
SERVER = "code/mlops/inference/server.py"
NEEDED = ("model.json", "contract.json", SERVER)
LARGEST_BYTES = 2 * 1024**3


class ArchiveError(ValueError):
    """A model archive cannot be used; the message says which file is why."""


def add_code(folder: Path) -> None:
    """Put the inference code and its requirements beside a model."""
    target = folder / "code" / "mlops" / "inference"
    target.mkdir(parents=True, exist_ok=True)
    (target.parent / "__init__.py").write_text("", encoding="utf-8")
    for file in sorted(Path(__file__).parent.glob("*.py")):
        (target / file.name).write_bytes(file.read_bytes())
    (folder / "code" / "requirements.txt").write_text("numpy>=2,<3\n", encoding="utf-8")


def seal(folder: Path) -> str:
    """Write manifest.json over everything in the folder; return the fingerprint."""
    hashes = {name: _sha256(folder / name) for name in _files(folder) if name != MANIFEST}
    text = json.dumps({"version": 1, "files": hashes}, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return _sha256(folder / MANIFEST)


def verify(folder: Path, fingerprint: str | None = None) -> str:
    """Check an unpacked archive file by file; return its fingerprint.

    Raises ArchiveError when a file is missing, changed or not in the manifest, when the archive
    has no code, or when it is not the model of the given fingerprint.
    """
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise ArchiveError(f"{MANIFEST}: missing; the archive was not made by the train step")
    try:
        hashes: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    except (ValueError, KeyError, TypeError):
        raise ArchiveError(f"{MANIFEST}: cannot be read") from None
    for name in NEEDED:
        if name not in hashes or not (folder / name).is_file():
            what = "the archive has no inference code" if name == SERVER else "missing"
            raise ArchiveError(f"{name}: {what}")
    present = {name for name in _files(folder) if name != MANIFEST}
    for name in sorted(hashes.keys() | present):
        if name not in present:
            raise ArchiveError(f"{name}: named in {MANIFEST}, but missing")
        if name not in hashes:
            raise ArchiveError(f"{name}: not named in {MANIFEST}")
        if _sha256(folder / name) != hashes[name]:
            raise ArchiveError(f"{name}: changed since the model was trained")
    found = _sha256(manifest)
    if fingerprint and found != fingerprint:
        raise ArchiveError(f"{MANIFEST}: this is not the registered model (fingerprint differs)")
    return found


def pack(folder: Path, archive: Path) -> None:
    """Write a folder as .tar.gz; the same files give the same bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name in _files(folder):
            info = tarfile.TarInfo(name)
            info.size = (folder / name).stat().st_size
            info.mode = 0o644
            with (folder / name).open("rb") as file:
                tar.addfile(info, file)
    archive.parent.mkdir(parents=True, exist_ok=True)
    archive.write_bytes(gzip.compress(buffer.getvalue(), mtime=0))


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a model archive; raises ArchiveError when it is none, is unsafe or is too large."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            members = tar.getmembers()
            if sum(member.size for member in members) > LARGEST_BYTES:
                raise ArchiveError(f"{archive.name}: larger than {LARGEST_BYTES} bytes unpacked")
            for member in members:
                _write(tar, member, folder)
    except FileNotFoundError:
        raise ArchiveError(f"{archive.name}: no such file") from None
    except (tarfile.TarError, OSError, EOFError) as error:
        raise ArchiveError(f"{archive.name}: cannot be unpacked ({error})") from None


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write a plain file or a folder of an archive; nothing else, and nothing outside.

    tarfile's own filter would do it from Python 3.11.4 on; Debian 12 has 3.11.2.
    """
    name = PurePosixPath(member.name)
    source = tar.extractfile(member) if member.isfile() else None
    if name.is_absolute() or ".." in name.parts or not (source or member.isdir()):
        raise tarfile.TarError(f"{member.name!r} is no plain file inside the archive")
    target = folder / name
    (target.parent if source else target).mkdir(parents=True, exist_ok=True)
    if source:
        with source, target.open("wb") as file:
            shutil.copyfileobj(source, file)


def _files(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
