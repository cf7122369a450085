"""How Sphinx builds the documentation: `make docs` writes it to build/docs."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "extensions"))

import mien  # noqa: E402

project = "mien"
author = "The mien developers"
copyright = "The mien developers"  # noqa: A001 - Sphinx's name
version = release = mien.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "from_code",
    "public_names",
]
exclude_patterns = ["extensions"]

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_type_aliases = {
    name: name
    for name in ("UInt8Array", "Float32Array", "Float64Array", "Photo", "Box", "Eyes", "Subject")
}
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_typehints_format = "short"
napoleon_use_ivar = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 60
add_module_names = False
default_role = "py:obj"  # single backticks in docstrings: a link where there is something to link

nitpicky = True
# Only the public names must be there: types of other packages and names inside mien are not.
nitpick_ignore_regex = [("py:.*", rf"(?!mien\.({'|'.join(mien.__all__)})$).*")]

html_theme = "furo"
html_title = "mien"
html_static_path = ["_static"]
html_css_files = ["mien.css"]
html_copy_source = False
html_show_sphinx = False
