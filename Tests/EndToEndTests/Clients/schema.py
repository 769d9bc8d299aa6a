# SPDX-License-Identifier: Apache-2.0
"""schema.py SCHEMA FILE…: for each file a line, `accepted` or `rejected`, its name, and the first thing that is wrong with it.

YAML is read as editors do, by the core schema of YAML 1.2: `on` and `1:30` are texts, a file may lack a document, and what is
no YAML at all is rejected.
"""
import json
import re
import sys

import jsonschema
import yaml


class Core(yaml.SafeLoader):
    """The core schema of YAML 1.2, without duplicate keys."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"^(~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789")),
    ("float", r"^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$", list("-+.0123456789")),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


def integer(loader, node):
    text = loader.construct_scalar(node)
    return int(text, 0) if text.lower().startswith(("0o", "0x")) else int(text)


def mapping(loader, node):
    loader.flatten_mapping(node)
    # A key is a text, whatever YAML takes it for.
    names = [key.value for key, _ in node.value]
    if len(set(names)) != len(names):
        raise yaml.YAMLError("a key is written twice")
    return dict(zip(names, (loader.construct_object(value, deep=True) for _, value in node.value)))


Core.add_constructor("tag:yaml.org,2002:int", integer)
Core.add_constructor("tag:yaml.org,2002:map", mapping)

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)

for path in sys.argv[2:]:
    name = path.rsplit("/", 1)[-1]
    try:
        with open(path, "rb") as file:
            text = file.read().decode("utf-8")
        document = yaml.load(text, Loader=Core)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        print("rejected", name, "no YAML:", str(error).splitlines()[0])
        continue
    problem = jsonschema.exceptions.best_match(validator.iter_errors(document))
    where = f"{problem.json_path}: {problem.message.splitlines()[0][:150]}" if problem else ""
    print("rejected" if problem else "accepted", name, where)
