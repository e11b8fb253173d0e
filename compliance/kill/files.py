"""The files of an assembly that a mutant may change, and a copy of the folder to judge."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

KINDS = (".json",)


class Files:
    """The parsed JSON files of a folder; what is changed or added is told by `changed`."""

    def __init__(self, originals: dict[str, bytes]) -> None:
        self._originals = originals
        self._parsed: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return a file as JSON, to be changed in place."""
        if name not in self._parsed:
            self._parsed[name] = orjson.loads(self._originals[name])
        return self._parsed[name]

    def __setitem__(self, name: str, body: Any) -> None:
        self._parsed[name] = body

    def __iter__(self) -> Iterator[str]:
        return iter(self._originals)

    @property
    def changed(self) -> dict[str, Any]:
        """The files that differ from what they were, or were not there."""
        return {
            name: body
            for name, body in self._parsed.items()
            if name not in self._originals or orjson.loads(self._originals[name]) != body
        }


class Copy:
    """A copy of a cloud assembly without its assets, which is put right after each mutant."""

    def __init__(self, assembly: Path, folder: Path) -> None:
        self.folder = folder
        for file in assembly.iterdir():
            if file.is_file() and file.suffix in KINDS:
                shutil.copyfile(file, folder / file.name)
        self._originals = {file.name: file.read_bytes() for file in folder.iterdir()}

    def files(self) -> Files:
        """Return the files to be changed."""
        return Files(self._originals)

    @contextmanager
    def holding(self, files: Files) -> Iterator[None]:
        """Have changed files on disk for a while."""
        changed = files.changed
        for name, body in changed.items():
            (self.folder / name).write_bytes(orjson.dumps(body))
        try:
            yield
        finally:
            for name in changed:
                if name in self._originals:
                    (self.folder / name).write_bytes(self._originals[name])
                else:
                    (self.folder / name).unlink()
