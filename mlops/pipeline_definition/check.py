"""The whole verdict on a definition, for synthesis, `iryo mlops check` and the local runner."""

from typing import Any

from mlops.pipeline_definition.arguments import arguments
from mlops.pipeline_definition.errors import Problem
from mlops.pipeline_definition.form import form
from mlops.pipeline_definition.graph import graph
from mlops.pipeline_definition.safeguards import safeguards
from mlops.pipeline_definition.structure import structure
from mlops.pipeline_definition.walk import steps


def check(definition: dict[str, Any]) -> list[Problem]:
    """Return everything that is wrong with a definition; an empty list when it may be deployed.

    Form and structure are judged first: as long as they are wrong, nothing more is said.
    """
    if found := list(form(definition)):
        return found
    placed = list(steps(definition))
    if found := list(structure(definition, placed)):
        return found
    found = list(graph(definition, placed))
    for step in placed:
        found += arguments(step, definition)
        found += safeguards(step)
    return list(dict.fromkeys(found))
