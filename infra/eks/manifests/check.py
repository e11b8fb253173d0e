"""Judge manifests: schemas of the Kubernetes version, Pod Security, the platform's own rules."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from infra.eks.manifests.errors import ManifestError
from infra.eks.manifests.objects import Object, pod_spec, title
from infra.eks.manifests.pod_security import pod_security_problems
from infra.eks.manifests.rules import rule_problems
from infra.eks.manifests.schemas import schema_problems
from infra.eks.runtime.kinds import path_of


@dataclass(frozen=True)
class Problem:
    """A sentence about an object. `broken`: the API server would refuse it, whoever asks."""

    sentence: str
    broken: bool


def problems(objects: Iterable[Object], version: str, *, where: str) -> Iterator[Problem]:
    """Yield what is wrong with objects that `where` (a file, a part of the room) holds.

    Rules are asked only of an object that fits its schema. Raises SchemaError as `schemas` does.
    """
    seen: set[str] = set()
    for one in objects:
        place = f"{where}: {title(one)}"
        broken = list(_unknown(one)) or list(schema_problems(one, version))
        for sentence in broken:
            yield Problem(f"{place}: {sentence}", broken=True)
        if broken:
            continue
        key = path_of(one)
        if key in seen:
            yield Problem(f"{place}: metadata.name: it stands there twice", broken=True)
        seen.add(key)
        found = pod_spec(one)
        judged = [f"{found[0]}.{s}" for s in pod_security_problems(found[1])] if found else []
        for sentence in (*judged, *rule_problems(one)):
            yield Problem(f"{place}: {sentence}", broken=False)


def checked(objects: Iterable[Object], version: str, *, where: str) -> list[Object]:
    """Return the objects when nothing is wrong with them. Raises ManifestError when it is."""
    found = list(objects)
    sentences = [problem.sentence for problem in problems(found, version, where=where)]
    if sentences:
        raise ManifestError(sentences)
    return found


def read(file: Path) -> list[Object]:
    """Return the objects of a YAML file, those of a List one by one.

    Raises ManifestError when it cannot be read, holds a key twice or something else than objects.
    """
    try:
        documents = list(yaml.load_all(file.read_text(encoding="utf-8"), Loader=_Loader))
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError([f"{file}: cannot be read as UTF-8 text: {error}"]) from None
    except yaml.YAMLError as error:
        raise ManifestError([f"{file}: {' '.join(str(error).split())}"]) from None
    found: list[Object] = []
    for number, document in enumerate(documents, start=1):
        if document is None:
            continue
        if not isinstance(document, dict) or "kind" not in document:
            raise ManifestError([f"{file}: document {number} is not an object with a kind"])
        found += document.get("items", []) if document["kind"] == "List" else [document]
    if not found:
        raise ManifestError([f"{file}: it holds no object"])
    return found


def _unknown(one: Object) -> Iterator[str]:
    try:
        path_of(one)
    except LookupError as error:
        yield f"metadata: {error}"


class _Loader(yaml.SafeLoader):  # type: ignore[misc] # there are no stubs
    """YAML that refuses a key which stands in a mapping twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=deep)
            if key in keys:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key} stands there twice", key_node.start_mark
                )
            keys.add(key)
        found: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return found
