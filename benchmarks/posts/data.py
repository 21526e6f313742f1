"""The data of the scenario and the answers that it must give, the same each time."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

WORDS = (
    "amber",
    "basin",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heron",
    "inlet",
    "juniper",
    "kelp",
    "lagoon",
    "meadow",
    "nectar",
    "orchid",
    "prairie",
)

QUERIES = {
    "Q1": "{ posts { id userId title user { id name email } } }",
    "Q2": "{ posts { title } }",
    "Q3": "{ greet }",
}
GREETING = "Hello World!"


def write_folder(folder: Path, posts: int, users: int) -> None:
    """What ``upstream.c`` serves: ``posts.json`` and ``users/1.json`` and so on."""
    (folder / "users").mkdir(parents=True, exist_ok=True)
    (folder / "posts.json").write_bytes(_indented(make_posts(posts, users)))
    for user in make_users(users):
        (folder / "users" / f"{user['id']}.json").write_bytes(_indented(user))


def make_users(count: int) -> list[dict[str, Any]]:
    return [_user(number, random.Random(number)) for number in range(1, count + 1)]  # noqa: S311


def make_posts(count: int, users: int) -> list[dict[str, Any]]:
    """Posts in the order of their authors, as many for each."""
    return [_post(number, number * users // count + 1, random.Random(-number)) for number in range(count)]  # noqa: S311


def expected(query: str, posts: int = 100, users: int = 10) -> dict[str, Any]:
    """The whole answer to ``Q1``, ``Q2`` or ``Q3``."""
    if query == "Q3":
        return {"data": {"greet": GREETING}}
    rows = make_posts(posts, users)
    if query == "Q2":
        return {"data": {"posts": [{"title": row["title"]} for row in rows]}}
    by_id = {user["id"]: {name: user[name] for name in ("id", "name", "email")} for user in make_users(users)}
    return {
        "data": {
            "posts": [
                {"id": row["id"], "userId": row["userId"], "title": row["title"], "user": by_id[row["userId"]]}
                for row in rows
            ]
        }
    }


def _user(number: int, chance: random.Random) -> dict[str, Any]:
    name = _text(chance, 2)
    return {
        "id": number,
        "name": name.title(),
        "username": _text(chance, 1),
        "email": f"{name.replace(' ', '.')}{number}@example.com",
        "address": {
            "street": _text(chance, 2),
            "suite": f"Suite {number}",
            "city": _text(chance, 1),
            "zipcode": f"{number:05}",
            "geo": {"lat": "51.5074", "lng": "-0.1278"},
        },
        "phone": f"555-{number:04}",
        "website": f"{_text(chance, 1)}.example.com",
        "company": {"name": _text(chance, 2), "catchPhrase": _text(chance, 5), "bs": _text(chance, 4)},
    }


def _post(number: int, author: int, chance: random.Random) -> dict[str, Any]:
    body = "\n".join(_text(chance, 6) for _ in range(4))
    return {"userId": author, "id": number + 1, "title": _text(chance, 8), "body": body}


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(words))


def _indented(value: Any) -> bytes:
    return json.dumps(value, indent=2).encode()
