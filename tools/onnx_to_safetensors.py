#!/usr/bin/env python3
"""Write the weights of an ONNX file as safetensors, under the names that the model had before its export.

    python3 onnx_to_safetensors.py MODEL.onnx DIRECTORY [--strip PREFIX] [--config config.json]

An export keeps the names of tables, gains and biases. The matrix of a linear layer it turns (input by output) and calls
`onnx::MatMul_470` or `val_57`. Which layer it belongs to stands in the bias that is added to the product
(`encoder.layer.0.attention.self.query.bias`), else in the path of the node that multiplies
(`/encoder/layer.0/attention/self/query/MatMul`). This script takes names from there and turns the matrices back. Eight
bits with a scale are made numbers again; nothing else of a number changes.

Every weight of the graph is written or named: a tensor of more than one number whose place is not known is listed, and
the exit code is 1. The file is written all the same. Python 3.9 or newer and its standard library; weights beside the
file (external data) are read, and nothing outside its folder.
"""

import argparse
import array
import json
import math
import pathlib
import re
import shutil
import struct
import sys

# ------------------------------------------------------------------------------------------------- the file, read

# Number of a type in ONNX: name in safetensors, letter of `array`, bytes. No letter: only carried.
TYPES = {
    1: ("F32", "f", 4),
    2: ("U8", "B", 1),
    3: ("I8", "b", 1),
    4: ("U16", "H", 2),
    5: ("I16", "h", 2),
    6: ("I32", "i", 4),
    7: ("I64", "q", 8),
    9: ("BOOL", "B", 1),
    10: ("F16", None, 2),
    11: ("F64", "d", 8),
    12: ("U32", "I", 4),
    13: ("U64", "Q", 8),
    16: ("BF16", None, 2),
    17: ("F8_E4M3", None, 1),
    19: ("F8_E5M2", None, 1),
}
FLOAT, FLOATS, SMALL = 1, (1, 10, 11, 16, 17, 19), (2, 3)


def fields(data):
    """Number, wire type and value of every field of a protobuf message."""
    at, end = 0, len(data)

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < end:
        tag = varint()
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            yield number, wire, varint()
        else:
            size = {1: 8, 5: 4}.get(wire)
            size = varint() if wire == 2 else size
            if size is None or at + size > end:
                raise SystemExit("not an ONNX file, or a damaged one")
            yield number, wire, data[at : at + size]
            at += size


def varints(wire, value):
    """The numbers of a field that may be packed."""
    if wire == 0:
        return [value]
    out, number, shift = [], 0, 0
    for byte in value:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            out.append(number)
            number = shift = 0
    return out


def signed(value):
    return value - (1 << 64) if value >> 63 else value


def text(value):
    return bytes(value).decode("utf-8", "replace")


class Tensor:
    """Numbers as they are stored: a type, a shape, and bytes."""

    def __init__(self, kind, shape, data):
        self.kind, self.shape, self.data = kind, tuple(shape), data

    @property
    def size(self):
        return math.prod(self.shape)

    def width(self):
        return TYPES[self.kind][2]

    def numbers(self):
        out = array.array(TYPES[self.kind][1])
        out.frombytes(self.data)
        if sys.byteorder == "big":
            out.byteswap()
        return out

    def turned(self):
        """The transpose of a matrix; the bytes of a number stay together."""
        rows, columns = self.shape
        cells = array.array({1: "B", 2: "H", 4: "I", 8: "Q"}[self.width()])
        cells.frombytes(self.data)
        out = array.array(cells.typecode)
        for column in range(columns):
            out.extend(cells[column::columns])
        return Tensor(self.kind, (columns, rows), out.tobytes())


def floats(values, shape):
    out = array.array("f", values)
    if sys.byteorder == "big":
        out.byteswap()
    return Tensor(FLOAT, shape, out.tobytes())


