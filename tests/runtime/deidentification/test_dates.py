"""Dates in every writing, and what is left of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.ingestion.runtime.deidentification import dates

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}


@pytest.mark.parametrize(
    ("written", "year", "month", "day"),
    [
        ("2026-01-05", 2026, 1, 5),
        ("2026-01", 2026, 1, None),
        ("2026", 2026, None, None),
        ("2026-01-05T09:30:00.123+09:00", 2026, 1, 5),
        ("20260105", 2026, 1, 5),
        ("202601050930", 2026, 1, 5),
        ("20260105093000.1234-0500", 2026, 1, 5),
        ("2026/1/5 9:30", 2026, 1, 5),
        ("2026年1月5日", 2026, 1, 5),
        ("昭和55年3月5日", 1980, 3, 5),
        ("S55.3.5", 1980, 3, 5),
        ("Ｓ５５．０３．０５", 1980, 3, 5),
        ("s55/3/5", 1980, 3, 5),
        ("昭和五十五年十月二十日", 1980, 10, 20),
        ("令和元年5月1日", 2019, 5, 1),
        ("平成元年", 1989, None, None),
        ("大正15年12月", 1926, 12, None),
        ("明治33年1月1日", 1900, 1, 1),
        ("3550305", 1980, 3, 5),
        ("R080601", 2026, 6, 1),
    ],
)
def test_reads(written: str, year: int, month: int | None, day: int | None) -> None:
    read = dates.read(written)
    assert read is not None
    assert read[:3] == (year, month, day)


@pytest.mark.parametrize(
    "written",
    ["", "soon", "2026-13-01", "2026-02-30", "12345678", "0312345678", "昭和55年13月1日", "9999",
     "2026-01-05Tlater", "2026-01-05 田中", "令和〇年1月1日"],
)  # fmt: skip
def test_is_no_date(written: str) -> None:
    assert dates.read(written) is None
    assert dates.shift(written, 3) is None
    assert dates.year_of(written) is None


@given(day=DAYS, days=st.integers(-365, 365), form=st.sampled_from(["%Y-%m-%d", "%Y%m%d"]))
def test_shift_moves_by_whole_days(day: date, days: int, form: str) -> None:
    assert dates.shift(day.strftime(form), days) == (day + timedelta(days)).strftime(form)


@given(day=DAYS, days=st.integers(-365, 365))
def test_an_era_date_is_the_gregorian_one(day: date, days: int) -> None:
    era, before = max((item for item in ERAS.items() if item[1] < day.year), key=lambda e: e[1])
    written = f"{era}{day.year - before}年{day.month}月{day.day}日"
    assert dates.shift(written, days) == (day + timedelta(days)).isoformat()


@pytest.mark.parametrize(
    ("written", "shifted"),
    [
        ("2026-03-01T23:59:59+09:00", "2026-02-28T23:59:59+09:00"),
        ("2026-03-01T00:00:00Z", "2026-02-28T00:00:00Z"),
        ("20260301235959.1+0900", "20260228235959.1+0900"),
        ("2026/3/1 9:00", "2026/02/28 9:00"),
        ("2026年3月1日", "2026年2月28日"),
        ("2026-03", "2026-03"),
        ("2026", "2026"),
    ],
)
def test_shift_keeps_time_zone_and_precision(written: str, shifted: str) -> None:
    assert dates.shift(written, -1) == shifted


def test_shift_out_of_the_calendar_gives_nothing() -> None:
    assert dates.shift("1800-01-01", -(10**6)) is None
