"""The registry: what happened to every patient, kept safe."""
