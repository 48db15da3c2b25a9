"""Reads criteria sets from YAML files; `data/sets/README.md` explains the keys.

A file becomes lines (`lines`), its lines values (`values`), its values a draft (`reader`, `draft`). Every file of a
batch is checked before anything is written, and all are written in one transaction (`batch`, `writer`).
"""

from criteria.imports.batch import SHIPPED, import_sets
from criteria.imports.writer import ImportRefused, SetReport

__all__ = ["SHIPPED", "ImportRefused", "SetReport", "import_sets"]
