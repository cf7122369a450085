"""From FER2013 to the ONNX model that ships. What imports PyTorch needs the `train` extra."""
