"""Write the manifest of trusted documents from a folder of .graphql files.

Each operation becomes a document of its own, with the fragments that it uses from all the files. The form is Apollo's
(``gateway.http.persisted.manifest``), because it has the operations' names; each id is ``sha256:`` and the hash of the
text. The text is printed anew, so comments and blanks change nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from gateway.commands import add_config
from gateway.http.persisted.folder import Folder
from gateway.http.validation import Validator
from gateway.settings import load
from schema import build_schema


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder, where the manifest goes, and where the settings are, for the limits of validation."""
    parser.add_argument("folder", type=_folder, metavar="FOLDER", help="searched for *.graphql and *.gql, at any depth")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="the manifest (default: standard output)")
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """0, or 1 with every problem by file and line. Raises ``SettingsError``."""
    folder = Folder(arguments.folder)
    manifest = folder.manifest(Validator(build_schema()._schema, load(arguments.config).limits))
    if folder.problems:
        print(*folder.problems, sep="\n", file=sys.stderr)
        return 1
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    if arguments.output is None:
        sys.stdout.write(text)
        return 0
    try:
        arguments.output.write_text(text, "utf-8")
    except OSError as error:
        print(f"{arguments.output}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is not a folder")
    return path
