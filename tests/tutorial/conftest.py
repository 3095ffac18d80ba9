"""The builder of the tutorial, loaded once; what it has derived and checked stays known for all tests."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest

from tests.tutorial.places import TUTORIAL


@pytest.fixture(scope="session")
def build() -> ModuleType:
    """`docs/cross-entropy/build.py` as a module."""
    spec = importlib.util.spec_from_file_location("tutorial_build", TUTORIAL / "build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
