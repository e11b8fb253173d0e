"""Lambda layers, built outside synthesis, without Docker and reproducibly.

A layer holds the wheels of requirements/lambda.txt for one runtime and architecture, checked
against their hashes. The same requirements give the same archive to the byte, so CDK gives the same
asset hash; synthesis stages one file instead of six hundred.
"""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from compileall import compile_dir
from pathlib import Path
from py_compile import PycInvalidationMode

ROOT = Path(__file__).parents[1]
LAYERS = ROOT / "build" / "layers"
REQUIREMENTS = ROOT / "requirements" / "lambda.txt"
LOCAL = "local"
"""The platform of the machine at hand: the rehearsal's functions run on its own interpreter."""


class AssetError(RuntimeError):
    """A layer is missing, stale or could not be built."""


def platform_of(python: str, architecture: str) -> str:
    """Name a Lambda platform, for example python3.14-arm64."""
    return f"python{python}-{architecture}"


def layer_path(platform: str) -> Path:
    """Return the folder of a built layer.

    Raises AssetError when it was not built from today's requirements/lambda.txt and by this code.
    """
    path = LAYERS / platform
    stamp = LAYERS / f"{platform}.sha256"
    whole = path.is_dir() and _archive(platform).is_file() and stamp.is_file()
    if not whole or stamp.read_text() != _wanted():
        raise AssetError(f"the Lambda layer for {platform} is missing or stale; run: make assets")
    return path


def layer_archive(platform: str) -> Path:
    """Return the archive of a built layer: what is deployed. Raises as layer_path does."""
    layer_path(platform)
    return _archive(platform)


def build_layer(platform: str, *, force: bool = False) -> bool:
    """Build the layer of a platform unless it is there; return whether anything was built.

    Raises AssetError with the installer's words when a wheel cannot be had for the platform.
    """
    if not force:
        try:
            layer_path(platform)
            return False
        except AssetError:
            pass
    building = LAYERS / f"{platform}.building"
    shutil.rmtree(building, ignore_errors=True)
    target = building / "python"
    target.mkdir(parents=True)
    command = [
        *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps"),
        *("--require-hashes", "--only-binary", ":all:", "--no-compile-bytecode"),
        *("--target", str(target), *_platform_arguments(platform), "-r", str(REQUIREMENTS)),
    ]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    if result.returncode:
        shutil.rmtree(building, ignore_errors=True)
        raise AssetError(f"the Lambda layer for {platform}: {result.stderr.strip()}")
    _make_reproducible(target)
    if platform == LOCAL:
        # The rehearsal starts functions from newly unpacked files, whose times say nothing.
        compile_dir(target, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    _pack(building, _archive(platform))
    final = LAYERS / platform
    shutil.rmtree(final, ignore_errors=True)
    building.rename(final)
    (LAYERS / f"{platform}.sha256").write_text(_wanted())
    return True


def _archive(platform: str) -> Path:
    return LAYERS / f"{platform}.zip"


def _pack(folder: Path, archive: Path) -> None:
    """Pack a folder in the order of its names and without its times."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            entry = zipfile.ZipInfo(str(file.relative_to(folder)))
            entry.external_attr = (0o755 if file.suffix == ".so" else 0o644) << 16
            packed.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)


def _wanted() -> str:
    """Return what a layer is stamped with: the requirements, and how it is built."""
    return hashlib.sha256(REQUIREMENTS.read_bytes() + Path(__file__).read_bytes()).hexdigest()


def _platform_arguments(platform: str) -> list[str]:
    if platform == LOCAL:
        return ["--python", sys.executable]
    version, architecture = platform.removeprefix("python").split("-", 1)
    machine = {"arm64": "aarch64", "x86_64": "x86_64"}[architecture]
    # Lambda's runtimes from 3.12 on are Amazon Linux 2023 (glibc 2.34); 3.11 is Amazon Linux 2.
    glibc = "2014" if version == "3.11" else "_2_28"
    return ["--python-version", version, "--python-platform", f"{machine}-manylinux{glibc}"]


def _make_reproducible(target: Path) -> None:
    """Remove what differs from machine to machine: installer records and start scripts."""
    shutil.rmtree(target / "bin", ignore_errors=True)
    for pattern in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"):
        for file in target.glob(f"*.dist-info/{pattern}"):
            file.unlink()
    (target / ".lock").unlink(missing_ok=True)
