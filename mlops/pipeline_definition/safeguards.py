"""What every job that may meet patient data must have, whatever SageMaker would accept.

A key that protects data must be given as it is: a parameter could be changed at each start.
"""

import re
from collections.abc import Iterator
from typing import Any

from mlops.pipeline_definition.errors import Problem
from mlops.pipeline_definition.walk import Placed, has_token, is_reference

REQUIRED_TAGS = ("project", "cost-center", "owner", "environment", "data-class")
DATA_CLASSES = ("important", "general")
SHORTEST_SECONDS = 60
LONGEST_SECONDS = 24 * 60 * 60
NETWORK_TAG = "network-isolation"
"""A job that must call AWS itself (the Feature Store) carries this tag with the reason."""
PURPOSE_TAG = "purpose"
MONITORING = "monitoring"
"""Requests that an endpoint captured are confidential; nothing is trained on them."""
# Instances with local disks encrypt them in hardware and refuse VolumeKmsKeyId:
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
LOCAL_DISK = re.compile(r"ml\.(g4dn|g5|g6e?|gr6|p3dn|p4de?|p5\w*|trn\w+|[cmr]\d+[ai]?g?d\w*)\.")
RETIRED = re.compile(r"ml\.p3(dn)?\.")
PRIVATE_IMAGE = re.compile(r".+\.dkr\.ecr\..+/.+")
EVIDENCE = ("ModelQuality", "Bias", "Explainability")


def safeguards(step: Placed) -> Iterator[Problem]:
    """Yield the safeguards that a step lacks."""
    yield from _Judge(step).problems()


