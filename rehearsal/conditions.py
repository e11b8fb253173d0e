"""Fn::Join in the Conditions of a template, which ministack does not evaluate.

CDK's bootstrap template asks with it whether a list parameter is empty; without an answer its
roles get no policies.
"""

from typing import Any


def with_joins_resolved(template: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the template with every Fn::Join of parameters in its Conditions replaced."""
    if "Conditions" not in template:
        return template
    return {**template, "Conditions": _resolve(template["Conditions"], parameters)}


def _resolve(node: Any, parameters: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_resolve(item, parameters) for item in node]
    if not isinstance(node, dict):
        return node
    if "Fn::Join" in node:
        delimiter, items = node["Fn::Join"]
        return delimiter.join(_texts(items, parameters))
    return {key: _resolve(value, parameters) for key, value in node.items()}


def _texts(items: Any, parameters: dict[str, Any]) -> list[str]:
    if isinstance(items, dict):
        value = parameters.get(items.get("Ref", ""), {}).get("Value", "")
        return value if isinstance(value, list) else str(value).split(",")
    return [text for item in items for text in _one(item, parameters)]


def _one(item: Any, parameters: dict[str, Any]) -> list[str]:
    return _texts(item, parameters) if isinstance(item, dict) else [str(item)]
