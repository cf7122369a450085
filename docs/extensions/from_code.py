"""Pages whose text comes from the code at build time: the command line and the HTTP API.

A page has a comment such as `<!-- generated: command line -->` where its text is to go.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import click
from sphinx.application import Sphinx

from mien.cli import main
from mien.server.app import create_app

Schema = dict[str, Any]


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True}


def _fill(app: Sphinx, docname: str, source: list[str]) -> None:
    del app, docname
    for name, write in _TEXTS.items():
        mark = f"<!-- generated: {name} -->"
        if mark in source[0]:
            source[0] = source[0].replace(mark, "\n".join(write()))


# The command line, from click


def command_line() -> Iterator[str]:
    """The help of every command, as Markdown."""
    yield from _command(main, click.Context(main, info_name="mien"), level=2)


def _command(command: click.Command, ctx: click.Context, level: int) -> Iterator[str]:
    yield f"{'#' * level} {ctx.command_path}\n"
    yield f"```text\n{' '.join([ctx.command_path, *command.collect_usage_pieces(ctx)])}\n```\n"
    yield from _paragraphs(command.help or "")
    for option in command.get_params(ctx):
        record = option.get_help_record(ctx)
        if record is not None and isinstance(option, click.Option) and "--help" not in option.opts:
            yield f"`{record[0]}`\n: {_prose(record[1])}\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            child = command.get_command(ctx, name)
            assert child is not None
            child_ctx = click.Context(child, info_name=name, parent=ctx)
            yield from _command(child, child_ctx, level=min(level + 1, 4))


def _paragraphs(text: str) -> Iterator[str]:
    """Click's help as Markdown: a paragraph that begins with `\\b` keeps its lines."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("\b\n"):
            yield f"```text\n{paragraph[2:]}\n```\n"
        else:
            yield f"{_prose(paragraph)}\n"


def _prose(text: str) -> str:
    """One line, in which options are code: Sphinx would make a dash of `--`."""
    return re.sub(r"(?<![\w`-])--[a-z][a-z-]*", r"`\g<0>`", _one_line(text))


def _one_line(text: str) -> str:
    return " ".join(text.split())


# The HTTP API, from its OpenAPI document


def http_api() -> Iterator[str]:
    """Every operation and every type, as Markdown."""
    document: Schema = create_app().test_client().get("/openapi.json").get_json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield from _operation(f"{method.upper()} {path}", operation)
    yield "## Types\n"
    for name, schema in document["components"]["schemas"].items():
        yield f"(type-{name.lower()})=\n### {name}\n"
        yield from _type(schema)


def _operation(title: str, operation: Schema) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"{operation['summary']}.\n"
    if "description" in operation:
        yield f"{operation['description']}\n"
    for p in operation.get("parameters", []):
        yield f"**Parameter** `{p['name']}`, in the {p['in']}: {_described(p['schema'], p)}\n"
    yield from _bodies(operation.get("requestBody", {}).get("content", {}))
    statuses: dict[str, list[str]] = {}
    for status, response in operation["responses"].items():
        content = next(iter(response.get("content", {}).values()), None)
        if content is None:
            yield f"**Response** `{status}`: {response['description']}\n"
        elif int(status) >= 400:
            statuses.setdefault(_shape(content["schema"]), []).append(f"`{status}`")
        else:
            kinds = ", ".join(f"`{kind}`" for kind in response["content"])
            yield f"**Response** `{status}`, {kinds}: {_shape(content['schema'])}\n"
            yield from _fields(content["schema"])
    for error, listed in statuses.items():
        yield f"**Errors** {', '.join(listed)}: {error}\n"


def _bodies(content: Schema) -> Iterator[str]:
    images = [kind for kind in content if kind.startswith("image/")]
    for kind, body in content.items():
        if kind in images:
            continue
        yield f"**Request body**, `{kind}`: {_shape(body['schema'])}\n"
        yield from _fields(body["schema"])
    if images:
        listed = ", ".join(f"`{kind}`" for kind in images)
        yield f"**Request body**, {listed}: the photo itself\n"


def _type(schema: Schema) -> Iterator[str]:
    if "description" in schema:
        yield f"{_sentence(schema['description'])}\n"
    if "properties" in schema:
        yield from _fields(schema)
    else:
        yield f"{_sentence(_shape(schema))}\n"


def _fields(schema: Schema) -> Iterator[str]:
    for name, field in schema.get("properties", {}).items():
        required = name in schema.get("required", ())
        yield f"`{name}`\n: {_described(field, field, required=required)}\n"


def _described(schema: Schema, documented: Schema, *, required: bool = False) -> str:
    sentences = [_shape(schema) + (", required" if required else "")]
    sentences.append(documented.get("description", ""))
    return " ".join(_sentence(sentence) for sentence in sentences if sentence)


def _shape(schema: Schema) -> str:
    """The type, limits and default of a schema, in words."""
    words = _kind(schema)
    low, high = (schema.get(key) for key in ("minimum", "maximum"))
    if low is not None and high is not None:
        words += f", {_number(low)} to {_number(high)}"
    elif low is not None:
        words += f", at least {_number(low)}"
    if schema.get("default") is not None and schema["default"] not in ([], False, ""):
        words += f", default `{schema['default']}`"
    return words


def _number(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else f"{value:g}"


def _kind(schema: Schema) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#type-{name.lower()})"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    for key in ("anyOf", "oneOf"):
        kinds = [_shape(choice) for choice in schema.get(key, ())]
        if kinds and "properties" not in schema and all(kinds):
            return " or ".join(kinds)
    if "prefixItems" in schema:
        return f"list of {len(schema['prefixItems'])} numbers"
    if schema.get("type") == "array":
        items = _shape(schema["items"]) if schema.get("items") else "values"
        return "list of " + re.sub(r"^(string|number|integer|object)\b", r"\1s", items)
    if isinstance(schema.get("additionalProperties"), dict):
        return f"object whose values are {_shape(schema['additionalProperties'])}"
    if schema.get("format") == "binary":
        return "file"
    return str(schema.get("type", ""))


def _sentence(text: str) -> str:
    text = _one_line(text)
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith(".") else ".")


_TEXTS: dict[str, Callable[[], Iterator[str]]] = {
    "command line": command_line,
    "HTTP API": http_api,
}
