"""Print the licences of all packages that run in the gateway or its page, as Markdown; fail on one that is not allowed.

Names of licences are SPDX's. Python packages say theirs in their metadata (PEP 639, and older fields before it), npm
packages in the lock file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import metadata
from typing import NamedTuple

from supply_chain.pins import page_packages, python_pins

PERMISSIVE = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "PSF-2.0", "Zlib"}
)
ACCEPTED: dict[str, str] = {}
"""Why a package with another licence is used nevertheless, by name."""

SPELLINGS = {"3-Clause BSD License": "BSD-3-Clause", "Apache 2.0": "Apache-2.0", "MIT License": "MIT"}
"""SPDX's names of licences that packages without a licence expression name in words."""

INTRODUCTION = """\
# Licences

What the gateway and its page are made of, printed by `make licences` from the lock files.
[Supply chain](supply-chain.md) says which licences are allowed. The page ships their texts in `LICENSES.md`.
"""


class Package(NamedTuple):
    name: str
    version: str
    licence: str


def python_packages() -> list[Package]:
    """What `requirements/runtime.txt` pins. Raises ``PackageNotFoundError`` when one is not installed here."""
    return [Package(name, ", ".join(versions), declared(name)) for name, versions in python_pins().items()]


def npm_packages() -> list[Package]:
    return [Package(name, version, licence) for (name, version), licence in page_packages().items()]


def declared(name: str) -> str:
    """The licence in the metadata of an installed package."""
    found = metadata(name).json
    licence = str(found.get("license_expression") or found.get("license") or "")
    return SPELLINGS.get(licence, licence)


def is_permissive(expression: str) -> bool:
    """Whether one choice of an SPDX expression asks for nothing but notices. Parentheses count as not."""
    choices = expression.split(" OR ")
    return any(all(licence in PERMISSIVE for licence in choice.split(" AND ")) for choice in choices)


def refused(packages: Iterable[Package]) -> list[Package]:
    """Those whose licence is not allowed."""
    return [package for package in packages if not is_permissive(package.licence) and package.name not in ACCEPTED]


def page() -> str:
    """docs/licences.md."""
    return "\n".join([INTRODUCTION, *_table("Python", python_packages()), "", *_table("Page", npm_packages()), ""])


def _table(title: str, packages: Iterable[Package]) -> Iterator[str]:
    yield from (f"## {title}", "", "| package | version | licence |", "|---|---|---|")
    for package in packages:
        reason = f" ({ACCEPTED[package.name]})" if package.name in ACCEPTED else ""
        yield f"| {package.name} | {package.version} | {package.licence}{reason} |"


def main() -> int:
    """0, or 1 when a licence is not allowed."""
    print(page(), end="")
    problems = refused([*python_packages(), *npm_packages()])
    for package in problems:
        print(f"{package.name} {package.version}: {package.licence or 'no licence'} is not allowed", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
