"""Checks the bodies of a sandbox request log: check_bodies.py requests.json CONTRACT_FOLDER.

Prints each body that CDF's OpenAPI document does not allow, then `N passed, M failed`.
"""

import json
import re
import sys

log, contract = sys.argv[1:3]
sys.path.insert(0, contract)
from openapi_check import check  # noqa: E402  (the folder is known only now)

requests = json.load(open(log))
requests = requests.get("requests", requests.get("items")) if isinstance(requests, dict) else requests
prefix = "/api/v1/projects/sandbox"
passed = failed = 0
for request in requests:
    path = request["path"].removeprefix(prefix)
    if request["method"] != "POST" or path.startswith("/oauth2/"):
        continue
    # As the document writes it.
    path = re.sub(r"^/3d/models/\d+/", "/3d/models/{modelId}/", path)
    body = request.get("requestBody")
    problems = ["no body was logged"] if body is None else check(path, "post", body)
    if problems:
        failed += 1
        print(path, *problems, sep="\n  ")
    else:
        passed += 1
if not passed:
    print("no body was sent at all")
    failed += 1
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
