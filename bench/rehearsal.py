"""How long a rehearsal takes, in seconds: nothing to summary, and a change to a kept one."""

import tempfile
import time
from pathlib import Path

from rehearsal import local_aws
from rehearsal.deployment import target_of
from rehearsal.progress import Progress
from rehearsal.run import Plan, bootstrap, deploy, rehearse

COLD_LIMIT = 60.0
CHANGE_LIMIT = 30.0


def run() -> dict[str, float]:
    """Measure, and return seconds by name. Raises RuntimeError when a rehearsal does not pass."""
    begin = time.monotonic()
    cold = rehearse(Plan(target=target_of("dev")), Progress())
    seconds = {"rehearsal, cold": time.monotonic() - begin}
    if not cold.passed:
        raise RuntimeError(f"the rehearsal failed: {cold.failure}")
    seconds |= {f"rehearsal, {phase}": spent for phase, spent in cold.seconds.items()}
    seconds["rehearsal, change"] = _change()
    return {name: round(spent, 1) for name, spent in seconds.items()}


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
