"""Patency: what guidelines, peers and outcomes say about a clotted iliofemoral or caval vein."""

__version__ = "0.1.0"
