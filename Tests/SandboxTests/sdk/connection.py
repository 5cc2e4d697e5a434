"""The connection of all cases to the sandbox at BASE_URL."""

import json
import os
import urllib.request

from cognite.client import ClientConfig, CogniteClient, global_config
from cognite.client.credentials import Token

BASE = os.environ["BASE_URL"]
SPACE = "plant_360"
global_config.disable_pypi_version_check = True
global_config.max_retries = 1


def connect(credentials):
    return CogniteClient(ClientConfig("sdk-test", "sandbox", credentials, base_url=BASE))


client = connect(Token("sandbox"))


def reference(external_id):
    return {"space": SPACE, "externalId": external_id}


def refuses(error, action, words):
    try:
        action()
    except error as refusal:
        assert words in str(refusal), refusal
    else:
        raise AssertionError(f"not refused: {words}")


def shape(**members):
    """Gives the sandbox's project another shape; nothing undoes it."""
    headers = {"content-type": "application/json"}
    body = json.dumps(members).encode()
    urllib.request.urlopen(urllib.request.Request(f"{BASE}/sandbox/project", body, headers)).close()