def tensor_of(message, folder):
    """Name and tensor; no tensor where its type is not read."""
    shape, kind, name, data, listed, outside = [], 0, "", None, {}, {}
    for number, wire, value in fields(message):
        if number == 1:
            shape += varints(wire, value)
        elif number == 2:
            kind = value
        elif number == 8:
            name = text(value)
        elif number == 9:
            data = bytes(value)
        elif number in (4, 5, 7, 10, 11):
            listed.setdefault(number, []).append((wire, value))
        elif number == 13:
            entry = {n: text(v) for n, _, v in fields(value)}
            outside[entry.get(1)] = entry.get(2)
    if kind not in TYPES:
        return name, Tensor(kind, shape, b"")
    if "location" in outside:
        place = (folder / outside["location"]).resolve()
        if folder.resolve() not in place.parents:
            raise SystemExit(f"{outside['location']}: outside the folder of the model")
        with open(place, "rb") as file:
            file.seek(int(outside.get("offset") or 0))
            data = file.read(math.prod(shape) * TYPES[kind][2])
    if data is None:
        data = b"".join(in_bytes(kind, wire, value) for entries in listed.values() for wire, value in entries)
    tensor = Tensor(kind, shape, data)
    if len(data) != tensor.size * tensor.width():
        raise SystemExit(f"{name}: {len(data)} bytes for {tensor.size} numbers")
    return name, tensor


def in_bytes(kind, wire, value):
    """Numbers that are listed in fields of their own, as bytes."""
    if kind in (1, 11):
        return bytes(value)
    width = TYPES[kind][2]
    return b"".join((number & ((1 << 8 * width) - 1)).to_bytes(width, "little") for number in varints(wire, value))


class Node:
    def __init__(self, message, folder):
        self.inputs, self.outputs, self.name, self.kind = [], [], "", ""
        self.attributes, self.tensors, self.graphs, self.scopes = {}, [], [], []
        for number, _, value in fields(message):
            if number == 1:
                self.inputs.append(text(value))
            elif number == 2:
                self.outputs.append(text(value))
            elif number == 3:
                self.name = text(value)
            elif number == 4:
                self.kind = text(value)
            elif number == 5:
                self.attribute(value, folder)
            elif number == 9:
                entry = {n: text(v) for n, _, v in fields(value)}
                if entry.get(1) == "pkg.torch.onnx.name_scopes":
                    self.scopes = re.findall(r"'([^']*)'", entry.get(2, ""))

    def attribute(self, message, folder):
        name, ints = "", []
        for number, wire, value in fields(message):
            if number == 1:
                name = text(value)
            elif number == 3:
                self.attributes[name] = signed(value)
            elif number == 5:
                self.tensors.append(tensor_of(value, folder)[1])
            elif number in (6, 11):
                self.graphs.append(value)
            elif number == 8:
                ints += [signed(v) for v in varints(wire, value)]
        if ints:
            self.attributes[name] = ints


class Graph:
    """Nodes, stored tensors, and who makes and uses what; graphs inside of nodes (branches, loops) are laid in."""

    def __init__(self, path):
        self.folder, self.nodes, self.stored = path.parent, [], {}
        data = memoryview(path.read_bytes())
        graphs = [value for number, wire, value in fields(data) if number == 7 and wire == 2]
        if not graphs:
            raise SystemExit(f"{path}: no graph in it")
        while graphs:
            for number, _, value in fields(graphs.pop(0)):
                if number == 5:
                    name, tensor = tensor_of(value, self.folder)
                    self.stored[name] = tensor
                elif number == 1:
                    node = Node(value, self.folder)
                    graphs += node.graphs
                    if node.kind == "Constant" and node.tensors:
                        self.stored[node.outputs[0]] = node.tensors[0]
                    else:
                        self.nodes.append(node)
        self.maker = {output: node for node in self.nodes for output in node.outputs}
        self.users = {}
        for node in self.nodes:
            for name in node.inputs:
                self.users.setdefault(name, []).append(node)


# -------------------------------------------------------------------------------------------- what a weight is for

# Nodes that multiply by a matrix: which inputs are the matrix, its scale, its zero point and the bias.
PRODUCTS = {
    "MatMul": (1, None, None, None),
    "Gemm": (1, None, None, 2),
    "MatMulInteger": (1, None, 3, None),
    "QLinearMatMul": (3, 4, 5, None),
    "DynamicQuantizeMatMul": (1, 2, 3, 4),
    "MatMulIntegerToFloat": (1, 3, 5, 6),
}
ANONYMOUS = re.compile(r"onnx::|/|_|val_?\d|\d+(_|$)|const|t?e?n?sor_?\d|(Transpose|Cast|Mul|Constant|Identity)_?\d")
SUFFIX = re.compile(r"(_quantized|_q|_int8|_fp16|_fp32)$")


