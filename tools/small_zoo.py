#!/usr/bin/env python3
"""Make the six small models of tests/small_zoo, which keep measuring tested in a clone without corpora.

    python3 tools/small_zoo.py            # writes tests/small_zoo, the same bytes every time; needs Python alone

Each is a Llama of two layers in bfloat16, below 200 kB. Nothing is trained: a start is drawn, and what stands for
training is what a step of it is, a sum of few products of vectors. What is true of each pair stands in `expected.json`,
which people wrote and this program does not touch.
"""

import json
import math
import pathlib
import random
import struct

WIDTH, NEURONS, LAYERS, TOKENS, HEADS, HEAD = 48, 64, 2, 256, 6, 8
HERE = pathlib.Path(__file__).resolve().parent.parent / "tests" / "small_zoo"


def shapes():
    yield "model.embed_tokens.weight", (TOKENS, WIDTH)
    for layer in range(LAYERS):
        at = f"model.layers.{layer}."
        for part in "qkv":
            yield f"{at}self_attn.{part}_proj.weight", (HEADS * HEAD, WIDTH)
        yield f"{at}self_attn.o_proj.weight", (WIDTH, HEADS * HEAD)
        yield f"{at}mlp.gate_proj.weight", (NEURONS, WIDTH)
        yield f"{at}mlp.up_proj.weight", (NEURONS, WIDTH)
        yield f"{at}mlp.down_proj.weight", (WIDTH, NEURONS)
        yield f"{at}input_layernorm.weight", (WIDTH,)
        yield f"{at}post_attention_layernorm.weight", (WIDTH,)
    yield "model.norm.weight", (WIDTH,)
    yield "lm_head.weight", (TOKENS, WIDTH)


def rows(shape):
    return shape[0], shape[1] if len(shape) > 1 else 1


def start(seed):
    """Normal numbers, gains about one, and steps of training of half their length."""
    chance = random.Random(seed)
    model = {}
    for name, shape in shapes():
        count, columns = rows(shape)
        spread, centre = (0.1, 1.0) if len(shape) == 1 else (0.12, 0.0)
        model[name] = [[centre + spread * chance.gauss(0, 1) for _ in range(columns)] for _ in range(count)]
    return stepped(model, seed + 1, 0.5)


def length(matrix):
    return math.sqrt(sum(value * value for row in matrix for value in row))


def stepped(model, seed, share):
    """A change of each matrix of so much of its length, made of three products of vectors; of gains, of noise."""
    chance = random.Random(seed)
    out = {}
    for name, matrix in model.items():
        columns = len(matrix[0])
        if columns == 1:
            out[name] = [[row[0] + 0.1 * share * chance.gauss(0, 1)] for row in matrix]
            continue
        change = [[0.0] * columns for _ in matrix]
        for _ in range(3):
            left = [chance.gauss(0, 1) for _ in matrix]
            right = [chance.gauss(0, 1) for _ in range(columns)]
            change = [[x + a * b for x, b in zip(row, right)] for row, a in zip(change, left)]
        factor = share * length(matrix) / length(change)
        out[name] = [[x + factor * y for x, y in zip(row, moved)] for row, moved in zip(matrix, change)]
    return out


def turned(matrix):
    return [list(column) for column in zip(*matrix)]


def is_writer(name):
    return "o_proj" in name or "down_proj" in name


def channels_moved(model, seed):
    """The stream's channels in another order and with other signs: the function stays."""
    chance = random.Random(seed)
    order = list(range(WIDTH))
    chance.shuffle(order)
    signs = [chance.choice((-1.0, 1.0)) for _ in range(WIDTH)]

    def columns(matrix):
        return [[row[at] * sign for at, sign in zip(order, signs)] for row in matrix]

    def moved(name, matrix):
        if len(matrix[0]) == 1:
            return [matrix[at] for at in order]
        return turned(columns(turned(matrix))) if is_writer(name) else columns(matrix)

    return {name: moved(name, matrix) for name, matrix in model.items()}


def units_scaled(model, seed):
    """Neurons and value channels scaled and flipped, and scaled back by what reads them: the function stays."""
    chance = random.Random(seed)
    out = dict(model)
    for layer in range(LAYERS):
        for writes, reads in (("mlp.up_proj", "mlp.down_proj"), ("self_attn.v_proj", "self_attn.o_proj")):
            up, down = (f"model.layers.{layer}.{part}.weight" for part in (writes, reads))
            factors = [chance.choice((-1.0, 1.0)) * math.exp(0.4 * chance.gauss(0, 1)) for _ in model[up]]
            out[up] = [[value * factor for value in row] for row, factor in zip(model[up], factors)]
            out[down] = [[value / factor for value, factor in zip(row, factors)] for row in model[down]]
    return out


def bf16(value):
    bits = struct.unpack("<I", struct.pack("<f", value))[0]
    return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16


def write(name, model):
    folder = HERE / name
    folder.mkdir(parents=True, exist_ok=True)
    header, data = {}, bytearray()
    for tensor, shape in shapes():
        begin = len(data)
        for row in model[tensor]:
            for value in row:
                data += struct.pack("<H", bf16(value))
        header[tensor] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [begin, len(data)]}
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(head)) + head + bytes(data))
    config = {
        "model_type": "llama",
        "hidden_size": WIDTH,
        "intermediate_size": NEURONS,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": HEADS,
        "head_dim": HEAD,
        "vocab_size": TOKENS,
        "tie_word_embeddings": False,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")


def main():
    base, stranger = start(1), start(100)
    write("base", base)
    write("stranger", stranger)
    write("tuned", stepped(base, 7, 0.1))
    write("channels-moved", channels_moved(base, 8))
    write("units-scaled", units_scaled(base, 9))
    write("layers-of-base", {**stranger, **{name: matrix for name, matrix in base.items() if "layers.1" in name}})


if __name__ == "__main__":
    main()