class _Judge:
    def __init__(self, step: Placed) -> None:
        self.step = step
        self.found: list[Problem] = []

    def problems(self) -> list[Problem]:
        arguments = self.step.arguments
        match self.step.type:
            case "Processing" | "QualityCheck" | "ClarifyCheck":
                self._processing(arguments)
            case "Training":
                self._training(arguments, "")
                self._tags(arguments)
            case "Tuning":
                self._tuning(arguments)
            case "Transform":
                self._key(arguments, "TransformOutput.KmsKeyId")
                self._volume(arguments, "TransformResources")
                self._tags(arguments)
            case "Model":
                self._vpc(arguments, "VpcConfig")
                self._true(arguments, "EnableNetworkIsolation")
                self._images(arguments)
                self._tags(arguments)
            case "RegisterModel":
                self._register(arguments)
            case "EMR":
                self._emr()
        return self.found

    def _processing(self, arguments: dict[str, Any]) -> None:
        self._vpc(arguments, "NetworkConfig.VpcConfig")
        self._isolation(arguments, "NetworkConfig.EnableNetworkIsolation")
        self._true(arguments, "NetworkConfig.EnableInterContainerTrafficEncryption")
        self._volume(arguments, "ProcessingResources.ClusterConfig")
        self._key(arguments, "ProcessingOutputConfig.KmsKeyId")
        self._images(arguments)
        self._time(arguments, "StoppingCondition.MaxRuntimeInSeconds")
        self._tags(arguments)

    def _training(self, arguments: dict[str, Any], prefix: str) -> None:
        self._vpc(arguments, f"{prefix}VpcConfig")
        self._true(arguments, f"{prefix}EnableNetworkIsolation")
        self._true(arguments, f"{prefix}EnableInterContainerTrafficEncryption")
        self._key(arguments, f"{prefix}OutputDataConfig.KmsKeyId")
        self._volume(arguments, f"{prefix}ResourceConfig")
        self._images(arguments)
        self._time(arguments, f"{prefix}StoppingCondition.MaxRuntimeInSeconds")

    def _tuning(self, arguments: dict[str, Any]) -> None:
        for index, _ in enumerate(arguments.get("TrainingJobDefinitions", [])):
            self._training(arguments, f"TrainingJobDefinitions[{index}].")
        if "TrainingJobDefinition" in arguments or "TrainingJobDefinitions" not in arguments:
            self._training(arguments, "TrainingJobDefinition.")
        self._tags(arguments)

    def _register(self, arguments: dict[str, Any]) -> None:
        self._images(arguments)
        self._key(arguments, "SecurityConfig.KmsKeyId")
        if "ModelPackageGroupName" not in arguments:
            self._say("ModelPackageGroupName", "a version needs its group; this key is missing")
        if arguments.get("ModelApprovalStatus") != "PendingManualApproval":
            given = arguments.get("ModelApprovalStatus", "nothing")
            self._say(
                "ModelApprovalStatus",
                f"{given} was given, PendingManualApproval is allowed: a person approves models",
            )
        for kind in EVIDENCE:
            if not _at(arguments, f"ModelMetrics.{kind}"):
                self._say(
                    f"ModelMetrics.{kind}", "a model is registered with this report; it is missing"
                )

    def _emr(self) -> None:
        arguments, cluster = self.step.arguments, self.step.json.get("ClusterConfig")
        if not arguments.get("ClusterId") and not cluster:
            self._say("ClusterId", "the id of a cluster is missing")
        for key in ("SecurityConfiguration", "LogEncryptionKmsKeyId") if cluster else ():
            if not _at({"ClusterConfig": cluster}, f"ClusterConfig.{key}"):
                self._say(f"ClusterConfig.{key}", "encryption needs this key; it is missing")

    def _vpc(self, arguments: dict[str, Any], key: str) -> None:
        for part in ("Subnets", "SecurityGroupIds"):
            value = _at(arguments, f"{key}.{part}")
            if not value or _is_parameter(value):
                self._say(
                    f"{key}.{part}",
                    "jobs run in the VPC: give subnets and security groups as they are",
                )

    def _isolation(self, arguments: dict[str, Any], key: str) -> None:
        reason = _tag(arguments, NETWORK_TAG)
        if _at(arguments, key) is not True and not reason:
            self._say(
                key,
                f"true is needed, or a tag {NETWORK_TAG} saying why the job must call AWS itself",
            )

    def _true(self, arguments: dict[str, Any], key: str) -> None:
        value = _at(arguments, key)
        if value is not True:
            self._say(key, f"{'nothing' if value is None else value} was given, true is needed")

    def _key(self, arguments: dict[str, Any], key: str) -> None:
        value = _at(arguments, key)
        if not value or _is_parameter(value):
            self._say(
                key, "the ARN of a customer-managed key is needed, not a parameter or nothing"
            )

    def _volume(self, arguments: dict[str, Any], key: str) -> None:
        instance = _at(arguments, f"{key}.InstanceType")
        if isinstance(instance, str) and RETIRED.match(instance):
            self._say(
                f"{key}.InstanceType",
                f"{instance} (V100) is out of date; ml.g6, ml.p4d, ml.p4de or ml.p5 are allowed",
            )
        if not isinstance(instance, str) or not LOCAL_DISK.match(instance):
            self._key(arguments, f"{key}.VolumeKmsKeyId")
        elif _at(arguments, f"{key}.VolumeKmsKeyId"):
            self._say(
                f"{key}.VolumeKmsKeyId",
                f"{instance} encrypts its local disks in hardware and refuses a key; leave it out",
            )

    def _images(self, arguments: dict[str, Any]) -> None:
        found = list(_images(arguments, "Arguments"))
        if not found:
            self._say("", "an image is needed: the ImageUri, TrainingImage or Image is missing")
        for key, image in found:
            if is_reference(image):
                self.found.append(
                    Problem(self.step.name, key, "give the image as it is, not by reference")
                )
            elif isinstance(image, str) and not _private(image):
                what = f"{image} is not from a private ECR registry (<account>.dkr.ecr.<region>…)"
                self.found.append(Problem(self.step.name, key, what))

    def _time(self, arguments: dict[str, Any], key: str) -> None:
        value = _at(arguments, key)
        if is_reference(value):
            return
        if not isinstance(value, int) or not SHORTEST_SECONDS <= value <= LONGEST_SECONDS:
            self._say(
                key,
                f"{'nothing' if value is None else value} was given, "
                f"a limit of {SHORTEST_SECONDS} to {LONGEST_SECONDS} seconds is allowed",
            )

    def _tags(self, arguments: dict[str, Any]) -> None:
        for name in REQUIRED_TAGS:
            if not _tag(arguments, name):
                self._say("Tags", f"the tag {name} is missing")
        given = _tag(arguments, "data-class")
        monitoring = _tag(arguments, PURPOSE_TAG) == MONITORING and self.step.type == "Processing"
        allowed = (*DATA_CLASSES, *(("confidential",) if monitoring else ()))
        if isinstance(given, str) and given and not has_token(given) and given not in allowed:
            what = f"data-class {given} was given, {' or '.join(DATA_CLASSES)} is allowed"
            self._say("Tags", f"{what}; only a job for {MONITORING} may read other data")

    def _say(self, key: str, what: str) -> None:
        full = f"Arguments.{key}" if key else "Arguments"
        self.found.append(Problem(self.step.name, full, what))


def _private(image: str) -> bool:
    return has_token(image) or PRIVATE_IMAGE.fullmatch(image) is not None


def _at(value: Any, key: str) -> Any:
    for part in re.findall(r"[A-Za-z]+|\d+", key):
        if isinstance(value, list) and part.isdigit():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


def _is_parameter(value: Any) -> bool:
    if isinstance(value, list):
        return any(_is_parameter(item) for item in value)
    return is_reference(value) and str(value.get("Get", "")).startswith("Parameters.")


def _tag(arguments: dict[str, Any], name: str) -> Any:
    tags = arguments.get("Tags")
    for tag in tags if isinstance(tags, list) else []:
        if isinstance(tag, dict) and tag.get("Key") == name:
            return tag.get("Value")
    return None


def _images(value: Any, key: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and not is_reference(value):
        for name, item in value.items():
            if name in ("ImageUri", "TrainingImage", "Image"):
                yield f"{key}.{name}", item
            else:
                yield from _images(item, f"{key}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _images(item, f"{key}[{index}]")
