#!/usr/bin/env python3
"""DCNv2 in PyTorch, as good as plain PyTorch gets it: what Crosscut is raced against.

The same model, data, optimizer and precision as Crosscut:
  x0 = [bottom MLP(numerical), one embedding per table];  x_{l+1} = x0 * ((x_l U) V + b) + x_l;  logit = top MLP([x_L, bottom output again, padding])
Adam in its epsilon-hat form on dense parameters, lazy (touched rows only) on tables; AMP is fp16 autocast with a static loss scale.

  dcnv2.py --data DIR [--checkpoint DIR] [--batch N] [--precision fp32|tf32|amp|bf16] [--tables bags|one] [--compile] [--seconds S]
      trains for S seconds and prints one JSON object
  dcnv2.py ... --serve
      prints {"ready": ...} and then reads commands: "steps N" or "seconds S" trains that long and prints {"steps", "seconds", "losses"}; "quit" ends

--tables bags: an nn.EmbeddingBag with sparse gradients and torch.optim.SparseAdam per table. --tables one: all tables in one tensor, one gather, and a
hand-written lazy Adam on the distinct rows, which is what a PyTorch user does when speed counts. Batches lie on the device before the clock starts: PyTorch's
data loading costs nothing here. DIR is a tf_raw folder; a checkpoint is a folder as Crosscut writes it.
"""
import argparse
import json
import mmap
import os
import struct
import sys
import time

EPSILON_HAT = 1e-7
LOSS_SCALE = 65536.0
TYPE_SIZES = {"bool": 1, "int8": 1, "int16": 2, "int32": 4, "float16": 2, "float32": 4}


# --- files, in plain Python


class Safetensors:
    """A safetensors file: eight bytes with the length of a JSON header, the header, the tensors one after the other. Everything here is fp32."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        (length,) = struct.unpack_from("<Q", self.bytes, 0)
        header = json.loads(self.bytes[8:8 + length])
        header.pop("__metadata__", None)
        self.entries = header
        self.start = 8 + length

    def names(self):
        return list(self.entries)

    def shape(self, name):
        return self.entries[name]["shape"]

    def tensor(self, name):
        """A view of the file of the tensor's values."""
        entry = self.entries[name]
        if entry["dtype"] != "F32":
            raise ValueError(f"{name} is {entry['dtype']}, but F32 is needed")
        begin, end = entry["data_offsets"]
        return memoryview(self.bytes)[self.start + begin:self.start + end]


def read_checkpoint(folder):
    """All weights of a checkpoint by name, as (shape, view); Adam's moments are left out, for a race starts with fresh ones."""
    weights = {}
    for file in sorted(os.listdir(folder)):
        if file.endswith(".safetensors"):
            tensors = Safetensors(os.path.join(folder, file))
            for name in tensors.names():
                if not name.endswith(("_moment",)):
                    weights[name] = (tensors.shape(name), tensors.tensor(name))
    return weights


class Columns:
    """The train split of a tf_raw folder: label, numerical features, one column of ids per table."""

    def __init__(self, folder, split="train"):
        import yaml
        with open(os.path.join(folder, "feature_spec.yaml"), encoding="utf-8") as file:
            spec = yaml.safe_load(file)
        features = spec["feature_spec"]
        channels = spec["channel_spec"]
        self.tables = channels["categorical"]
        self.cardinalities = [features[name]["cardinality"] for name in self.tables]
        self.numerical_features = len(channels["numerical"])
        self.types = {name: features[name]["dtype"] for name in self.tables}
        self.numerical_type = features[channels["numerical"][0]]["dtype"]
        self.files = {}
        for chunk in spec["source_spec"][split]:
            for name in chunk["features"]:
                self.files[name] = os.path.join(folder, chunk["files"][0])
        self.label_name = channels["label"][0]
        self.numerical_name = channels["numerical"][0]
        self.samples = os.path.getsize(self.files[self.label_name])
        self.maps = {}

    def view(self, feature, sample_bytes, first, rows):
        """The raw bytes of rows [first, first + rows) of a feature's file."""
        path = self.files[feature]
        if path not in self.maps:
            with open(path, "rb") as file:
                self.maps[path] = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return memoryview(self.maps[path])[first * sample_bytes:(first + rows) * sample_bytes]

    def labels(self, first, rows):
        return self.view(self.label_name, 1, first, rows)

    def numerical(self, first, rows):
        return self.view(self.numerical_name, self.numerical_features * TYPE_SIZES[self.numerical_type], first, rows)

    def ids(self, table, first, rows):
        return self.view(table, TYPE_SIZES[self.types[table]], first, rows)