def own(name):
    """The name that a stored tensor had before the export, if it still has one."""
    while SUFFIX.search(name):
        name = SUFFIX.sub("", name)
    return None if not name or ANONYMOUS.match(name) else name


def layer_of(node):
    """The layer that a node is part of, by its path; none where its name tells nothing."""
    if "/" in node.name:
        inside = re.sub(r"(_quant)?(/[A-Z]\w*)?(_quant)?$", "", node.name)
        return inside.strip("/").replace("/", ".") or None
    scope = next((scope for scope in reversed(node.scopes) if "." in scope), None)
    return scope


class Weights:
    """Every weight by its own name, and what could not be placed."""

    def __init__(self, graph):
        self.graph = graph
        self.named, self.taken, self.homeless = {}, set(), {}
        self.folds = {}
        for node in graph.nodes:
            if node.kind in PRODUCTS:
                self.product(node)
            elif node.kind == "Gather":
                self.table(node)
        for node in graph.nodes:
            if node.kind not in FOLDED:
                for at, name in enumerate(node.inputs):
                    self.other(node, at, name)
        for name in graph.stored:
            self.keep(own(name), graph.stored[name], {name})

    def fold(self, name, depth=0):
        """What a name stands for, if it is made of stored tensors alone: tensor, own name, stored parts."""
        if name not in self.folds:
            self.folds[name] = self.folded(name, depth)
        return self.folds[name]

    def folded(self, name, depth):
        if name in self.graph.stored:
            return self.graph.stored[name], own(name), {name}
        node = self.graph.maker.get(name)
        if node is None or depth > 8 or node.kind not in FOLDED:
            return None
        parts = [self.fold(part, depth + 1) for part in node.inputs if part]
        if not parts or any(part is None for part in parts):
            return None
        made = FOLDED[node.kind](node, [part[0] for part in parts])
        if made is None:
            return None
        sources = set().union(*(part[2] for part in parts))
        return made, own(name) or (parts[0][1] if node.kind != "Transpose" else None), sources

    def product(self, node):
        """The matrix of a linear layer, turned back."""
        at, scale, zero, bias = PRODUCTS[node.kind]
        found = self.fold(node.inputs[at]) if at < len(node.inputs) else None
        if found is None or len(found[0].shape) != 2 or found[0].kind not in FLOATS + SMALL:
            return
        tensor, name, sources = found
        if tensor.kind in SMALL:
            scale = self.input(node, scale) or self.scale_after(node)
            zero = self.input(node, zero)
            tensor = scale and scaled(tensor, scale[0], zero[0] if zero else None, 1)
            if tensor is None:
                return
            sources = sources | scale[2] | (zero[2] if zero else set())
        base = self.base_name(node.inputs[at])
        if name or base:
            # Its own name says how it stood in the model: as it is stored, or as it stood before it was turned here.
            self.keep(name or base, tensor if name else tensor.turned(), sources)
            return
        turned = node.kind == "Gemm" and node.attributes.get("transB")
        name = self.name_by_bias(node, bias, tensor.shape[0 if turned else 1]) or layer_of(node)
        self.keep(name and name + ".weight", tensor if turned else tensor.turned(), sources)

    def base_name(self, name):
        """The own name of a matrix that a node turns before it is used."""
        node = self.graph.maker.get(name)
        while node is not None and node.kind in FOLDED:
            found = self.fold(node.inputs[0])
            if found is not None and found[1]:
                return found[1]
            node = self.graph.maker.get(node.inputs[0])
        return None

    def input(self, node, at):
        name = node.inputs[at] if at is not None and at < len(node.inputs) else ""
        return self.fold(name) if name else None

    def following(self, node, through):
        """Nodes after a node, through those that change no sum."""
        names = list(node.outputs)
        for name in names:
            for user in self.graph.users.get(name, []):
                yield user, name
                if user.kind in through and len(names) < 16:
                    names.extend(user.outputs)

    def scale_after(self, node):
        """The scale of eight bits that is multiplied in after the product or the look-up."""
        for user, came in self.following(node, ("Cast", "Reshape")):
            if user.kind == "DequantizeLinear" and user.inputs[0] == came:
                return self.fold(user.inputs[1])
            if user.kind == "Mul":
                for other in user.inputs:
                    if other != came and (found := self.fold(other)) is not None:
                        return found
                    maker = self.graph.maker.get(other) if other != came else None
                    if maker is not None and maker.kind == "Mul":
                        return next((part for part in map(self.fold, maker.inputs) if part is not None), None)
        return None

    def name_by_bias(self, node, at, outputs):
        """The layer's name from the bias that is added to its product."""
        given = [node.inputs[at]] if at is not None and at < len(node.inputs) else []
        through = ("Reshape", "Cast", "Identity") + (("Mul",) if node.kind in ("MatMulInteger",) else ())
        if not given:
            adds = (user for user, _ in self.following(node, through) if user.kind == "Add")
            given = [name for user in adds for name in user.inputs]
        for name in given:
            found = self.fold(name)
            if found and found[1] and found[1].endswith(".bias") and found[0].size == outputs:
                return found[1][: -len(".bias")]
        return None

    def table(self, node):
        """A table that is looked up, by rows; eight bits are made numbers after the look-up."""
        found = self.fold(node.inputs[0])
        if found is None or found[0].kind not in SMALL or len(found[0].shape) != 2 or found[0].size < 2:
            return
        tensor, name, sources = found
        moved = ("Transpose", "Reshape", "Squeeze", "Unsqueeze")
        after = next((user for user, _ in self.following(node, moved) if user.kind == "DequantizeLinear"), None)
        scale = self.scale_after(node) or (self.input(after, 1) if after else None)
        zero = self.input(after, 2) if after else None
        # What was moved before its scale came has no axis that is known: one number alone fits it.
        if scale and scale[0].size != 1 and scale != self.scale_after(node):
            return
        made = scale and scaled(tensor, scale[0], zero[0] if zero else None, 0)
        if made:
            place = name or ((layer_of(node) or "") + ".weight").strip(".")
            self.keep(place, made, sources | scale[2] | (zero[2] if zero else set()))

    def other(self, node, at, name):
        """A tensor of any other node: a convolution, a gain, a bias, a table of numbers."""
        found = self.fold(name) if name else None
        if found is None or found[0].kind not in FLOATS or found[0].size < 2 or not found[0].shape:
            return
        if found[2] <= self.taken:
            return
        place = found[1]
        if place is None and node.kind in ("Conv", "ConvTranspose", "LayerNormalization", "BatchNormalization"):
            layer = layer_of(node)
            place = layer and at in (1, 2) and layer + (".weight" if at == 1 else ".bias")
        if place:
            self.keep(place, found[0], found[2])

    def keep(self, name, tensor, sources):
        """Writes a tensor under its name. Two that differ and claim one name are both told, and the first stays."""
        if tensor.kind not in FLOATS or not tensor.shape or sources <= self.taken and name in self.named:
            return
        if not name:
            return
        known = self.named.get(name)
        if known is None:
            if sources <= self.taken:
                return
            self.named[name] = tensor
        elif (known.shape, known.data) != (tensor.shape, tensor.data):
            self.homeless.update({source: f"another tensor is called {name}" for source in sources - self.taken})
            return
        self.taken |= sources

    def unplaced(self):
        """Stored weights that stand in no written tensor, with why."""
        out = []
        for name, tensor in self.graph.stored.items():
            few = tensor.kind in TYPES and (tensor.kind not in FLOATS + SMALL or not tensor.shape or tensor.size < 2)
            eight_bit_vector = tensor.kind in SMALL and len(tensor.shape) < 2
            if name not in self.taken and not few and not eight_bit_vector:
                known = tensor.kind in TYPES
                why = self.homeless.get(name) or ("no layer is known" if known else f"type {tensor.kind} is not read")
                out.append((name, tensor, why))
        return out


