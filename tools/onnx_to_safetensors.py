#!/usr/bin/env python3
"""Write the weights of an ONNX file as safetensors, under the names that the model had before its export.

    python3 -m pip install onnx safetensors
    python3 onnx_to_safetensors.py MODEL.onnx DIRECTORY [--strip PREFIX] [--config config.json]

An export keeps the names of tables, gains and biases. The matrix of a linear layer it turns (input by output) and calls
`onnx::MatMul_470`; which layer it belongs to stands in the path of the node that multiplies by it
(`/encoder/layer.0/attention/self/query/MatMul`). This script takes names from there and turns the matrices back; no number
changes. Only float tensors with at least one dimension are written; constants of the graph (axes, shapes) are not weights.
"""
import argparse
import pathlib
import shutil

import onnx
from onnx import numpy_helper
from safetensors.numpy import save_file


def weights(graph) -> dict:
    """Every weight by its own name."""
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    named = {name: array for name, array in stored.items() if not name.startswith("onnx::")}
    for node in graph.node:
        if node.op_type != "MatMul":
            continue
        for name in node.input:
            if name.startswith("onnx::") and name in stored:
                layer = node.name.removesuffix("/MatMul").strip("/").replace("/", ".")
                named[layer + ".weight"] = stored[name].T
    return {name: array for name, array in named.items() if array.dtype.kind == "f" and array.ndim}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--strip", default="", help="what names end with before the part that is kept, such as `auto_model.`")
    parser.add_argument("--config", type=pathlib.Path, help="a config.json to put beside, since an ONNX file has none")
    arguments = parser.parse_args()
    found = weights(onnx.load(str(arguments.model)).graph)
    if arguments.strip:
        found = {name.split(arguments.strip, 1)[-1]: array for name, array in found.items()}
    arguments.directory.mkdir(parents=True, exist_ok=True)
    save_file({name: array.copy(order="C") for name, array in found.items()}, str(arguments.directory / "model.safetensors"))
    if arguments.config:
        shutil.copy(arguments.config, arguments.directory / "config.json")
    print(f"{len(found)} tensors, {sum(array.size for array in found.values()):,} numbers")


if __name__ == "__main__":
    main()
