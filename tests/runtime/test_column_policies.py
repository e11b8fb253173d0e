"""The column policies that senders may name."""

import pytest

from infra.config import Profile
from infra.ingestion.runtime.column_policies import column_policy, names
from infra.ingestion.runtime.deidentification import Deidentifier, Format, PolicyError

KEY = b"k" * 64


def test_there_are_column_policies() -> None:
    assert names() == ("health-checkup", "laboratory")


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("name", ["health-checkup", "laboratory"])
def test_each_fits_every_profile_and_hides_who_it_is(name: str, profile: Profile) -> None:
    policy = column_policy(name)
    engine = Deidentifier(profile.value, KEY, columns=policy)
    cells = dict.fromkeys(policy.columns, "Zylberstein")
    text = ",".join(cells) + "\r\n" + ",".join(cells.values()) + "\r\n"
    (record,) = engine.records(text.encode(policy.encoding), Format.CSV)
    content = engine.deidentify(record, Format.CSV).content.decode(policy.encoding)
    assert len(content.splitlines()) == 2
    assert "Zylberstein" not in content


@pytest.mark.parametrize("name", ["", "nowhere", "../column_policies/laboratory"])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(PolicyError, match="there are health-checkup, laboratory"):
        column_policy(name)
