"""FER2013 -> the ONNX files that ship. Most modules need PyTorch, from the `train` extra."""
