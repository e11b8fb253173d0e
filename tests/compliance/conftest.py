"""One judged synthesis per environment serves the whole session."""

from collections.abc import Callable
from functools import cache

import pytest

from compliance import gate
from compliance.verdicts import Judgement


@pytest.fixture(scope="session")
def judgement(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Judgement]:
    """Synthesise and judge an environment at first use."""

    @cache
    def judged(environment: str) -> Judgement:
        from app import build_app
        from infra.config import load, path_of

        app = build_app(load(path_of(environment)), tmp_path_factory.mktemp(environment))
        app.synth()
        found = gate.judgement_of(app)
        assert found
        return found

    return judged
