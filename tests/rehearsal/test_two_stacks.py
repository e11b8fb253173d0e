"""An environment with the edge is two stacks in two Regions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ministack.core.responses import set_request_region
from ministack.services import cloudformation
from ministack.services.cloudformation import engine, provisioners

from rehearsal import hosted_zones, stack_outputs
from rehearsal.deployment import target_of

NAMED = {"StackName": "home", "OutputName": "Name", "Region": {"Ref": "Home"}}


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A stack in Osaka, asked for from Virginia."""
    for module in (engine, *vars(stack_outputs).values()):
        if hasattr(module, "_resolve_refs"):
            monkeypatch.setattr(module, "_resolve_refs", module._resolve_refs)
    stack_outputs.install()
    set_request_region("ap-northeast-3")
    cloudformation._stacks["home"] = {"Outputs": [{"OutputKey": "Name", "OutputValue": "lb"}]}
    set_request_region("us-east-1")
    yield
    set_request_region("ap-northeast-3")
    cloudformation._stacks.pop("home")
    set_request_region(None)


def resolved(value: object, home: str = "ap-northeast-3") -> object:
    parameters = {"Home": {"Value": home}}
    return engine._resolve_refs(value, {}, parameters, {}, {}, "edge", "edge-id")


@pytest.mark.usefixtures("home")
def test_an_output_is_read_from_the_region_that_is_named() -> None:
    assert resolved({"Origin": [{"Fn::GetStackOutput": NAMED}]}) == {"Origin": ["lb"]}


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("change", "region"),
    [({}, "ap-northeast-1"), ({"OutputName": "Other"}, "ap-northeast-3")],
)
def test_a_missing_output_fails_the_deployment(change: dict[str, str], region: str) -> None:
    with pytest.raises(ValueError, match=f"the stack home in {region} has no output"):
        resolved({"Fn::GetStackOutput": {**NAMED, **change}}, home=region)


def test_a_hosted_zone_of_the_environment_file_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "_r53_resolve_hosted_zone_id"
    monkeypatch.setattr(provisioners, name, getattr(provisioners, name))
    record = {"HostedZoneId": "Z1", "Name": "a.iryo.example", "Type": "A"}
    record |= {"TTL": "60", "ResourceRecords": ["192.0.2.1"]}
    with pytest.raises(ValueError, match="No hosted zone"):
        provisioners._r53_record_set_create("Record", record, "edge")
    hosted_zones.install()
    assert provisioners._r53_record_set_create("Record", record, "edge")[0] == "a.iryo.example."
    assert provisioners._r53._zones["Z1"]["name"] == "iryo.example."
    provisioners._r53._zones.pop("Z1")
    provisioners._r53._records.pop("Z1")


@pytest.mark.parametrize(
    ("rooms", "stacks", "regions"),
    [
        ("", ("iryo-t",), ("ap-northeast-1",)),
        (
            "[rooms]\nedge = true\n",
            ("iryo-t", "iryo-t-edge-global"),
            ("ap-northeast-1", "us-east-1"),
        ),
    ],
)
def test_what_is_deployed_and_where(
    tmp_path: Path, rooms: str, stacks: tuple[str, ...], regions: tuple[str, ...]
) -> None:
    file = tmp_path / "t.toml"
    file.write_text(f'name = "t"\n{rooms}')
    target = target_of(str(file))
    assert (target.stacks, target.regions) == (stacks, regions)
