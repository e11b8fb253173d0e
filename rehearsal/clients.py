"""boto3 clients and signed HTTP requests to the local AWS: nothing that AWS itself has not."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from rehearsal.local_aws import LocalAws

_TRIES = 12
_AGAIN = (409, 429, 503)
"""What a sender repeats with patience: the API says that it did not take the upload."""
_BROKEN = (500, 502, 504)
_BROKEN_TRIES = 4


class ApiError(RuntimeError):
    """The API could not be reached, or went on refusing."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: dict[str, Any]
    tries: int


def client(aws: LocalAws, service: str, *, region: str | None = None) -> Any:
    """Return a boto3 client of a service of this AWS, in its own Region or another."""
    exports = aws.exports()
    session = boto3.Session(
        aws_access_key_id=exports["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=exports["AWS_SECRET_ACCESS_KEY"],
        region_name=region or aws.region,
    )
    return session.client(
        service,  # type: ignore[call-overload] # the stubs want a literal
        endpoint_url=aws.endpoint,
        config=Config(max_pool_connections=16, proxies={}),
    )


@dataclass
class Api:
    """The REST API, reached as the local AWS offers it and signed as AWS wants it."""

    aws: LocalAws
    url: str
    _opener: urllib.request.OpenerDirector = field(
        default_factory=lambda: urllib.request.build_opener(urllib.request.ProxyHandler({}))
    )

    @classmethod
    def of(cls, aws: LocalAws, url: str) -> "Api":
        """Turn https://ID.execute-api.REGION.amazonaws.com/STAGE/ into its local address."""
        parts = urllib.parse.urlsplit(url)
        name = (parts.hostname or "").split(".")[0]
        stage = parts.path.strip("/")
        return cls(aws, f"{aws.endpoint}/_aws/execute-api/{name}/{stage}")

    def post(
        self, path: str, body: bytes, headers: dict[str, str], *, signed: bool = True
    ) -> Answer:
        """Post until the answer is final, as a careful sender does. Raises ApiError."""
        for attempt in range(1, _TRIES + 1):
            status, content = self._once(path, body, headers, signed=signed)
            if status not in _AGAIN + _BROKEN:
                return Answer(status, _json(content), attempt)
            if status in _BROKEN and attempt == _BROKEN_TRIES:
                break
            time.sleep(min(2.0, 0.2 * attempt))
        said = _json(content).get("message", "no reason")
        raise ApiError(f"POST {path} was answered with {status} ({said}) {attempt} times")

    def _once(
        self, path: str, body: bytes, headers: dict[str, str], *, signed: bool
    ) -> tuple[int, bytes]:
        url = f"{self.url}/{path}"
        request = AWSRequest("POST", url, data=body, headers=headers)
        if signed:
            exports = self.aws.exports()
            credentials = Credentials(
                exports["AWS_ACCESS_KEY_ID"], exports["AWS_SECRET_ACCESS_KEY"]
            )
            SigV4Auth(credentials, "execute-api", self.aws.region).add_auth(request)
        sent = urllib.request.Request(  # noqa: S310 (always this http endpoint)
            url, data=body, headers=dict(request.headers), method="POST"
        )
        try:
            with self._opener.open(sent, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
        except OSError as error:
            raise ApiError(f"POST {path}: {error}") from error


def _json(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
