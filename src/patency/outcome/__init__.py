"""What happened to patients: outcomes as they are defined, estimated, and reported from a cut."""
