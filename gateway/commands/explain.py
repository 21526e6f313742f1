"""Show how an operation is executed: its cost, its plan, and the upstream requests of each level."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from graphql import GraphQLError, parse

from gateway.commands import add_config
from gateway.execution import Plan, PlanUnsupported, compile_plan
from gateway.http.documents import Documents, Refused
from gateway.http.executable import without_incremental
from gateway.http.plan_view import asked_by
from gateway.settings import Settings, load
from schema import build_schema


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to explain, and where the settings are."""
    parser.add_argument("file", metavar="FILE", help="a GraphQL document; - reads standard input")
    parser.add_argument("--operation", metavar="NAME", help="which of its operations")
    parser.add_argument("--variables", type=_object, metavar="JSON", help="its variables, which the cost depends on")
    parser.add_argument("--code", action="store_true", help="show the Python that is generated for it, too")
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """0, or 1 for a file that is not there and a document that is not valid. Raises ``SettingsError``."""
    settings = load(arguments.config)
    schema = build_schema()._schema
    try:
        text = _read(arguments.file)
        prepared = Documents(schema, settings.limits).prepare(text, arguments.variables, arguments.operation)
    except (OSError, UnicodeDecodeError) as error:
        return _fail([f"{arguments.file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"])
    except Refused as refused:
        return _fail([_located(arguments.file, error) for error in refused.errors])
    print(f"cost {prepared.cost:,.0f} of {settings.limits.max_cost:,}")
    try:
        plan = compile_plan(schema, without_incremental(parse(text)), arguments.operation)
    except PlanUnsupported as reason:
        print(f"no plan: graphql-core executes {reason}")
        return 0
    print(_explained(plan, settings, arguments.code))
    return 0


def _explained(plan: Plan, settings: Settings, code: bool) -> str:
    text = plan.explain(
        lambda field: [f"{each.upstream}: {each.request}  ({each.often})" for each in asked_by(field, settings)]
    )
    return text + (f"\n\n{plan.source}" if code else "")


def _read(file: str) -> str:
    return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")


def _located(file: str, error: GraphQLError) -> str:
    places = [f":{place.line}:{place.column}" for place in error.locations or []]
    return f"{file}{places[0] if places else ''}: {error.message}"


def _fail(lines: list[str]) -> int:
    print(*lines, sep="\n", file=sys.stderr)
    return 1


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise argparse.ArgumentTypeError("it must be a JSON object")
    return found
