"""cdk-nag's packs with positive evidence: what each rule itself called compliant.

cdk-nag tells its findings only, and a pack written in Python cannot call its rules. So the packs
are subclassed where they run, in Node: `index.js` is loaded into the jsii kernel as a module of its
own, and judges a tree in one call.
"""

import gzip
import io
import json
import tarfile
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cdk_nag  # noqa: F401 (loads what our module needs into the kernel)
import jsii

if TYPE_CHECKING:
    from constructs import IConstruct

NAME = "iryo-nag"
VERSION = "1.0.0"
CODE = Path(__file__).parent / "index.js"


class Packs(metaclass=jsii.JSIIMeta, jsii_type=f"{NAME}.Packs"):
    """The class of our module: cdk-nag's HIPAA Security and NIST 800-53 R5 packs."""


def judge(scope: "IConstruct") -> dict[str, Any]:
    """Return what each pack says of a construct tree.

    By pack: `violations`, as cdk-nag reports them, and `compliant`, the construct paths that a
    rule called so, by rule.
    """
    _load()
    said: dict[str, Any] = json.loads(jsii.sinvoke(Packs, "judge", [scope]))
    return said


@cache
def _load() -> None:
    """Load the module into the jsii kernel, once a process."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / f"{NAME}.tgz"
        archive.write_bytes(package())
        jsii.load(NAME, VERSION, str(archive))


def package() -> bytes:
    """Return the module as npm packs one; the same bytes from run to run, which jsii caches by."""
    files = {
        "package.json": json.dumps({"name": NAME, "version": VERSION, "main": CODE.name}).encode(),
        ".jsii": json.dumps(_assembly()).encode(),
        CODE.name: CODE.read_bytes(),
    }
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as archive,
    ):
        for name, content in files.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _assembly() -> dict[str, Any]:
    """Return the description of the module that the jsii kernel wants, as its compiler writes."""
    scope = {"name": "scope", "type": {"fqn": "constructs.IConstruct"}}
    judge = {
        "name": "judge",
        "static": True,
        "parameters": [scope],
        "returns": {"type": {"primitive": "string"}},
    }
    return {
        "schema": "jsii/0.10.0",
        "jsiiVersion": version("jsii"),
        "name": NAME,
        "version": VERSION,
        "dependencies": {"cdk-nag": version("cdk-nag")},
        "dependencyClosure": {},
        "types": {
            f"{NAME}.Packs": {
                "assembly": NAME,
                "fqn": f"{NAME}.Packs",
                "kind": "class",
                "name": "Packs",
                "methods": [judge],
            }
        },
    }
