"""docs/architecture.md shows the rooms as they are."""

from collections.abc import Callable
from pathlib import Path

from compliance.diagram import mermaid, replace
from compliance.templates import Assembly as Templates
from tests.conftest import Assembly

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"


def test_the_diagram_is_fresh(assembly: Callable[[str], Assembly]) -> None:
    """When it is not: python -m compliance.diagram cdk.out docs/architecture.md."""
    page = PAGE.read_text()
    assert page == replace(page, mermaid(Templates(assembly("production").outdir)))