# ----------------------------------------------------------------------- nodes that make a weight of stored tensors


def along(shape, scale, axis):
    """The axis of a matrix that a scale goes along: none for one number, -1 where it fits nowhere."""
    if scale.size == 1:
        return None
    if len(scale.shape) == 1:
        return axis if scale.shape[0] == shape[axis] else -1
    if len(scale.shape) == len(shape) == 2:
        return {(shape[0], 1): 0, (1, shape[1]): 1}.get(scale.shape, -1)
    return -1


def scaled(tensor, scale, zero, axis):
    """Eight bits as numbers: less their zero point, times their scale, for the whole or along an axis."""
    if tensor.kind not in SMALL or scale.kind != FLOAT or len(tensor.shape) > 2:
        return None
    where = along(tensor.shape, scale, min(axis, len(tensor.shape) - 1))
    if where == -1 or zero is not None and zero.kind not in SMALL:
        return None
    if where == 1 and len(tensor.shape) == 2:
        made = scaled(tensor.turned(), Tensor(scale.kind, (scale.size,), scale.data), zero, 0)
        return made and made.turned()
    groups = 1 if where is None else tensor.shape[0]
    scales, zeros = scale.numbers(), zero.numbers() if zero is not None and zero.size else [0]
    if len(zeros) not in (1, groups):
        return None
    numbers, out = tensor.numbers(), array.array("f")
    each = len(numbers) // max(groups, 1)
    least = -128 if tensor.kind == 3 else 0
    for group in range(groups):
        shift, factor = zeros[group % len(zeros)], scales[group % len(scales)]
        values = array.array("f", [(code - shift) * factor for code in range(least, least + 256)])
        if least:
            values = values[128:] + values[:128]  # a negative index counts from the end
        out.extend(map(values.__getitem__, numbers[group * each : (group + 1) * each]))
    return floats(out, tensor.shape)


