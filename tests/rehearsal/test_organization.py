"""An account that is a member of an organisation, as its environment file says."""

from pathlib import Path

import pytest
from ministack.core import iam_evaluator

from rehearsal.control import Control
from rehearsal.deployment import target_of


def test_the_environment_names_it(tmp_path: Path) -> None:
    file = tmp_path / "member.toml"
    file.write_text('name = "member"\n[account]\norganization_id = "o-exampleorgid"\n')
    assert target_of(str(file)).organization == "o-exampleorgid"
    file.write_text('name = "member"\n')
    assert target_of(str(file)).organization is None


def test_the_local_account_is_its_member(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iam_evaluator, "_principal_org_id", lambda _account: None)
    control = Control(None, None)  # type: ignore[arg-type]
    status, _ = control._control("POST", "/_rehearsal/organization", b'{"id": "o-exampleorgid"}')
    assert status == 200
    assert iam_evaluator._principal_org_id("000000000000") == "o-exampleorgid"
