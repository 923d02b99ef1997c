"""A registry kept safe: verified, backed up, told as sentences, erased."""
