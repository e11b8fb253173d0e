"""How long a rehearsal takes, in seconds: nothing to summary, and a change to a kept one."""

import tempfile
import time
from pathlib import Path

from bench.figure import Figure
from rehearsal import local_aws
from rehearsal.deployment import target_of
from rehearsal.progress import Progress
from rehearsal.run import Plan, bootstrap, deploy, rehearse

COLD_LIMIT = 60.0
CHANGE_LIMIT = 30.0


def run() -> list[Figure]:
    """Measure each once. Raises RuntimeError when the rehearsal does not pass."""
    begin = time.monotonic()
    cold = rehearse(Plan(target=target_of("dev")), Progress())
    seconds = time.monotonic() - begin
    if not cold.passed:
        raise RuntimeError(f"the rehearsal failed: {cold.failure}")
    return [
        Figure(name="rehearsal, nothing to summary", value=seconds, unit="s", limit=COLD_LIMIT),
        *(
            Figure(name=f"of it: {phase}", value=spent, unit="s")
            for phase, spent in cold.seconds.items()
        ),
        Figure(name="a change to a kept one", value=_change(), unit="s", limit=CHANGE_LIMIT),
    ]


def _change() -> float:
    """Deploy another log retention to a kept local AWS that has the environment already."""
    file = local_aws.ROOT / "environments" / "dev.toml"
    with tempfile.TemporaryDirectory() as folder:
        changed = Path(folder) / "changed.toml"
        text = file.read_text(encoding="utf-8")
        changed.write_text(text.replace("\nretention_days = 30", "\nretention_days = 60"))
        if changed.read_text() == text:
            raise RuntimeError("environments/dev.toml has no retention_days = 30 to change")
        plan = Plan(target=target_of("dev"), name="bench-before")
        place = {"account": plan.target.account, "region": plan.target.region}
        with local_aws.started(plan.name, **place) as aws:
            bootstrap(plan, aws, Progress())
            deploy(plan, aws, Progress())
            begin = time.monotonic()
            deploy(Plan(target=target_of(str(changed)), name="bench"), aws, Progress())
            return time.monotonic() - begin
