"""Scoring of a file without an endpoint: small files in Lambda, large ones in AWS Batch.

Both run the step image on CSV under `scoring/in/` of the important bucket; answers lie under
`scoring/out/` by the same name, a line a record in the same order. The model is a version of the
registry: its archive is checked against the fingerprint that was registered with it.
"""

import io
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import boto3

from mlops.inference.archive import ArchiveError, unpack, verify
from mlops.inference.contract import Contract, load_contract
from mlops.inference.model import Model, load_model
from mlops.inference.requests import CSV, RequestError, predict, rows_of
from mlops.steps.container import Container, StepError

INBOX, OUTBOX = "scoring/in/", "scoring/out/"
RECORDS = 5_000
"""Scored at once: bounds the memory whatever the file's size."""
FINGERPRINT = "MODEL_FINGERPRINT"


@dataclass(frozen=True, kw_only=True)
class Scorer:
    """A verified model with its contract."""

    model: Model
    contract: Contract
    fingerprint: str

    def score(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Yield answers in blocks of lines. Raises StepError naming the first wrong record."""
        block: list[bytes] = []
        done = 0
        for line in lines:
            block.append(line)
            if len(block) == RECORDS:
                yield self._answer(block, done)
                done, block = done + len(block), []
        if block:
            yield self._answer(block, done)

    def _answer(self, block: list[bytes], done: int) -> bytes:
        try:
            rows = rows_of(b"\n".join(block), CSV, self.contract)
            return predict(self.model, rows, self.fingerprint).encode(CSV)[0]
        except RequestError as error:
            raise StepError(f"after line {done}: {error.sentence}") from None


def load(folder: Path, fingerprint: str) -> Scorer:
    """Return the scorer of an unpacked archive; raises StepError when it is another model."""
    try:
        verify(folder, fingerprint)
    except ArchiveError as error:
        raise StepError(str(error)) from None
    return Scorer(
        model=load_model(folder / "model.json"),
        contract=load_contract(folder / "contract.json"),
        fingerprint=fingerprint,
    )


@lru_cache(maxsize=1)
def registered(package: str) -> Scorer:
    """Return the scorer of a version of the registry. Raises StepError when it is not approved."""
    described = boto3.client("sagemaker").describe_model_package(ModelPackageName=package)
    if described.get("ModelApprovalStatus") != "Approved":
        raise StepError(f"version {package.rpartition('/')[2]}: it is not approved")
    container = described["InferenceSpecification"]["Containers"][0]
    bucket, _, key = container["ModelDataUrl"].removeprefix("s3://").partition("/")
    with tempfile.TemporaryDirectory() as folder:
        archive, model = Path(folder) / "model.tar.gz", Path(folder) / "model"
        boto3.client("s3").download_file(bucket, key, str(archive))
        try:
            unpack(archive, model)
        except ArchiveError as error:
            raise StepError(str(error)) from None
        return load(model, container["Environment"][FINGERPRINT])


def score_object(scorer: Scorer, bucket: str, key: str) -> str:
    """Score one object of the inbox; return the key of its answers. It appears whole or not."""
    if not key.startswith(INBOX):
        raise StepError(f"the object is not under {INBOX}")
    client = boto3.client("s3")
    target = OUTBOX + key.removeprefix(INBOX)
    body = client.get_object(Bucket=bucket, Key=key)["Body"]
    with tempfile.TemporaryFile() as answers:
        for block in scorer.score(line for line in body.iter_lines() if line.strip()):
            answers.write(block)
        answers.seek(0, io.SEEK_SET)
        client.upload_fileobj(answers, bucket, target)
    return target


def run(container: Container) -> None:
    """Score the object that a Batch job was given."""
    scorer = registered(container.setting("MODEL_PACKAGE"))
    key = container.setting("OBJECT_KEY")
    sys.stdout.write(f"{score_object(scorer, container.setting('BUCKET'), key)}\n")


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Score a small object here, hand a large one to Batch; `event` is S3's "Object Created"."""
    container = Container.here()
    detail = event["detail"]
    bucket, key = detail["bucket"]["name"], detail["object"]["key"]
    if detail["object"]["size"] > int(container.setting("LARGEST_BYTES")):
        job = boto3.client("batch").submit_job(
            jobName="score",
            jobQueue=container.setting("JOB_QUEUE"),
            jobDefinition=container.setting("JOB_DEFINITION"),
            containerOverrides={"environment": [{"name": "OBJECT_KEY", "value": key}]},
        )
        return {"action": "submitted", "job": job["jobId"]}
    return {
        "action": "scored",
        "object": score_object(registered(container.setting("MODEL_PACKAGE")), bucket, key),
    }