def same(_, parts):
    return parts[0]


def cast(node, parts):
    """To numbers: eight bits stay as they are and wait for their scale; half precision is carried."""
    return parts[0] if node.attributes.get("to") in FLOATS and parts[0].kind in FLOATS + SMALL else None


def transpose(node, parts):
    shape = parts[0].shape
    order = node.attributes.get("perm", list(range(len(shape)))[::-1])
    return parts[0].turned() if len(shape) == 2 and order == [1, 0] else None


def multiply(_, parts):
    """Eight bits times their scale."""
    for a, b in (parts, parts[::-1]) if len(parts) == 2 else ():
        if a.kind in SMALL and b.kind == FLOAT:
            return scaled(a, b, None, len(a.shape) - 1)
    return None


def dequantise(node, parts):
    if "block_size" in node.attributes and node.attributes["block_size"]:
        return None
    axis = node.attributes.get("axis", 1)
    return scaled(parts[0], parts[1], parts[2] if len(parts) > 2 else None, axis % max(len(parts[0].shape), 1))


FOLDED = {"Identity": same, "Cast": cast, "Transpose": transpose, "Mul": multiply, "DequantizeLinear": dequantise}


# ---------------------------------------------------------------------------------------------------- the way out


def write(path, tensors):
    """A safetensors file: the length of a header, the header, the numbers."""
    header, at = {}, 0
    for name, tensor in sorted(tensors.items()):
        end = at + len(tensor.data)
        header[name] = {"dtype": TYPES[tensor.kind][0], "shape": list(tensor.shape), "data_offsets": [at, end]}
        at = end
    text_of_it = json.dumps(header, ensure_ascii=False).encode()
    text_of_it += b" " * (-len(text_of_it) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text_of_it)) + text_of_it)
        for _, tensor in sorted(tensors.items()):
            file.write(tensor.data)


def stripped(tensors, prefix):
    """Names without what ends with the prefix. Two that become one are told."""
    out = {}
    for name, tensor in tensors.items():
        short = name.split(prefix, 1)[-1] if prefix else name
        if short in out:
            raise SystemExit(f"--strip {prefix} makes two tensors {short}")
        out[short] = tensor
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--strip", default="", help="what stands before the names that are kept, such as `auto_model.`")
    parser.add_argument("--config", type=pathlib.Path, help="a config.json to put beside, since an ONNX file has none")
    arguments = parser.parse_args()
    found = Weights(Graph(arguments.model))
    arguments.directory.mkdir(parents=True, exist_ok=True)
    write(arguments.directory / "model.safetensors", stripped(found.named, arguments.strip))
    if arguments.config:
        shutil.copy(arguments.config, arguments.directory / "config.json")
    print(f"{len(found.named)} tensors, {sum(tensor.size for tensor in found.named.values()):,} numbers")
    unplaced = found.unplaced()
    for name, tensor, why in unplaced:
        print(f"not placed: {name} {list(tensor.shape)}: {why}", file=sys.stderr)
    if unplaced:
        left = sum(tensor.size for _, tensor, _ in unplaced)
        print(f"{len(unplaced)} tensors, {left:,} numbers are not in the file", file=sys.stderr)
    return 1 if unplaced else 0


if __name__ == "__main__":
    sys.exit(main())
