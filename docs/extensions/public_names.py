"""References to a module's name lead to its public one: `mien.mood.Mood` to `mien.Mood`."""

from __future__ import annotations

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.domains.python import PythonDomain
from sphinx.environment import BuildEnvironment

import mien


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("missing-reference", _resolve)
    for field in PythonDomain.directives["class"].doc_field_types:
        if field.name == "variable":
            field.label = "Attributes"  # Sphinx's own word is "Variables"
    return {"parallel_read_safe": True}


def _resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: nodes.TextElement
) -> nodes.Node | None:
    if node.get("refdomain") != "py":
        return None
    name = node["reftarget"].rpartition(".")[2]
    public = f"mien.{name}" if name in mien.__all__ else f"mien.errors.{name}"
    python = env.domains.python_domain
    if public not in python.objects:
        return None
    if contnode.astext() == node["reftarget"] != name:
        contnode = nodes.literal("", public, classes=contnode["classes"])
    target = node.copy()
    target["reftarget"] = public
    return python.resolve_xref(env, node["refdoc"], app.builder, "obj", public, target, contnode)