def padded(width):
    return (width + 7) // 8 * 8


# --- the model


def build(torch):
    """The classes of the model; torch is an argument so that the readers above can be used and tested without it."""
    functional = torch.nn.functional

    class Mlp(torch.nn.Module):
        def __init__(self, width, widths, last_relu):
            super().__init__()
            sizes = [width, *widths]
            self.weights = torch.nn.ParameterList(torch.nn.Parameter(torch.randn(i, o) * (2 / (i + o)) ** .5) for i, o in zip(sizes, sizes[1:]))
            self.biases = torch.nn.ParameterList(torch.nn.Parameter(torch.randn(o) * (1 / o) ** .5) for o in sizes[1:])
            self.last_relu = last_relu

        def forward(self, x):
            for layer, (weight, bias) in enumerate(zip(self.weights, self.biases)):
                x = torch.addmm(bias, x, weight)
                if self.last_relu or layer < len(self.weights) - 1:
                    x = torch.relu(x)
            return x

    class Dense(torch.nn.Module):
        """Everything but the tables."""

        def __init__(self, numerical, embedding_width, bottom, cross_layers, projection, top, concat_bottom):
            super().__init__()
            width = bottom[-1] + embedding_width
            self.concat_bottom = concat_bottom
            self.top_width = padded(width + (bottom[-1] if concat_bottom else 0))
            self.bottom = Mlp(padded(numerical), bottom, True)
            self.u = torch.nn.ParameterList(torch.nn.Parameter(torch.randn(width, projection) * .05) for _ in range(cross_layers))
            self.v = torch.nn.ParameterList(torch.nn.Parameter(torch.randn(projection, width) * .05) for _ in range(cross_layers))
            self.b = torch.nn.ParameterList(torch.nn.Parameter(torch.zeros(width)) for _ in range(cross_layers))
            self.top = Mlp(self.top_width, top, False)

        def forward(self, numerical, embeddings, labels):
            bottom = self.bottom(numerical)
            x0 = torch.cat([bottom, embeddings.to(bottom.dtype)], 1)
            x = x0
            for u, v, b in zip(self.u, self.v, self.b):
                x = x0 * torch.addmm(b, x @ u, v) + x
            if self.concat_bottom:
                x = torch.cat([x, bottom], 1)
            if x.shape[1] < self.top_width:
                x = functional.pad(x, (0, self.top_width - x.shape[1]))
            logits = self.top(x).squeeze(1)
            return functional.binary_cross_entropy_with_logits(logits.float(), labels)

    class Bags(torch.nn.Module):
        """A sparse EmbeddingBag and a SparseAdam per table."""

        def __init__(self, cardinalities, dimension, device, rate):
            super().__init__()
            self.bags = torch.nn.ModuleList(
                torch.nn.EmbeddingBag(rows, dimension, mode="sum", sparse=True, device=device) for rows in cardinalities)
            for bag, rows in zip(self.bags, cardinalities):
                torch.nn.init.uniform_(bag.weight, -rows ** -.5, rows ** -.5)
            # SparseAdam divides by sqrt(v) + eps without bias correction inside: the epsilon-hat form.
            self.optimizer = torch.optim.SparseAdam(self.parameters(), lr=rate, eps=EPSILON_HAT)

        def load(self, table, values):
            self.bags[table].weight.data.copy_(values)

        def forward(self, ids):
            return torch.cat([bag(ids[table].unsqueeze(1)) for table, bag in enumerate(self.bags)], 1)

        def update(self, scale):
            if scale != 1:
                for bag in self.bags:
                    bag.weight.grad._values().mul_(1 / scale)
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)

    class OneTable(torch.nn.Module):
        """All tables in one tensor; the gradient of the gathered rows is summed over duplicates and Adam runs on the distinct rows."""

        def __init__(self, cardinalities, dimension, device, rate):
            super().__init__()
            self.offsets = torch.tensor([sum(cardinalities[:table]) for table in range(len(cardinalities))], device=device).unsqueeze(1)
            self.weight = torch.empty(sum(cardinalities), dimension, device=device)
            first = 0
            for rows in cardinalities:
                self.weight[first:first + rows].uniform_(-rows ** -.5, rows ** -.5)
                first += rows
            self.first_moment = torch.zeros_like(self.weight)
            self.second_moment = torch.zeros_like(self.weight)
            self.dimension = dimension
            self.rate = rate
            self.steps = 0
            self.cardinalities = cardinalities
            self.apply_update = rowwise_adam

        def load(self, table, values):
            first = int(self.offsets[table])
            self.weight[first:first + self.cardinalities[table]].copy_(values)

        def forward(self, ids):
            rows = (ids + self.offsets).t().reshape(-1)
            gathered = self.weight.index_select(0, rows).requires_grad_()
            self.rows, self.gathered = rows, gathered
            return gathered.view(ids.shape[1], -1)

        def update(self, scale):
            self.steps += 1
            size = self.rate * (1 - .999 ** self.steps) ** .5 / (1 - .9 ** self.steps)
            distinct, place = torch.unique(self.rows, return_inverse=True)
            gradient = torch.zeros(distinct.shape[0], self.dimension, device=self.weight.device).index_add_(0, place, self.gathered.grad)
            m, v, w = (state.index_select(0, distinct) for state in (self.first_moment, self.second_moment, self.weight))
            m, v, w = self.apply_update(gradient, m, v, w, 1 / scale, size)
            self.first_moment.index_copy_(0, distinct, m)
            self.second_moment.index_copy_(0, distinct, v)
            self.weight.index_copy_(0, distinct, w)
            self.gathered = None

    def rowwise_adam(gradient, m, v, w, factor, size):
        gradient = gradient * factor
        m = m + .1 * (gradient - m)
        v = v + .001 * (gradient * gradient - v)
        return m, v, w - size * m / (v.sqrt() + EPSILON_HAT)

    return Dense, {"bags": Bags, "one": OneTable}


