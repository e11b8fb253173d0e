"""What ministack's own handlers leave out of a bucket or stream, done through its services.

Without it nobody would notice a function that may not use the key of a bucket, or an object that
can be removed though it is locked.
"""

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from ministack.services import kinesis, s3

Properties = dict[str, Any]


def complete(resource_type: str, physical_id: str, properties: Properties) -> None:
    """Bring a native resource to the state that its properties ask for."""
    for finish in _COMPLETIONS.get(resource_type, ()):
        finish(physical_id, properties)


def _encrypt_bucket(name: str, properties: Properties) -> None:
    rules = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    # ministack has no AWS managed key, and refuses a write under aws:kms that names none.
    own = [rule for rule in rules if "KMSMasterKeyID" in _default(rule)]
    if not own:
        return
    root = Element("ServerSideEncryptionConfiguration")
    for given in own:
        default = _default(given)
        rule = SubElement(root, "Rule")
        apply = SubElement(rule, "ApplyServerSideEncryptionByDefault")
        for tag in ("SSEAlgorithm", "KMSMasterKeyID"):
            if tag in default:
                SubElement(apply, tag).text = str(default[tag])
        SubElement(rule, "BucketKeyEnabled").text = _boolean(given.get("BucketKeyEnabled"))
    s3._put_bucket_encryption(name, tostring(root))


def _lock_bucket(name: str, properties: Properties) -> None:
    if _boolean(properties.get("ObjectLockEnabled")) == "false":
        return
    s3._bucket_object_lock.setdefault(name, {"enabled": True, "default_retention": None})
    rule = properties.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention")
    if not rule:
        return
    root = Element("ObjectLockConfiguration")
    SubElement(root, "ObjectLockEnabled").text = "Enabled"
    retention = SubElement(SubElement(root, "Rule"), "DefaultRetention")
    for tag in ("Mode", "Days", "Years"):
        if tag in rule:
            SubElement(retention, tag).text = str(rule[tag])
    s3._put_object_lock_configuration(name, tostring(root))


def _encrypt_stream(name: str, properties: Properties) -> None:
    encryption = properties.get("StreamEncryption")
    stream = kinesis._streams.get(name)
    if encryption and stream is not None:
        stream["EncryptionType"] = encryption["EncryptionType"]
        stream["KeyId"] = encryption["KeyId"]


def _default(rule: Properties) -> Properties:
    found: Properties = rule.get("ServerSideEncryptionByDefault", {})
    return found


def _boolean(value: Any) -> str:
    return str(value or False).lower()


_COMPLETIONS: dict[str, tuple[Callable[[str, Properties], None], ...]] = {
    "AWS::S3::Bucket": (_encrypt_bucket, _lock_bucket),
    "AWS::Kinesis::Stream": (_encrypt_stream,),
}
