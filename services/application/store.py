"""Where records are read from: the important bucket, or a folder of the same shape on a laptop."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CHUNK = 64 * 1024


class StoreError(Exception):
    """The store did not answer; the message is the kind of fault, never its text."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An object: its key and its size in bytes."""

    key: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Content:
    """An object's content, in pieces."""

    size: int
    pieces: Iterator[bytes]


class Store(Protocol):
    """What the service reads. Every call raises StoreError when the store does not answer."""

    def folders(self, prefix: str) -> list[str]:
        """Return the names of the folders right under a prefix, in order."""

    def entries(self, prefix: str, *, after: str, most: int) -> list[Entry]:
        """Return at most so many objects under a prefix behind a key, in order."""

    def read(self, key: str) -> Content | None:
        """Return an object, None when there is none."""


class Bucket:
    """A bucket of S3."""

    def __init__(self, client: "S3Client", name: str) -> None:
        self._client, self._name = client, name

    def folders(self, prefix: str) -> list[str]:
        """As Store."""
        with _faults():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._name, Prefix=prefix, Delimiter="/"
            )
            found = [one["Prefix"] for page in pages for one in page.get("CommonPrefixes", [])]
        return sorted(one.removeprefix(prefix).rstrip("/") for one in found)

    def entries(self, prefix: str, *, after: str, most: int) -> list[Entry]:
        """As Store."""
        with _faults():
            page = self._client.list_objects_v2(
                Bucket=self._name, Prefix=prefix, StartAfter=after, MaxKeys=most
            )
        return [Entry(key=one["Key"], size=one["Size"]) for one in page.get("Contents", [])]

    def read(self, key: str) -> Content | None:
        """As Store."""
        try:
            with _faults():
                answer = self._client.get_object(Bucket=self._name, Key=key)
        except StoreError as fault:
            if str(fault) == "NoSuchKey":
                return None
            raise

        def pieces() -> Iterator[bytes]:
            with _faults():
                yield from answer["Body"].iter_chunks(CHUNK)

        return Content(size=answer["ContentLength"], pieces=pieces())


class Folder:
    """A folder whose files have the bucket's keys as paths."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def folders(self, prefix: str) -> list[str]:
        """As Store."""
        here = self._root / prefix
        return sorted(one.name for one in here.iterdir() if one.is_dir()) if here.is_dir() else []

    def entries(self, prefix: str, *, after: str, most: int) -> list[Entry]:
        """As Store."""
        here = self._root / prefix
        files = sorted(here.iterdir()) if here.is_dir() else []
        found = [Entry(key=f"{prefix}{one.name}", size=one.stat().st_size) for one in files]
        return [one for one in found if one.key > after][:most]

    def read(self, key: str) -> Content | None:
        """As Store."""
        file = self._root / key
        if not file.is_file():
            return None
        return Content(size=file.stat().st_size, pieces=iter([file.read_bytes()]))


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise StoreError(error.response["Error"]["Code"]) from None
    except BotoCoreError as error:
        raise StoreError(type(error).__name__) from None
