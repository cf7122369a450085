"""From FER2013 to the ONNX model that ships (needs the `train` extra)."""
