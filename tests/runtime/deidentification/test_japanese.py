"""Japanese numbers and writings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.ingestion.runtime.deidentification.japanese import (
    digits,
    folded,
    is_my_number,
    postal_prefix,
)

from .seeds import my_number


@pytest.mark.parametrize(
    "number", ["123456789018", "1234-5678-9018", "1234 5678 9018", "１２３４５６７８９０１８"]
)
def test_my_number_by_its_check_digit(number: str) -> None:
    assert is_my_number(number)


@pytest.mark.parametrize(
    "number", ["123456789012", "12345678901", "1234567890181", "", "マイナンバー"]
)
def test_no_my_number(number: str) -> None:
    assert not is_my_number(number)


@given(st.from_regex(r"\A[0-9]{11}\Z"), st.integers(1, 9))
def test_any_other_check_digit_is_wrong(first: str, off: int) -> None:
    right = my_number(first)
    assert is_my_number(right)
    assert not is_my_number(first + str((int(right[-1]) + off) % 10))


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("100-0001", "100"),
        ("1000001", "100"),
        ("〒100-0001", "100"),
        ("１００－０００１", "100"),
        ("100", None),
        ("10001", None),
        ("100-00012", None),
    ],
)
def test_postal_codes(text: str, prefix: str | None) -> None:
    assert postal_prefix(text) == prefix


def test_writings_fold_to_one() -> None:
    assert folded("ﾀﾅｶ") == folded("タナカ") == folded("たなか")
    assert folded("ＴＡＮＡＫＡ") == "tanaka"
    assert digits("０９０－１２３４ 5678") == "09012345678"
