"""The parts of dcnv2.py that read files need no PyTorch: python3 -m unittest discover bench/peers"""
import json
import os
import struct
import tempfile
import unittest

import dcnv2

HERE = os.path.dirname(os.path.abspath(__file__))
TF_RAW = os.path.join(HERE, "..", "..", "engine", "src", "test", "resources", "nvidia_tf_raw", "small_16x512")

try:
    import yaml
except ImportError:
    yaml = None


def safetensors(tensors, metadata=None):
    """The bytes of a file with these fp32 tensors: name to (shape, values)."""
    header, data = ({"__metadata__": metadata} if metadata else {}), b""
    for name, (shape, values) in tensors.items():
        encoded = struct.pack(f"<{len(values)}f", *values)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(encoded)]}
        data += encoded
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


class SafetensorsTest(unittest.TestCase):

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, name, content):
        with open(os.path.join(self.folder.name, name), "wb") as file:
            file.write(content)

    def test_reads_shapes_and_values(self):
        self.write("dense.safetensors", safetensors({"a": ([2, 3], [1, 2, 3, 4, 5, 6.5]), "b": ([1, 1], [-7.25])}, {"made": "by hand"}))
        tensors = dcnv2.Safetensors(os.path.join(self.folder.name, "dense.safetensors"))
        self.assertEqual(tensors.names(), ["a", "b"])
        self.assertEqual(tensors.shape("a"), [2, 3])
        self.assertEqual(list(tensors.tensor("a").cast("f")), [1, 2, 3, 4, 5, 6.5])
        self.assertEqual(list(tensors.tensor("b").cast("f")), [-7.25])

    def test_a_checkpoint_is_all_its_files_without_moments(self):
        self.write("manifest.json", b"{}")
        self.write("dense.safetensors", safetensors({"top.0.bias": ([1, 2], [1, 2]), "top.0.bias.first_moment": ([1, 2], [3, 4])}))
        self.write("table-0000.safetensors", safetensors({"embedding.x": ([1, 2], [5, 6]), "embedding.x.second_moment": ([1, 2], [7, 8])}))
        weights = dcnv2.read_checkpoint(self.folder.name)
        self.assertEqual({name: (shape, list(view.cast("f"))) for name, (shape, view) in weights.items()},
                         {"top.0.bias": ([1, 2], [1, 2]), "embedding.x": ([1, 2], [5, 6])})

    def test_refuses_other_types(self):
        content = safetensors({"a": ([1], [1])}).replace(b"F32", b"F16")
        self.write("x.safetensors", content)
        with self.assertRaisesRegex(ValueError, "a is F16"):
            dcnv2.Safetensors(os.path.join(self.folder.name, "x.safetensors")).tensor("a")


@unittest.skipIf(yaml is None, "no yaml")
class ColumnsTest(unittest.TestCase):

    def setUp(self):
        self.columns = dcnv2.Columns(TF_RAW)

    def raw(self, name):
        with open(os.path.join(TF_RAW, "train", name), "rb") as file:
            return file.read()

    def test_knows_the_shape(self):
        self.assertEqual(len(self.columns.tables), 9)
        self.assertEqual(self.columns.numerical_features, 13)
        self.assertEqual(self.columns.samples, len(self.raw("label.bin")))

    def test_reads_any_rows(self):
        self.assertEqual(bytes(self.columns.labels(5, 3)), self.raw("label.bin")[5:8])
        self.assertEqual(bytes(self.columns.numerical(2, 2)), self.raw("numerical.bin")[2 * 26:4 * 26])
        for table, cardinality in zip(self.columns.tables, self.columns.cardinalities):
            size = dcnv2.TYPE_SIZES[self.columns.types[table]]
            view = self.columns.ids(table, 7, 100)
            self.assertEqual(bytes(view), self.raw(os.path.basename(self.columns.files[table]))[7 * size:107 * size])
            self.assertTrue(all(0 <= value < cardinality for value in view.cast({1: "b", 2: "h", 4: "i"}[size])), table)


class ArgumentsTest(unittest.TestCase):

    def test_defaults_are_the_references(self):
        options = dcnv2.arguments(["--data", "x"])
        self.assertEqual((options.batch, options.bottom, options.top, options.cross_layers, options.projection, options.embedding_dim),
                         (65536, [512, 256, 128], [1024, 1024, 512, 256, 1], 3, 512, 128))
        self.assertEqual(dcnv2.padded(13), 16)
        self.assertEqual(dcnv2.padded(16), 16)


if __name__ == "__main__":
    unittest.main()
