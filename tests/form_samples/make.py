"""Makes the samples of this folder with the packages that write these forms: torch, safetensors and gguf.

The tests need none of them; they read what is kept here. Beside each sample stands a safetensors file of the numbers that
its own package reads from it.
"""

import argparse
import collections
import sys
from pathlib import Path

import gguf
import numpy as np
import torch
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import save_file

here = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
torch.manual_seed(0)


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed_tokens = torch.nn.Embedding(6, 4)
        self.norm = torch.nn.BatchNorm1d(4)
        self.up = torch.nn.Linear(4, 3)
        self.lm_head = torch.nn.Linear(4, 6, bias=False)
        self.lm_head.weight = self.embed_tokens.weight


def once(state):
    return {name: tensor.detach().clone().contiguous() for name, tensor in state.items() if name != "lm_head.weight"}


net = Net()
state = net.state_dict()
torch.save(state, here / "module.pt")
save_file(once(state), here / "module.safetensors")

named = torch.nn.Parameter(torch.arange(4.0) / 3)
named.partition = "rows"
kinds = {
    "float32": torch.randn(2, 3),
    "float64": torch.randn(3, dtype=torch.float64),
    "half": torch.randn(5).half(),
    "brain": torch.randn(5).bfloat16(),
    "eight": torch.randn(4).to(torch.float8_e4m3fn),
    "eight.wide": torch.randn(4).to(torch.float8_e5m2),
    "whole64": torch.arange(3),
    "whole32": torch.arange(3, dtype=torch.int32),
    "whole16": torch.arange(3, dtype=torch.int16),
    "signed": torch.arange(3, dtype=torch.int8),
    "unsigned": torch.arange(3, dtype=torch.uint8),
    "unsigned16": torch.tensor([1, 2, 65535], dtype=torch.uint16),
    "truth": torch.tensor([True, False]),
    "scalar": torch.tensor(2.5),
    "part": torch.arange(12.0).reshape(4, 3)[1:3],
    "one wide": torch.randn(3, 1, 2),
    "named": named,
}
for protocol in (2, 4):
    torch.save(kinds, here / f"kinds-{protocol}.pt", pickle_protocol=protocol)
save_file({name: tensor.detach().clone().contiguous() for name, tensor in kinds.items()}, here / "kinds.safetensors")

optimizer = torch.optim.AdamW(net.parameters())
net.up(torch.randn(2, 4)).sum().backward()
optimizer.step()
checkpoint = {
    "epoch": 3,
    "best": np.float64(0.5),
    "losses": [0.5, 0.25, 2**70],
    "args": argparse.Namespace(lr=1e-3, out=Path("x")),
    "counts": collections.Counter("aab"),
    "state_dict": net.state_dict(),
    "optimizer": optimizer.state_dict(),
    "rng_state": torch.get_rng_state()[:16].clone(),
}
torch.save(checkpoint, here / "checkpoint.pt")
save_file(once(net.state_dict()), here / "checkpoint.safetensors")
torch.save(optimizer.state_dict(), here / "optimizer.pt")
torch.save({"w": torch.ones(2)}, here / "old.pt", _use_new_zipfile_serialization=False)
torch.jit.script(torch.nn.ReLU()).save(here / "script.pt")

formats = ["F32", "F16", "BF16", "F64", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"]
rng = np.random.default_rng(0)
writer = gguf.GGUFWriter(here / "formats.gguf", "llama")
writer.add_block_count(1)
writer.add_head_count(2)
writer.add_head_count_kv(1)
writer.add_token_list(["a", "b", "c"])
writer.add_token_scores([0.0, -1.0, -2.0])
writer.add_string("general.description", "x" * 2000)
expected = {}
for word in formats:
    kind = gguf.GGMLQuantizationType[word]
    numbers = (rng.standard_normal((3, 64)) * 0.1).astype(np.float32)
    if word == "F64":
        numbers = numbers.astype(np.float64)
        writer.add_tensor(f"blk.0.{word}.weight", numbers)
        expected[f"blk.0.{word}.weight"] = numbers.astype(np.float32)
        continue
    stored = gguf.quants.quantize(numbers, kind)
    writer.add_tensor(f"blk.0.{word}.weight", stored, raw_dtype=kind)
    expected[f"blk.0.{word}.weight"] = np.ascontiguousarray(gguf.quants.dequantize(stored, kind).astype(np.float32))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
save_arrays(expected, here / "formats.safetensors")
