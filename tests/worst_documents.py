"""Documents that cost the most of those found: by hand, from the traps, and by random search over the schema."""

from __future__ import annotations

from collections.abc import Iterator

PREDICTOR = 'predictor(input: {tag: "@fxn/greeting"})'
PREDICTOR_FIELDS = """tag name type status access predictions created description card media acceleration error license
topics readme """
END = "fragment F{} on Query {{user {{username}}}}"


def worst_documents() -> Iterator[tuple[str, str]]:
    """Each with a name; all have at most 2,000 tokens and 20 kB, or just above."""
    yield "one field 1,980 times", "{user{" + "username " * 1980 + "}}"
    yield "one object 490 times", f"{{{PREDICTOR}{{{'owner{username}' * 490}}}}}"
    yield "two levels 280 times", f"{{{PREDICTOR}{{{'signature{inputs{name}}' * 280}}}}}"
    yield "28 objects with one field 68 times", "{" + ("user{" + "username " * 68 + "}") * 28 + "}"
    yield (
        "29 objects, valid",
        "{" + " ".join(f"a{i}:{PREDICTOR}{{{PREDICTOR_FIELDS * 3}}}" for i in range(29)) + "}",
    )
    yield from _fragments()
    yield from _inline_fragments()
    yield from _mistakes()
    yield "1,900 numbers", "{predictor(input:{tag:[" + "1 " * 1900 + "]}){tag}}"
    yield "9,900 comments", "{user{username}}" + "#\n" * 9900
    yield "a block string of 9,900 lines", '{predictor(input:{tag:"""' + " \n" * 9900 + '"""}){tag}}'


def _fragments() -> Iterator[tuple[str, str]]:
    doubled = "{...F0}" + "".join(f"fragment F{i} on Query{{...F{i + 1} ...F{i + 1}}}" for i in range(19))
    yield "19 fragments, each spread twice", doubled + END.format(19)
    tenfold = "{...F0}" + "".join(f"fragment F{i} on Query{{{f'...F{i + 1} ' * 10}}}" for i in range(22))
    yield "22 fragments, each spread ten times", tenfold + END.format(22)
    side_by_side = "".join(f"fragment F{i} on Predictor{{{'owner{username}' * 3}}}" for i in range(80))
    yield "80 fragments side by side", f"{{{PREDICTOR}{{{' '.join(f'...F{i}' for i in range(80))}}}}}{side_by_side}"
    chain = "".join(f"fragment F{i} on Predictor{{owner{{username}}...F{i + 1}}}" for i in range(160))
    yield "a chain of 160 fragments", f"{{{PREDICTOR}{{...F0}}}}{chain}fragment F160 on Predictor{{tag}}"
    circle = "".join(f"fragment F{i} on User{{...F{(i + 1) % 200}}}" for i in range(200))
    yield "a circle of 200 fragments", f"{{user{{...F0}}}}{circle}"


def _inline_fragments() -> Iterator[tuple[str, str]]:
    both = "...on User{predictors{tag}}...on Organization{predictors{tag}}"
    yield "inline fragments on an interface", f"{{{PREDICTOR}{{owner{{{both * 100}}}}}}}"
    yield "90 inline fragments in each other", "{user{" + "...on User{username " * 90 + "}" * 90 + "}}"


def _mistakes() -> Iterator[tuple[str, str]]:
    yield "1,700 unknown fields", "{user{" + " ".join(f"usern{i}" for i in range(1700)) + "}}"
    yield "650 unknown members", "{predictor(input:{" + " ".join(f"tagg{i}:1" for i in range(650)) + "}){tag}}"
    yield "400 unknown types", "{user{" + "".join(f"...on Use{i}{{id}}" for i in range(330)) + "}}"
    yield "480 unknown variables", "query(" + " ".join(f"$a{i}:Predicto{i}" for i in range(480)) + "){user{username}}"
