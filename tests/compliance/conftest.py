"""The verdict on an environment, made once for the session."""

from collections.abc import Callable

import pytest

from compliance.verdicts import Judgement
from tests.conftest import Synthesis


@pytest.fixture(scope="session")
def judgement(synthesis: Callable[[str], Synthesis]) -> Callable[[str], Judgement]:
    return lambda environment: synthesis(environment).judgement
