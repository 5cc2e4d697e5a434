"""Reads the delivered samples back with Cognite's Python SDK: read_back.py image360|core SAMPLES.

Each sample must be one image, whose six files have the sample's bytes, at the sidecar's place to 1e-9, turned as it says, at its time. The sandbox
must name nothing that the viewer would not show.
Needs BASE_URL, the address of the sandbox.
"""

import datetime
import json
import math
import os
import pathlib
import sys
import urllib.request

from cognite.client import ClientConfig, CogniteClient, global_config
from cognite.client.credentials import Token
from cognite.client.data_classes.data_modeling import NodeId, ViewId

FACES = ["front", "back", "left", "right", "top", "bottom"]
# What each sidecar says in its own way, as a turn about the vertical axis.
TURNS = {"bridge-0001": 180, "church-0001": 90, "creek-0001": 270, "goldengate-0001": 90}
global_config.disable_pypi_version_check = True
client = CogniteClient(ClientConfig("read-back", "sandbox", Token("sandbox"), base_url=os.environ["BASE_URL"]))
model, samples = sys.argv[1], pathlib.Path(sys.argv[2])
legacy = model == "image360"
view = ViewId("cdf_360_image_schema", "Image360", "v1") if legacy else ViewId("cdf_cdm", "Cognite360Image", "v1")


def picture(image, face):
    if legacy:
        return client.files.download_bytes(external_id=image[f"cubeMap{face.capitalize()}"])
    file = image[face]
    return client.files.download_bytes(instance_id=NodeId(file["space"], file["externalId"]))


def label(image):
    """The name that the viewer shows: of the image in the legacy model, of its station in the core model."""
    if legacy:
        return image["label"]
    station = image["station360"]
    place = ViewId("cdf_cdm", "Cognite360ImageStation", "v1")
    return client.data_modeling.instances.retrieve(
        NodeId(station["space"], station["externalId"]), sources=place).nodes[0]["name"]


def place(sidecar):
    given = sidecar.get("translation")
    if given is None:
        return [sidecar[f"translation{axis}"] for axis in "XYZ"]
    return [given[axis] for axis in "xyz"] if isinstance(given, dict) else given


def rotation(x, y, z):
    """The matrix of an Euler rotation in the order XYZ."""
    (a, b), (c, d), (e, f) = [(math.cos(angle), math.sin(angle)) for angle in (x, y, z)]
    return [c * e, -c * f, d, a * f + b * e * d, a * e - b * f * d, -b * c, b * f - a * e * d, b * e + a * f * d, a * c]


def close(found, wanted):
    return all(math.isclose(one, other, abs_tol=1e-9) for one, other in zip(found, wanted, strict=True))


def time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


images = client.data_modeling.instances.list(sources=view, space="sandbox", limit=None)
by_front = {picture(image, "front"): image for image in images}
for name, turn in TURNS.items():
    folder = samples / name
    sidecar = json.loads((folder / "pose.json").read_text())
    image = by_front[(folder / "front.jpg").read_bytes()]
    for face in FACES:
        assert picture(image, face) == (folder / f"{face}.jpg").read_bytes(), (name, face)
    assert close([image[f"translation{axis}"] for axis in "XYZ"], place(sidecar)), name
    euler = [image[f"eulerRotation{axis}"] for axis in "XYZ"]
    assert close(rotation(*euler), rotation(0, 0, math.radians(turn))), (name, euler)
    assert close([image[f"scale{axis}"] for axis in "XYZ"], [1, 1, 1]), name
    assert time(image["timeTaken" if legacy else "takenAt"]) == time(sidecar["timeTaken"]), name
    assert label(image), name
with urllib.request.urlopen(os.environ["BASE_URL"] + "/sandbox/contents") as answer:
    contents = json.load(answer)
for trouble in ["danglingRelations", "danglingFiles", "emptyCollections", "sharedFiles", "viewerProblems"]:
    assert contents[trouble] == [], (trouble, contents[trouble])
print(f"{len(TURNS)} of {len(images)} images are samples, and read back with their bytes, poses and times")
