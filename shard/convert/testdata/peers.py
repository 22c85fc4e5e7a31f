"""Reads what TestPeers wrote with the real readers, as far as they are installed: peers.py FOLDER.

numpy, pyarrow, mosaicml-streaming and megatron-core. The last two import torch and much else that their file readers do not
use: whatever is not installed is an empty module here, so that they run without.
"""
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import sys
import tempfile
import types
from unittest.mock import MagicMock

import numpy as np


class Empty(types.ModuleType):
    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return MagicMock(name=name)


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, names):
        self.names = names

    def find_spec(self, name, path, target=None):
        if any(name == n or name.startswith(n + ".") for n in self.names):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return Empty(spec.name)

    def exec_module(self, module):
        pass


def empty(*names):
    sys.meta_path.insert(0, Finder(names))


def without_init(package, *inner):
    """Makes a package importable without running its __init__.py; False when it is not installed."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        return False
    root = list(spec.submodule_search_locations)[0]
    for name in (package, *inner):
        module = types.ModuleType(name)
        module.__path__ = [os.path.join(root, *name.split(".")[1:])]
        sys.modules[name] = module
    return True


def flat(folder, split, want):
    text = np.array(want["text"])
    assert np.array_equal(np.load(f"{folder}/npy/{split}.npy", mmap_mode="r"), text)
    assert np.array_equal(np.memmap(f"{folder}/nanogpt/{split}.bin", dtype=np.uint16, mode="r"), text)


def parquet(folder, split, want):
    import pyarrow.parquet as pq
    rows = pq.read_table(f"{folder}/parquet/{split}-00000.parquet").to_pylist()
    assert [(r["input_ids"], r["documents"], r["length"]) for r in rows] == [(r["tokens"], r["documents"], r["length"]) for r in want["rows"]]


def mds(folder, split, want):
    from streaming.base.format import reader_from_json
    from streaming.base.hashing import get_hash
    from streaming.base.format.mds.writer import MDSWriter
    here = f"{folder}/mds/{split}"
    rows = []
    for shard in json.load(open(here + "/index.json"))["shards"]:
        reader = reader_from_json(folder + "/mds", split, shard)
        reader.validate(False)
        data = open(f"{here}/{reader.raw_data.basename}", "rb").read()
        assert get_hash("sha256", data) == reader.raw_data.hashes["sha256"] and len(data) == reader.raw_data.bytes
        rows += [reader[i] for i in range(len(reader))]
    assert [(list(r["tokens"]), list(r["documents"]), r["length"]) for r in rows] == [(r["tokens"], r["documents"], r["length"]) for r in want["rows"]]
    with tempfile.TemporaryDirectory() as tmp:
        import streaming.base.format.base.writer as base
        base.CloudUploader.get = lambda out, *_, **__: types.SimpleNamespace(local=out, remote=None, upload_file=lambda name: None)
        writer = MDSWriter(columns={"tokens": "ndarray:int32", "documents": "ndarray:int32", "length": "int32"}, out=tmp, hashes=["sha256"])
        for r in rows:
            writer.write({"tokens": r["tokens"], "documents": r["documents"], "length": r["length"]})
        writer.finish()
        assert sorted(os.listdir(tmp)) == sorted(os.listdir(here))
        for name in os.listdir(tmp):
            assert open(f"{tmp}/{name}", "rb").read() == open(f"{here}/{name}", "rb").read(), name


def megatron(folder, split, want):
    import torch
    torch.utils = types.SimpleNamespace(data=types.SimpleNamespace(Dataset=object))
    import megatron.core.datasets.indexed_dataset as indexed
    indexed.is_object_storage_path = lambda path: False
    indexed.MultiStorageClientFeature.is_enabled = lambda: False
    path = f"{folder}/megatron/{split}"
    data = indexed.IndexedDataset(path)
    assert len(data) == len(want["documents"]) == data.document_indices[-1]
    for i, tokens in enumerate(want["documents"]):
        assert np.array_equal(data[i], tokens), i
    with tempfile.TemporaryDirectory() as tmp:
        builder = indexed.IndexedDatasetBuilder(tmp + "/x.bin", dtype=indexed.DType.optimal_dtype(want["vocab_size"]))
        for tokens in want["documents"]:
            builder.add_item(types.SimpleNamespace(numpy=lambda: np.array(tokens)))
            builder.end_document()
        builder.finalize(tmp + "/x.idx")
        for end in (".bin", ".idx"):
            assert open(tmp + "/x" + end, "rb").read() == open(path + end, "rb").read(), end


def main(folder):
    names = ["torch", "boto3", "filelock", "tqdm", "zstd", "snappy", "Brotli", "brotli", "transformers", "PIL", "xxhash", "typing_extensions"]
    empty(*[n for n in names if importlib.util.find_spec(n) is None])
    empty("streaming.base.storage", "streaming.base.shared", "streaming.base.distributed", "streaming.base.constant", "awkward",
          "megatron.core.datasets.object_storage_utils", "megatron.core.msc_utils", "megatron.core.utils")
    checks = {"numpy": flat}
    if importlib.util.find_spec("pyarrow"):
        checks["pyarrow"] = parquet
    if without_init("streaming", "streaming.base"):
        checks["mosaicml-streaming"] = mds
    if without_init("megatron", "megatron.core", "megatron.core.datasets"):
        checks["megatron-core"] = megatron
    for name, check in checks.items():
        for split, want in json.load(open(folder + "/want.json")).items():
            check(folder, split, want)
        print(name, "agrees")


main(sys.argv[1])
