"""What is asked in our own scenarios."""

from __future__ import annotations

from typing import Any

from benchmarks.rig.places import ROOT

INPUTS = 1000
FIELDS = 10
SPAM = "function_spamornot0000001"
PARALLEL = 100

VALVES = "{ functions(input: {count: 100}) { id name isActive valves } }"
LIST = "{ functions(input: {count: 1000}) { id name type isActive isGlobal updatedAt } }"


def tour() -> str:
    """The first query of the README: all four backends."""
    return (ROOT / "README.md").read_text().split("```graphql\n")[1].split("```")[0]


def invoke_many() -> tuple[str, dict[str, Any]]:
    """10,000 items: ten fields of a mutation, one after the other, 1,000 inputs each."""
    given = f'{{functionId: "{SPAM}", output: "Classification", capture: false, inputs: $inputs}}'
    fields = " ".join(
        f"f{number}: invokeFunctions(input: {given}) {{ index output {{ labelName confidence }} error {{ code }} }}"
        for number in range(FIELDS)
    )
    return f"mutation Many($inputs: [InvocationInput!]!) {{ {fields} }}", {"inputs": inputs()}


def inputs() -> list[dict[str, Any]]:
    words = ("win money now", "lunch on friday", "your parcel waits", "notes of the meeting")
    return [{"data": f"{words[number % len(words)]} {number}"} for number in range(INPUTS)]
