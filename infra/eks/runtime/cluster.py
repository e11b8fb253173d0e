"""The API server of a private cluster, asked with the function's own role."""

import base64
import json
import os
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.model import ServiceId
from botocore.signers import RequestSigner

SECONDS = 60
"""How long a token may be used; EKS takes it for at most fifteen minutes."""
TIMEOUT = 20


class UnreachableError(RuntimeError):
    """The API server did not answer."""


class RefusedError(RuntimeError):
    """The API server answered with an error; the message is its own."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Name, address and certificate authority (base64, PEM within) of a cluster."""

    name: str
    endpoint: str
    certificate: str

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a request and return the answer.

        Raises RefusedError with the server's words, or UnreachableError.
        """
        headers = {"Authorization": f"Bearer {token(self.name)}", "Accept": "application/json"}
        if body is not None:
            # JSON is YAML, too.
            headers["Content-Type"] = "application/apply-patch+yaml"
        request = urllib.request.Request(  # noqa: S310 (the address comes from EKS)
            f"{self.endpoint}{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers=headers,
        )
        try:
            with self._opener().open(request, timeout=TIMEOUT) as answer:
                found: dict[str, Any] = json.loads(answer.read() or b"{}")
                return found
        except urllib.error.HTTPError as error:
            with error:
                raise RefusedError(error.code, _message(error, path)) from None
        except OSError as error:
            raise UnreachableError(f"{self.name}: {error}") from None

    def _opener(self) -> urllib.request.OpenerDirector:
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if self.endpoint.startswith("https:"):
            context = ssl.create_default_context(cadata=base64.b64decode(self.certificate).decode())
            handlers.append(urllib.request.HTTPSHandler(context=context))
        return urllib.request.build_opener(*handlers)


def token(cluster: str) -> str:
    """Return the credential that EKS takes: a signed question to STS who we are.

    Nothing is called for it. https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html
    """
    session = botocore.session.get_session()
    region = os.environ["AWS_REGION"]
    credentials = session.get_credentials()
    if credentials is None:
        raise UnreachableError(f"{cluster}: there are no credentials to sign with")
    signer = RequestSigner(
        ServiceId("sts"),
        region,
        "sts",
        "v4",
        credentials,
        session.get_component("event_emitter"),
    )
    url = signer.generate_presigned_url(
        {
            "method": "GET",
            "url": f"https://sts.{region}.amazonaws.com/"
            "?Action=GetCallerIdentity&Version=2011-06-15",
            "body": {},
            "headers": {"x-k8s-aws-id": cluster},
            "context": {},
        },
        region_name=region,
        expires_in=SECONDS,
        operation_name="",
    )
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def _message(error: urllib.error.HTTPError, path: str) -> str:
    try:
        said = json.loads(error.read()).get("message", "")
    except (ValueError, AttributeError):
        said = ""
    return f"{error.code} for {path.partition('?')[0]}: {said or 'no reason'}"
