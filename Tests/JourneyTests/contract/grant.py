"""Leaves the sandbox's client nothing but the capabilities of the Toolkit's module: grant.py MODULE image360|core.

The legacy model's part includes E57 files that CDF extracts. Needs BASE_URL, the address of the sandbox.
"""

import json
import os
import pathlib
import sys
import urllib.request

import yaml

GROUPS = {"image360": ["drop360", "drop360_legacy", "drop360_e57"], "core": ["drop360", "drop360_core"]}
base = os.environ["BASE_URL"]
module, model = pathlib.Path(sys.argv[1]), sys.argv[2]


def post(path, body):
    headers = {"content-type": "application/json", "authorization": "Bearer sandbox"}
    request = urllib.request.Request(base + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


data_set = post("/api/v1/projects/sandbox/datasets/byids", {"items": [{"externalId": "sandbox"}]})["items"][0]["id"]
variables = {"{{group_source_id}}": "id", "{{space}}": "sandbox", '"{{data_set}}"': str(data_set)}
capabilities = []
for name in GROUPS[model]:
    text = (module / "auth" / f"{name}.Group.yaml").read_text()
    for variable, value in variables.items():
        text = text.replace(variable, value)
    capabilities += yaml.safe_load(text)["capabilities"]
post("/sandbox/project", {"capabilities": capabilities})
print(f"{len(capabilities)} capabilities of {', '.join(GROUPS[model])}")
