"""A cut: the de-identified snapshot that all analysis reads."""
