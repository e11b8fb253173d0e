"""docs/gate.md lists the rules that there are."""

from pathlib import Path

from compliance.catalogue import BEGIN, END, markdown

DOCUMENT = Path(__file__).parents[2] / "docs" / "gate.md"


def test_the_list_in_the_document_is_up_to_date() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text[text.index(BEGIN) + len(BEGIN) : text.index(END)].strip() == markdown()
