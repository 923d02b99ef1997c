"""What a registry, and every cut of it, says of itself where no row of it is a patient."""

LABELS = {
    "synthetic": "nobody in it ever lived; no figure of it is evidence",
    "reconstructed": "made from published figures; no row of it is a patient",
    "made up": "it shows how things are done; nobody in it is a patient",
}


def banner(label: str) -> str:
    """Return what is said, loudly, wherever data of a registry so labelled appear; nothing where there is no label."""
    return f"*** {label.upper()}: {LABELS.get(label, 'no row of it is a patient')} ***" if label else ""
