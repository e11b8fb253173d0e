"""Objects against the schemas of a Kubernetes version, which kubernetes-validate brings."""

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from infra.eks.manifests.custom_kinds import SHAPES, shape_problems
from infra.eks.manifests.errors import SchemaError
from infra.eks.manifests.objects import Object

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_GROUP = re.compile(r"^([^./]*)(?:\.[^/]*)?/")
_FAMILY = r"\1-"
LONGEST = 120


def schema_problems(one: Object, version: str) -> Iterator[str]:
    """Yield a sentence for each part of an object that the API server would refuse.

    Each begins with the key. `version` is a minor one, such as 1.36. Raises SchemaError when that
    version has no schemas.
    """
    api_version, kind = str(one.get("apiVersion")), str(one.get("kind"))
    if (api_version, kind) in SHAPES:
        yield from shape_problems(one)
        if kind == "Rollout":
            pods = {"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "pods"}}
            template = one.get("spec", {}).get("template")
            for problem in schema_problems({**pods, "template": template}, version):
                yield f"spec.{problem}"
        return
    validator = _validator(api_version, kind, version)
    if validator is None:
        yield f"kind: {api_version} {kind} does not exist in Kubernetes {version}"
        return
    for error in sorted(validator.iter_errors(one), key=lambda error: list(map(str, error.path))):
        yield from _sentences(error)


def _sentences(error: Any) -> Iterator[str]:
    place = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path
    ).lstrip(".")
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = sorted(error.schema.get("properties", {}))
        for key in sorted(set(error.instance) - set(known)):
            near = get_close_matches(key, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            yield f"{f'{place}.{key}'.lstrip('.')}: unknown key{hint}"
    elif error.validator == "required":
        for key in error.validator_value:
            if key not in error.instance:
                yield f"{f'{place}.{key}'.lstrip('.')}: required key is missing"
    elif error.validator == "type":
        wanted = [kind for kind in _listed(error.validator_value) if kind != "null"]
        yield f"{place}: {_short(error.instance)} is given; {' or '.join(wanted)} is allowed"
    else:
        yield f"{place or 'it'}: {_short(error.message)}"


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


@cache
def _validator(api_version: str, kind: str, version: str) -> "Validator | None":
    file = _folder(version) / f"{kind.lower()}-{_GROUP.sub(_FAMILY, api_version)}.json"
    if not file.is_file():
        return None
    from jsonschema import Draft202012Validator  # noqa: PLC0415 (slow; most commands need none)

    schema = json.loads(file.read_text(encoding="utf-8"))
    found: Validator = Draft202012Validator(schema, registry=_definitions(version))
    return found


@cache
def _definitions(version: str) -> Any:
    from referencing import Registry, Resource  # noqa: PLC0415
    from referencing.jsonschema import DRAFT202012  # noqa: PLC0415

    content = json.loads((_folder(version) / "_definitions.json").read_text(encoding="utf-8"))
    resource = Resource.from_contents(content, default_specification=DRAFT202012)
    # Crawled once here: a registry that is not crawls anew at every look-up.
    return Registry().with_resource("/api/_definitions.json", resource).crawl()


@cache
def _folder(version: str) -> Any:
    try:
        root = files("kubernetes_validate") / "kubernetes-json-schema"
    except ModuleNotFoundError:
        raise SchemaError(
            [
                "the package kubernetes-validate is missing, so no manifest can be checked; "
                "`make setup` installs it"
            ]
        ) from None
    folder = root / f"v{version}.0-local-strict"
    if not folder.is_dir():
        raise SchemaError([f"kubernetes-validate has no schemas of Kubernetes {version}"])
    return folder
