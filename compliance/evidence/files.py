"""Writing a set of files whole or not at all."""

from collections.abc import Mapping
from pathlib import Path

UNFINISHED = ".unfinished"


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder; when one cannot be written, what was there stays as it was.

    Raises OSError as the file system does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = {folder / f"{name}{UNFINISHED}": folder / name for name in files}
    try:
        for (draft, _), content in zip(unfinished.items(), files.values(), strict=True):
            draft.write_bytes(content)
        for draft, final in unfinished.items():
            draft.replace(final)
    finally:
        for draft in unfinished:
            draft.unlink(missing_ok=True)
