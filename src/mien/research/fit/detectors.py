"""Convert MediaPipe's face detectors from TensorFlow Lite to ONNX.

    python -m mien.research.fit.detectors FILE.tflite ... [--folder src/mien/models]

ONNX Runtime runs them in half the time that OpenCV takes, and the converted networks accept images
of any size and several at once, which the originals do not. Weights stay as they are (float16);
`tests/face/test_blazeface.py` holds the output against TensorFlow Lite's.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np

from mien.support.arrays import Float32Array

NAMES = {
    "face_detection_short_range": "blazeface_short_range",
    "face_detection_full_range": "blazeface_full_range",
}
MULTIPLE = 32
"""Sides of images must be multiples of this, so that all strides divide them."""


def convert(tflite: Path, onnx_file: Path) -> None:
    """Write a BlazeFace network as ONNX.

    The input `images` is uint8 [n, h, w, 3], RGB; the outputs are `logits`, float32 [n, anchors],
    and `values`, float32 [n, anchors, 16], in pixels of the image.
    """
    import onnx

    onnx.save(_Conversion(tflite).model(), onnx_file)


class _Conversion:
    """One network on its way: tensors of TensorFlow Lite by index -> names in the ONNX graph."""

    def __init__(self, path: Path) -> None:
        from ai_edge_litert import schema_py_generated as schema

        packed = path.read_bytes()
        self.source = schema.ModelT.InitFromPackedBuf(packed, 0)
        self.graph = self.source.subgraphs[0]
        self.codes = {v: k for k, v in vars(schema.BuiltinOperator).items() if isinstance(v, int)}
        self.constants: dict[int, Any] = {}
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        for i, tensor in enumerate(self.graph.tensors):
            data = self.source.buffers[tensor.buffer].data
            if data is not None:
                kind = {0: np.float32, 1: np.float16, 2: np.int32}[tensor.type]
                self.constants[i] = np.frombuffer(bytes(data), kind).reshape(tensor.shape)

    def model(self) -> Any:
        from onnx import TensorProto, helper

        start = f"t{self.graph.inputs[0]}"
        self.add("Cast", ["images"], "pixels", to=TensorProto.FLOAT)
        self.add("Transpose", ["pixels"], "planes", perm=[0, 3, 1, 2])
        self.add("Mul", ["planes", self.constant("scale", np.float32(1 / 127.5))], "scaled")
        self.add("Sub", ["scaled", self.constant("one", np.float32(1))], start)
        for operator in self.graph.operators:
            self.convert(operator)
        for index in self.graph.outputs:
            flat = self.graph.tensors[index].shape[-1] == 1
            name, shape = ("logits", [0, -1]) if flat else ("values", [0, -1, 16])
            self.add("Reshape", [f"t{index}", self.constant(f"{name}_shape", shape)], name)
        dynamic = helper.make_tensor_value_info("images", TensorProto.UINT8, ["n", "h", "w", 3])
        outputs = [
            helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", "anchors"]),
            helper.make_tensor_value_info("values", TensorProto.FLOAT, ["n", "anchors", 16]),
        ]
        graph = helper.make_graph(self.nodes, "blazeface", [dynamic], outputs, self.initializers)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)

    def convert(self, operator: Any) -> None:
        code = self.source.operatorCodes[operator.opcodeIndex]
        kind = self.codes[max(code.builtinCode, code.deprecatedBuiltinCode)]
        (out,) = operator.outputs
        first, *rest = (int(i) for i in operator.inputs)
        options = operator.builtinOptions
        name, source = f"t{out}", f"t{first}"
        if kind == "DEQUANTIZE":
            self.constants[out] = self.constants[first]
        elif kind in {"CONV_2D", "DEPTHWISE_CONV_2D"}:
            weights = self.constants[rest[0]]
            depthwise = kind == "DEPTHWISE_CONV_2D"
            weights = weights.transpose((3, 0, 1, 2) if depthwise else (0, 3, 1, 2))
            inputs = [source, self.weights(f"w{out}", weights)]
            inputs.append(self.weights(f"b{out}", self.constants[rest[1]]))
            self.add(
                "Conv",
                inputs,
                name,
                strides=[options.strideH, options.strideW],
                group=weights.shape[0] if depthwise else 1,
                pads=self.padding(first, weights.shape[2], options),
            )
        elif kind == "MAX_POOL_2D":
            sides = [options.filterHeight, options.filterWidth]
            strides = [options.strideH, options.strideW]
            self.add("MaxPool", [source], name, kernel_shape=sides, strides=strides)
        elif kind == "PAD":
            (before, height, width, channels) = self.constants[rest[0]].tolist()
            ends = list(zip(before, channels, height, width, strict=True))
            pads = self.constant(f"p{out}", [*ends[0], *ends[1]])
            self.add("Pad", [source, pads], name)
        elif kind == "RESIZE_BILINEAR":
            shape, target = self.graph.tensors[first].shape, self.constants[rest[0]]
            scales = np.array([1, 1, target[0] / shape[1], target[1] / shape[2]], np.float32)
            self.add("Resize", [source, "", self.constant(f"s{out}", scales)], name, mode="linear")
        elif kind == "RESHAPE":  # [n, h, w, anchors * values] -> [n, h * w * anchors, values]
            last = int(self.graph.tensors[out].shape[-1])
            self.add("Transpose", [source], f"{name}_last", perm=[0, 2, 3, 1])
            shape = self.constant(f"r{out}", [0, -1, last])
            self.add("Reshape", [f"{name}_last", shape], name)
        elif kind == "CONCATENATION":
            self.add("Concat", [source, *(f"t{i}" for i in rest)], name, axis=1)
        elif kind in {"ADD", "RELU"}:
            self.add(
                kind.title() if kind == "ADD" else "Relu", [source, *(f"t{i}" for i in rest)], name
            )
        else:
            raise NotImplementedError(kind)

    def padding(self, source: int, side: int, options: Any) -> list[int]:
        """TensorFlow's SAME padding, whose odd pixel is at the end; VALID needs none."""
        if options.padding == 1:
            return [0, 0, 0, 0]
        length, stride = int(self.graph.tensors[source].shape[1]), options.strideH
        total = max(0, (math.ceil(length / stride) - 1) * stride + side - length)
        return [total // 2, total // 2, total - total // 2, total - total // 2]

    def add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> None:
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))

    def constant(self, name: str, value: Any) -> str:
        from onnx import numpy_helper

        self.initializers.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def weights(self, name: str, value: Float32Array) -> str:
        """A constant stored as float16 and read as float32."""
        from onnx import TensorProto

        half = self.constant(f"{name}_half", np.ascontiguousarray(value, np.float16))
        self.add("Cast", [half], name, to=TensorProto.FLOAT)
        return name


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("src/mien/models"))
    options = parser.parse_args()
    for file in options.files:
        target = options.folder / f"{NAMES.get(file.stem, file.stem)}.onnx"
        convert(file, target)
        print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
