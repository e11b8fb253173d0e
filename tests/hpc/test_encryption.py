"""Volumes take our key and AWS's own roles may use it, however often and at what moment we are asked."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from hpc.runtime.encryption import EBS, GRANT_NAME, GRANTS, NAMES, Encryption
from hpc.runtime.engine import Engine
from tests.hpc.runtime_world import KilledError, World, event

KEY = "arn:aws:kms:r:1:key/ours"
LAKE = "s3.data-source.lustre.fsx.amazonaws.com"


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "Call")


class Account:
    """EC2, KMS and IAM, as far as the two resources call them."""

    def __init__(self) -> None:
        self.world = World()
        self.encrypted, self.key = False, "alias/aws/ebs"
        self.roles: dict[str, str] = {}
        self.grants: list[dict[str, str]] = [
            {"GrantId": "other", "Name": "of somebody else", "GranteePrincipal": "arn:x"}
        ]
        self.unseen = 0

    def _call(self, effect: Any) -> Any:
        return self.world.faults.call(effect)

    def get_ebs_encryption_by_default(self) -> dict[str, bool]:
        return self._call(lambda: {"EbsEncryptionByDefault": self.encrypted})  # type: ignore[no-any-return]

    def enable_ebs_encryption_by_default(self) -> None:
        self._call(lambda: setattr(self, "encrypted", True))

    def get_ebs_default_kms_key_id(self) -> dict[str, str]:
        return self._call(lambda: {"KmsKeyId": self.key})  # type: ignore[no-any-return]

    def modify_ebs_default_kms_key_id(self, *, KmsKeyId: str) -> None:  # noqa: N803
        self._call(lambda: setattr(self, "key", KmsKeyId))

    def reset_ebs_default_kms_key_id(self) -> None:
        self._call(lambda: setattr(self, "key", "alias/aws/ebs"))

    def get_role(self, *, RoleName: str) -> dict[str, Any]:  # noqa: N803
        def effect() -> dict[str, Any]:
            if RoleName not in self.roles:
                raise error("NoSuchEntity")
            return {"Role": {"Arn": self.roles[RoleName]}}

        return self._call(effect)  # type: ignore[no-any-return]

    def create_service_linked_role(self, **given: str) -> dict[str, Any]:
        def effect() -> dict[str, Any]:
            suffix = f"_{given['CustomSuffix']}" if "CustomSuffix" in given else ""
            name = NAMES[given["AWSServiceName"]] + suffix
            self.roles[name] = (
                f"arn:aws:iam::1:role/aws-service-role/{given['AWSServiceName']}/{name}"
            )
            return {"Role": {"Arn": self.roles[name]}}

        return self._call(effect)  # type: ignore[no-any-return]

    def get_paginator(self, name: str) -> "Account":
        assert name == "list_grants"
        return self

    def paginate(self, *, KeyId: str) -> list[dict[str, Any]]:  # noqa: N803
        assert KeyId == KEY
        return self._call(lambda: [{"Grants": list(self.grants)}])  # type: ignore[no-any-return]

    def create_grant(self, **given: Any) -> None:
        def effect() -> None:
            if self.unseen:
                self.unseen -= 1
                raise error("InvalidArnException")
            assert "Decrypt" in given["Operations"]
            number = f"g{len(self.grants)}"
            self.grants.append(
                {
                    "GrantId": number,
                    "Name": given["Name"],
                    "GranteePrincipal": given["GranteePrincipal"],
                }
            )

        self._call(effect)

    def revoke_grant(self, *, KeyId: str, GrantId: str) -> None:  # noqa: N803, ARG002
        self._call(
            lambda: setattr(self, "grants", [g for g in self.grants if g["GrantId"] != GrantId])
        )

    @property
    def ours(self) -> list[str]:
        return [g["GranteePrincipal"] for g in self.grants if g["Name"] == GRANT_NAME]

    def deliver(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        """Deliver as Lambda does: again after a failure, twice at most."""
        plan = Encryption(ec2=self, kms=self, iam=self).plan  # type: ignore[arg-type]
        for _ in range(3):
            engine = Engine(
                journal=self.world,
                plan=plan,
                send=self.world.send,
                again=lambda _: None,
                clock=lambda: self.world.now,
                sleep=self.world.sleep,
            )
            try:
                engine.handle(request, owner="one", seconds_left=lambda: 600.0)
                break
            except (KilledError, ClientError):
                self.world.now += 61
        return self.world.answers


def volumes(kind: str, **more: str) -> dict[str, Any]:
    return event(kind, EBS, KeyArn=KEY, **more)


def grants(kind: str) -> dict[str, Any]:
    return event(kind, GRANTS, KeyArn=KEY, Roles=["spot.amazonaws.com", f"{LAKE}/fs-0123"])


def test_new_volumes_take_our_key() -> None:
    account = Account()
    (answer,) = account.deliver(volumes("Create"))
    assert (answer["Status"], account.encrypted, account.key) == ("SUCCESS", True, KEY)


@pytest.mark.parametrize(("on_delete", "key"), [("keep", KEY), ("reset", "alias/aws/ebs")])
def test_encryption_stays_on_when_the_resource_goes(on_delete: str, key: str) -> None:
    account = Account()
    account.encrypted, account.key = True, KEY
    account.deliver(volumes("Delete", OnDelete=on_delete))
    assert (account.encrypted, account.key) == (True, key)


def test_a_key_that_another_set_is_not_taken_away() -> None:
    account = Account()
    account.encrypted, account.key = True, "arn:aws:kms:r:1:key/another"
    account.deliver(volumes("Delete", OnDelete="reset"))
    assert account.key == "arn:aws:kms:r:1:key/another"


def test_roles_are_made_at_need_and_may_use_the_key() -> None:
    account = Account()
    account.roles["AWSServiceRoleForEC2Spot"] = "arn:aws:iam::1:role/there"
    (answer,) = account.deliver(grants("Create"))
    assert answer["Status"] == "SUCCESS"
    lake = f"arn:aws:iam::1:role/aws-service-role/{LAKE}/AWSServiceRoleForFSxS3Access_fs-0123"
    assert account.ours == ["arn:aws:iam::1:role/there", lake]


def test_a_grant_is_made_once_and_only_ours_are_revoked() -> None:
    account = Account()
    account.deliver(grants("Create"))
    again = grants("Update")
    account.deliver(again)
    assert len(account.ours) == 2
    account.deliver(grants("Delete"))
    assert account.ours == []
    assert [grant["GrantId"] for grant in account.grants] == ["other"]


def test_a_role_that_kms_has_not_heard_of_is_waited_for() -> None:
    account = Account()
    account.unseen = 3
    (answer,) = account.deliver(grants("Create"))
    assert (answer["Status"], len(account.ours)) == ("SUCCESS", 2)


def calls(request: dict[str, Any]) -> int:
    account = Account()
    account.deliver(request)
    return account.world.faults.calls


def cases() -> Iterator[Any]:
    for request in (volumes("Create"), grants("Create")):
        for at in range(calls(request)):
            for kind in ("throttled", "killed before", "killed after"):
                yield pytest.param(
                    request, at, kind, id=f"{request['ResourceType'][8:]}-{at}-{kind}"
                )


@pytest.mark.parametrize(("request_", "at", "kind"), list(cases()))
def test_one_answer_whatever_breaks(request_: dict[str, Any], at: int, kind: str) -> None:
    account = Account()
    account.world.faults.at, account.world.faults.kind = at, kind
    account.deliver(request_)
    statuses = {answer["Status"] for answer in account.world.answers}
    assert statuses == {"SUCCESS"}
    if request_["ResourceType"] == GRANTS:
        assert len(account.ours) == 2
    else:
        assert (account.encrypted, account.key) == (True, KEY)
