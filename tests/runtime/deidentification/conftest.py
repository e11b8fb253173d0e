"""Engines are made once for all tests of the de-identification engine."""

from datetime import date
from functools import cache

import pytest

from infra.ingestion.runtime.deidentification import Deidentifier

KEY = b"0123456789abcdef0123456789abcdef-only-for-tests"
TODAY = date(2026, 6, 1)
PROFILES = ("safe_harbor", "jp_pseudonymised", "jp_anonymised")


@cache
def engine_of(profile: str) -> Deidentifier:
    return Deidentifier(profile, KEY, today=TODAY)


@pytest.fixture(params=PROFILES)
def profile(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def engine(profile: str) -> Deidentifier:
    return engine_of(profile)


@pytest.fixture
def safe_harbor() -> Deidentifier:
    return engine_of("safe_harbor")


@pytest.fixture
def shifting() -> Deidentifier:
    return engine_of("jp_pseudonymised")
