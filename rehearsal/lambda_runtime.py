"""An interpreter for Lambda functions that has what the Lambda runtime has and no more.

A package that is in this checkout's virtual environment but not in the function's layer must be
missing here, as it would be in AWS.
"""

import importlib.util
import shlex
import sys
from pathlib import Path

# boto3 and what it needs come with Lambda's Python runtimes.
_WITH_THE_RUNTIME = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")


def make_interpreter(folder: Path) -> Path:
    """Write an executable that starts Python with boto3 alone beside the standard library."""
    packages = folder / "runtime-packages"
    packages.mkdir()
    for name in _WITH_THE_RUNTIME:
        found = importlib.util.find_spec(name)
        if found is None or found.origin is None:
            raise RuntimeError(f"{name} is missing; run: make setup")
        origin = Path(found.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (packages / source.name).symlink_to(source)
    script = folder / "python"
    # -S: no site-packages. exec: the function's process is the one that ministack started.
    script.write_text(
        "#!/bin/sh\n"
        f"PYTHONPATH={shlex.quote(str(packages))} exec {shlex.quote(_base_python())} -S -P "
        '"$@"\n'
    )
    script.chmod(0o700)
    return script


def _base_python() -> str:
    return str(getattr(sys, "_base_executable", sys.executable))
