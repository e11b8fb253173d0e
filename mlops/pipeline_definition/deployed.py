"""Definitions as they stand in synthesised templates: what `cdk deploy` would deploy.

What only a deployment knows stands in them as a token, which the checks take for any value, or as
a made-up value of the account and Region.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mlops.pipeline_definition.structure import near
from mlops.pipeline_definition.walk import has_token

__all__ = ["TemplateError", "definitions", "has_token", "is_template", "named"]
TEMPLATES = "*.template.json"
PIPELINE = "AWS::SageMaker::Pipeline"
MADE_UP = {
    "AWS::AccountId": "111122223333",
    "AWS::Partition": "aws",
    "AWS::Region": "ap-northeast-1",
    "AWS::URLSuffix": "amazonaws.com",
}


class TemplateError(ValueError):
    """A template or folder of templates has no such definition: one sentence."""


def definitions(path: Path) -> dict[str, dict[str, Any]]:
    """Return the definitions in a template or in a folder of templates, by pipeline's name.

    Raises TemplateError when there is none; OSError and ValueError when a file cannot be read.
    """
    files = sorted(path.glob(TEMPLATES)) if path.is_dir() else [path]
    found = dict(item for file in files for item in _of(json.loads(file.read_text("utf-8"))))
    if not found:
        raise TemplateError(f"{path}: there is no template with a SageMaker pipeline")
    return found


def named(path: Path, name: str | None) -> tuple[str, dict[str, Any]]:
    """Return one definition and its name, of which the end is enough.

    Raises TemplateError when the name is that of none, or of several.
    """
    found = definitions(path)
    fitting = [given for given in found if name is None or given == name]
    fitting = fitting or [given for given in found if name and given.endswith(f"-{name}")]
    if len(fitting) != 1:
        given = f"name {name!r}" if name else "no name"
        raise TemplateError(f"{path}: {given} was given; {near(name or '', found)}")
    return fitting[0], found[fitting[0]]


def is_template(value: Any) -> bool:
    """Tell whether a document is a template rather than a definition."""
    return isinstance(value, dict) and isinstance(value.get("Resources"), dict)


def _of(template: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    resources = template.get("Resources", {}) if is_template(template) else {}
    for resource in resources.values():
        if resource.get("Type") != PIPELINE:
            continue
        properties = resource["Properties"]
        body = properties.get("PipelineDefinition", {}).get("PipelineDefinitionBody")
        if body is not None:
            yield _text(properties["PipelineName"]), json.loads(_text(body))


def _text(value: Any) -> str:
    """Return what CloudFormation would make of a value, as far as it can be known."""
    match value:
        case str():
            return value
        case {"Fn::Join": [str(separator), list(parts)]}:
            return separator.join(_text(part) for part in parts)
        case {"Ref": str(name)} if name in MADE_UP:
            return MADE_UP[name]
    # What another nested stack hands over has a parameter named after the whole way there.
    names = [_WAY.sub("", name) for name in re.findall(r"\w+", json.dumps(value))]
    return f"${{Token[{'.'.join(names[1:])}]}}"


_WAY = re.compile(r"^referenceto\w+?Outputs|[0-9A-F]{8}(Ref|Arn)?$")
