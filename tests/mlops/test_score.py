"""Scoring of files: the same model and sentences as the server's, in blocks."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from mlops.inference.archive import pack, verify
from mlops.inference.contract import load_contract
from mlops.steps import score
from mlops.steps.container import Container, StepError
from tests.mlops.conftest import Run

BUCKET = "iryo-important"


@pytest.fixture
def scorer(model_folder: Path) -> score.Scorer:
    return score.load(model_folder, verify(model_folder))


@pytest.fixture
def lines(model_folder: Path, cold: Run) -> list[bytes]:
    """The test part as scoring takes it: the contract's columns, no identifier, no label."""
    contract = load_contract(model_folder / "contract.json")
    (file,) = cold.output("Prepare", "test").glob("*.csv")
    header, *rows = file.read_text().splitlines()
    places = [header.split(",").index(name) for name in contract.names]
    cells = [row.split(",") for row in rows]
    return [",".join(row[place] for place in places).encode() for row in cells]


def table(answers: bytes) -> list[float]:
    return [float(cell) for cell in answers.decode().replace("\n", ",").split(",") if cell]


def test_blocks_answer_what_one_block_answers(
    scorer: score.Scorer, lines: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = b"".join(scorer.score(lines))
    monkeypatch.setattr(score, "RECORDS", 10)
    blocks = b"".join(scorer.score(iter(lines)))
    # Sums of another length may differ in the last digit.
    assert table(blocks) == pytest.approx(table(whole), abs=1e-12)
    assert len(whole.splitlines()) == len(lines)


def test_a_wrong_record_is_named_by_place_and_not_by_value(
    scorer: score.Scorer, lines: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score, "RECORDS", 10)
    lines[12] = b"secret," + lines[12].split(b",", 1)[1]
    with pytest.raises(StepError, match="after line 10: record 3: column mean_radius") as caught:
        list(scorer.score(lines))
    assert "secret" not in str(caught.value)


def test_another_model_is_refused(model_folder: Path) -> None:
    with pytest.raises(StepError, match="not the registered model"):
        score.load(model_folder, "0" * 64)


@pytest.fixture
def aws(model_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """A bucket with the model and the registry with an approved version."""
    for name, value in {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "BUCKET": BUCKET,
        "LARGEST_BYTES": "1000000",
        "JOB_QUEUE": "queue",
        "JOB_DEFINITION": "definition",
    }.items():
        monkeypatch.setenv(name, value)
    pack(model_folder, tmp_path / "model.tar.gz")
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.upload_file(str(tmp_path / "model.tar.gz"), BUCKET, "pipelines/model.tar.gz")
        sagemaker = boto3.client("sagemaker")
        sagemaker.create_model_package_group(ModelPackageGroupName="group")
        arn = sagemaker.create_model_package(
            ModelPackageGroupName="group",
            ModelApprovalStatus="PendingManualApproval",
            InferenceSpecification={
                "Containers": [
                    {
                        "Image": "image",
                        "ModelDataUrl": f"s3://{BUCKET}/pipelines/model.tar.gz",
                        "Environment": {score.FINGERPRINT: verify(model_folder)},
                    }
                ],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        )["ModelPackageArn"]
        monkeypatch.setenv("MODEL_PACKAGE", arn)
        score.registered.cache_clear()
        yield s3
        score.registered.cache_clear()


def approve() -> None:
    import os

    boto3.client("sagemaker").update_model_package(
        ModelPackageArn=os.environ["MODEL_PACKAGE"], ModelApprovalStatus="Approved"
    )


def created(key: str, size: int = 1000) -> dict[str, Any]:
    return {"detail": {"bucket": {"name": BUCKET}, "object": {"key": key, "size": size}}}


def test_a_small_file_is_scored_at_once(aws: Any, lines: list[bytes]) -> None:
    approve()
    aws.put_object(Bucket=BUCKET, Key="scoring/in/a/b.csv", Body=b"\n".join(lines))
    answer = score.handler(created("scoring/in/a/b.csv"), None)
    assert answer == {"action": "scored", "object": "scoring/out/a/b.csv"}
    body = aws.get_object(Bucket=BUCKET, Key="scoring/out/a/b.csv")["Body"].read()
    assert len(body.splitlines()) == len(lines)


def test_an_unapproved_version_scores_nothing(aws: Any, lines: list[bytes]) -> None:
    aws.put_object(Bucket=BUCKET, Key="scoring/in/b.csv", Body=b"\n".join(lines))
    with pytest.raises(StepError, match="it is not approved"):
        score.handler(created("scoring/in/b.csv"), None)


def test_a_wrong_file_leaves_no_half_an_answer(aws: Any, lines: list[bytes]) -> None:
    approve()
    aws.put_object(Bucket=BUCKET, Key="scoring/in/b.csv", Body=b"\n".join([*lines, b"1,2"]))
    with pytest.raises(StepError, match="values were given"):
        score.handler(created("scoring/in/b.csv"), None)
    found = aws.list_objects_v2(Bucket=BUCKET, Prefix="scoring/out/")
    assert found["KeyCount"] == 0


def test_a_large_file_goes_to_batch(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[dict[str, Any]] = []

    class Batch:
        def submit_job(self, **request: Any) -> dict[str, str]:
            calls.append(request)
            return {"jobId": "one"}

    monkeypatch.setattr("boto3.client", lambda _service: Batch())
    answer = score.handler(created("scoring/in/b.csv", 2_000_000), None)
    assert answer == {"action": "submitted", "job": "one"}
    (call,) = calls
    assert call["containerOverrides"]["environment"] == [
        {"name": "OBJECT_KEY", "value": "scoring/in/b.csv"}
    ]


def test_a_batch_job_scores_its_object(
    aws: Any,
    lines: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    approve()
    aws.upload_fileobj(io.BytesIO(b"\n".join(lines)), BUCKET, "scoring/in/big.csv")
    monkeypatch.setenv("OBJECT_KEY", "scoring/in/big.csv")
    score.run(Container.here())
    assert capsys.readouterr().out == "scoring/out/big.csv\n"
    assert json.dumps(aws.list_objects_v2(Bucket=BUCKET, Prefix="scoring/out/")["KeyCount"]) == "1"


def test_objects_elsewhere_are_refused(aws: Any) -> None:
    approve()
    with pytest.raises(StepError, match="not under scoring/in/"):
        score.handler(created("pipelines/model.tar.gz"), None)
