"""The cuts that outcomes are tried on: source 002's reconstructed cohort, and a synthetic registry."""

import pytest

from patency.cut import Cut, open_cut
from patency.registry.cutting.cut import cut
from patency.registry.demo.make import Wanted, make
from patency.registry.registry import Registry
from registry.bringing import brought, said
from registry.made import PASSWORD, forms, library, made
from registry.reconstruct_002 import FILE


@pytest.fixture(scope="session")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cut:
    """Bring source 002's file into a registry by its mapping, and cut it."""
    folder = tmp_path_factory.mktemp("source-002")
    registry = made(folder, label="reconstructed")
    file = folder / FILE.name
    file.write_bytes(FILE.read_bytes())
    mapping = FILE.with_name("source-002.map.yaml").read_text(encoding="utf-8")
    assert said(brought(registry.sign_in("anna", PASSWORD), file, mapping)) == []
    cut(registry.sign_in("stat", PASSWORD), folder / "cut")
    registry.close()
    return open_cut(folder / "cut")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Cut:
    """Make a synthetic registry of 300 patients, and cut it."""
    folder = tmp_path_factory.mktemp("demo")
    make(folder / "registry", library(), forms(), Wanted(300, seed=11), PASSWORD)
    registry = Registry(folder / "registry", library(), forms())
    cut(registry.sign_in("statistician", PASSWORD), folder / "cut")
    registry.close()
    return open_cut(folder / "cut")
