"""Send records through the deployed stack and judge what comes out."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from rehearsal import checks, uploads
from rehearsal.checks import Account
from rehearsal.clients import Answer, Api
from rehearsal.lake import Lake
from rehearsal.local_aws import LocalAws
from rehearsal.people import person
from rehearsal.uploads import Upload

_SENDERS = 2
"""As many as there are likely to be cores: each needs a function's process of its own."""
_SETTLE_SECONDS = 60.0
_FORBIDDEN = 403
PEOPLE = 40


class ScenarioError(RuntimeError):
    """Something came out wrong; the message is one sentence."""


@dataclass
class Stage:
    """The deployed stack and everything sent to it so far."""

    aws: LocalAws
    outputs: dict[str, str]
    watch: Callable[[str], None] = lambda _text: None
    first: int = 0
    """The number of the first person; another one makes every upload a new one."""

    def __post_init__(self) -> None:
        self.api = Api.of(self.aws, self.outputs["ApiUrl"])
        self.lake = Lake(self.aws, self.outputs)
        self.people = [person(self.first + number) for number in range(PEOPLE)]
        self.events: list[dict[str, Any]] = []

    def send(self, batch: Sequence[Upload], *, times: int = 1) -> list[Answer]:
        """Send uploads, several at once; each must be answered as it expects.

        Raises ScenarioError naming the first that was not.
        """
        done = 0

        def one(upload: Upload) -> tuple[Upload, Answer]:
            nonlocal done
            answer = self.api.post("records", upload.body, upload.all_headers)
            done += 1
            self.watch(f"sending: {done} of {len(batch) * times} uploads")
            return upload, answer

        with ThreadPoolExecutor(_SENDERS) as pool:
            answers = list(pool.map(one, [upload for upload in batch for _ in range(times)]))
        for upload, answer in answers:
            if answer.status not in upload.statuses:
                reason = answer.body.get("reason") or answer.body.get("message") or "no reason"
                raise ScenarioError(
                    f"{upload.name} was answered with {answer.status} ({reason}); "
                    f"wanted is {' or '.join(str(status) for status in upload.statuses)}"
                )
        return [answer for _, answer in answers]

    def settle(self) -> None:
        """Wait until nothing waits on the stream. Raises ScenarioError when it never ends."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        quiet = 0
        while quiet < 2:  # noqa: PLR2004 (a record may be between two places once)
            backlog = self.aws.ask("/state")["backlog"]
            self.watch(f"waiting: {backlog} pointers on the stream")
            quiet = quiet + 1 if backlog == 0 else 0
            if time.monotonic() > deadline:
                raise ScenarioError(
                    f"{backlog} pointers were still waiting after {_SETTLE_SECONDS:.0f} s"
                    f"{self._denials()}"
                )
            time.sleep(0.15)

    def judge(self, batch: Iterable[Upload], identifiers: Iterable[str]) -> Account:
        """Read everything there is and compare. The account names what is wrong."""
        self.watch("reading what came out")
        released, quarantined = self.lake.released(), self.lake.quarantined()
        account = checks.settle(batch, released, quarantined)
        self.events += self.lake.events()
        if not self.events:
            account.wrong.append("no event came over the bus")
        found = checks.leaks(
            identifiers,
            checks.places(released, quarantined, self.lake.log_lines(), self.events),
        )
        account.leaks = len(found)
        account.wrong += found
        if account.wrong:
            account.wrong[-1] += self._denials()
        return account

    def identifiers(self) -> set[str]:
        """Return every identifier of everybody who was sent."""
        return {text for one in self.people for text in one.identifiers()}

    def _denials(self) -> str:
        """Name the first denied call: the likeliest cause of anything that is missing."""
        denials = self.aws.ask("/state")["denials"]
        if not denials:
            return ""
        first = denials[0]
        who = first["principal"].rsplit("/", 1)[-1]
        return f" ({who} may not {first['action']} on {first['resource']})"


def run(stage: Stage) -> Account:
    """Send good records, samples and bad ones; return the account.

    Raises ScenarioError at the first wrong answer.
    """
    stage.lake.listen()
    batch = [
        *uploads.good(stage.people[:20]),
        *uploads.samples(),
        *uploads.bad(stage.people[20:23]),
    ]
    stage.send(batch)
    unsigned = stage.api.post("records", b"{}", {"Content-Type": "text/csv"}, signed=False)
    if unsigned.status != _FORBIDDEN:
        raise ScenarioError(
            f"an unsigned request was answered with {unsigned.status}; wanted is {_FORBIDDEN}"
        )
    stage.settle()
    return stage.judge(batch, stage.identifiers())