class Training:
    """A model at work on batches that lie on the device."""

    def __init__(self, options):
        import torch
        self.torch = torch
        self.options = options
        device = self.device = torch.device(options.device)
        torch.manual_seed(1)
        torch.set_float32_matmul_precision("high" if options.precision == "tf32" else "highest")
        columns = Columns(options.data)
        dense_class, table_classes = build(torch)
        width = options.embedding_dim * len(columns.tables)
        self.dense = dense_class(columns.numerical_features, width, options.bottom, options.cross_layers, options.projection, options.top,
                                 options.concat_bottom).to(device)
        self.tables = table_classes[options.tables](columns.cardinalities, options.embedding_dim, device, options.rate)
        if options.checkpoint:
            self.load(read_checkpoint(options.checkpoint), columns)
        self.scale = LOSS_SCALE if options.precision == "amp" else 1.0
        self.optimizer = torch.optim.Adam(self.dense.parameters(), lr=options.rate, fused=device.type == "cuda")
        self.loss_of = self.forward
        if options.compile:
            self.dense = torch.compile(self.dense)
            if options.tables == "one":
                # The number of distinct rows is another in every batch.
                self.tables.apply_update = torch.compile(self.tables.apply_update, dynamic=True)
        self.batches = [self.batch(columns, index) for index in range(min(options.batches, columns.samples // options.batch))]
        self.steps = 0

    def load(self, weights, columns):
        torch = self.torch

        def value(name):
            shape, view = weights[name]
            return torch.frombuffer(bytearray(view), dtype=torch.float32).view(*shape)

        with torch.no_grad():
            for name, mlp in (("bottom", self.dense.bottom), ("top", self.dense.top)):
                for layer, (weight, bias) in enumerate(zip(mlp.weights, mlp.biases)):
                    weight.copy_(value(f"{name}.{layer}.weight"))
                    bias.copy_(value(f"{name}.{layer}.bias")[0])
            for layer, (u, v, b) in enumerate(zip(self.dense.u, self.dense.v, self.dense.b)):
                u.copy_(value(f"cross.{layer}.U"))
                v.copy_(value(f"cross.{layer}.V"))
                b.copy_(value(f"cross.{layer}.bias")[0])
            for table, name in enumerate(columns.tables):
                self.tables.load(table, value(f"embedding.{name}"))

    def batch(self, columns, index):
        torch = self.torch
        rows = self.options.batch
        first = index * rows
        types = {"bool": torch.int8, "int8": torch.int8, "int16": torch.int16, "int32": torch.int32, "float16": torch.float16, "float32": torch.float32}

        def tensor(view, kind):
            return torch.frombuffer(bytearray(view), dtype=types[kind])

        labels = tensor(columns.labels(first, rows), "int8").float()
        numerical = torch.zeros(rows, padded(columns.numerical_features))
        numerical[:, :columns.numerical_features] = tensor(columns.numerical(first, rows), columns.numerical_type).view(rows, -1).float()
        ids = torch.stack([tensor(columns.ids(name, first, rows), columns.types[name]).long() for name in columns.tables])
        return numerical.to(self.device), ids.to(self.device), labels.to(self.device)

    def forward(self, numerical, ids, labels):
        torch = self.torch
        half = {"amp": torch.float16, "bf16": torch.bfloat16}.get(self.options.precision)
        embeddings = self.tables(ids)
        with torch.autocast(self.device.type, dtype=half or torch.float16, enabled=half is not None):
            return self.dense(numerical, embeddings, labels)

    def step(self):
        """One training step; returns the loss on the device, before the update."""
        torch = self.torch
        loss = self.loss_of(*self.batches[self.steps % len(self.batches)])
        (loss * self.scale).backward()
        self.steps += 1
        # Adam adds eps to sqrt(v) / sqrt(1 - beta2^t): with this eps it is the epsilon-hat form.
        self.optimizer.param_groups[0]["eps"] = EPSILON_HAT / (1 - .999 ** self.steps) ** .5
        if self.scale != 1:
            torch._foreach_mul_([parameter.grad for parameter in self.dense.parameters()], 1 / self.scale)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.tables.update(self.scale)
        return loss.detach()

    def synchronize(self):
        if self.device.type == "cuda":
            self.torch.cuda.synchronize()

    def run(self, steps=None, seconds=None, keep_losses=False):
        """Trains for so many steps or seconds."""
        losses = []
        begin = time.perf_counter()
        done = 0
        while done < steps if steps is not None else time.perf_counter() - begin < seconds:
            loss = self.step()
            done += 1
            if keep_losses:
                losses.append(float(loss))
            elif done % 8 == 0:
                # Otherwise the host would run ahead by seconds and the clock would not stop in time.
                self.synchronize()
        self.synchronize()
        return {"steps": done, "seconds": time.perf_counter() - begin, "losses": losses}


def arguments(words=None):
    parser = argparse.ArgumentParser(description="DCNv2 in PyTorch", formatter_class=argparse.RawDescriptionHelpFormatter, epilog=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--checkpoint")
    parser.add_argument("--batch", type=int, default=65536)
    parser.add_argument("--batches", type=int, default=16, help="batches kept on the device, taken in turns")
    parser.add_argument("--precision", choices=["fp32", "tf32", "amp", "bf16"], default="tf32")
    parser.add_argument("--tables", choices=["bags", "one"], default="one")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--embedding_dim", type=int, default=128)
    widths = lambda text: [int(width) for width in text.split(",")]
    parser.add_argument("--bottom", type=widths, default=[512, 256, 128])
    parser.add_argument("--top", type=widths, default=[1024, 1024, 512, 256, 1])
    parser.add_argument("--cross_layers", type=int, default=3)
    parser.add_argument("--projection", type=int, default=512)
    parser.add_argument("--concat_bottom", action="store_true")
    parser.add_argument("--serve", action="store_true")
    return parser.parse_args(words)


def serve(training):
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "quit":
            return
        if words[0] == "steps":
            result = training.run(steps=int(words[1]), keep_losses=True)
        else:
            result = training.run(seconds=float(words[1]))
        print(json.dumps(result), flush=True)


def main():
    options = arguments()
    training = Training(options)
    if options.serve:
        serve(training)
        return
    training.run(steps=10)
    result = training.run(seconds=options.seconds)
    samples = result["steps"] * options.batch / result["seconds"]
    print(json.dumps({"precision": options.precision, "tables": options.tables, "compile": options.compile, "batch": options.batch,
                      "samples_per_second": samples, "step_ms": 1e3 * result["seconds"] / result["steps"], "torch": training.torch.__version__}))


if __name__ == "__main__":
    main()
