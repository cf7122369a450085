"""From FER2013 to the ONNX model that ships. All but `fer2013` needs the `train` extra."""
