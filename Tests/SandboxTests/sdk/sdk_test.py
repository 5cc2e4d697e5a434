"""Holds the sandbox against Cognite's own Python SDK: what the SDK sends and reads must work here.

Needs BASE_URL, the address of a running sandbox. Prints each case, then `N passed, 0 failed`.
"""

import pathlib
import sys
import tempfile
import traceback

from cognite.client.credentials import OAuthClientCredentials
from cognite.client.data_classes import (
    FileMetadataUpdate, ThreeDModelRevisionUpdate, ThreeDModelRevisionWrite, ThreeDModelUpdate)
from cognite.client.data_classes.data_modeling import NodeApply, NodeId, NodeOrEdgeData, SpaceApply, ViewId
from cognite.client.data_classes.data_modeling.cdm.v1 import CogniteFileApply
from cognite.client.data_classes.data_modeling.query import NodeResultSetExpression, Query, Select, SourceSelector
from cognite.client.data_classes.iam import ClientCredentials
from cognite.client.exceptions import CogniteAPIError, CogniteAuthError, CogniteDuplicatedError, CogniteNotFoundError

import core_cases
import report_cases
import setup_cases
from connection import BASE, SPACE, client, connect, reference, refuses

FACES = ["Front", "Back", "Left", "Right", "Top", "Bottom"]


def view(name):
    return ViewId("cdf_360_image_schema", name, "v1")


def node(external_id, name, properties):
    return NodeApply(SPACE, external_id, sources=[NodeOrEdgeData(view(name), properties)])


def image(external_id, **changes):
    properties = {
        "label": "0012", "collection360": reference("coll"), "station": reference("st"),
        "timeTaken": "2024-05-01T10:00:00.000+00:00",
    }
    for axis in "XYZ":
        properties |= {f"translation{axis}": 1.5, f"eulerRotation{axis}": 0.0, f"scale{axis}": 1.0}
    properties |= {f"cubeMap{face}": f"img/{face.lower()}" for face in FACES}
    return node(external_id, "Image360", properties | changes)


def apply(*nodes):
    return client.data_modeling.instances.apply(list(nodes), auto_create_direct_relations=False)


def case_client_credentials():
    credentials = OAuthClientCredentials(f"{BASE}/oauth2/token", "sandbox", "sandbox", scopes=["any/.default"])
    assert connect(credentials).iam.token.inspect().projects[0].url_name == "sandbox"
    wrong = OAuthClientCredentials(f"{BASE}/oauth2/token", "sandbox", "wrong", scopes=[])
    refuses(CogniteAuthError, lambda: connect(wrong).iam.token.inspect(), "invalid_client")


def case_token_inspect():
    token = client.iam.token.inspect()
    assert token.projects[0].url_name == "sandbox"
    acls = {type(capability.capability).__name__ for capability in token.capabilities}
    assert {"FilesAcl", "DataModelInstancesAcl", "ThreeDAcl"} <= acls, acls


def case_spaces():
    assert client.data_modeling.spaces.apply(SpaceApply(SPACE, name="360 images")).space == SPACE
    assert client.data_modeling.spaces.retrieve(SPACE).name == "360 images"
    assert client.data_modeling.spaces.retrieve("nowhere") is None
    assert SPACE in client.data_modeling.spaces.list(limit=None).as_ids()


def case_views():
    found = client.data_modeling.views.retrieve([view("Image360"), ("cdf_cdm", "Cognite360Image", "v1")])
    properties = {item.external_id: item.properties for item in found}
    assert type(properties["Image360"]["cubeMapFront"].type).__name__ == "FileReference"
    assert properties["Cognite360Image"]["station360"].container_property_identifier == "group3d"
    assert len(client.data_modeling.views.list(space="cdf_cdm", limit=None)) == 12


def case_upload_bytes():
    for face in FACES:
        name = face.lower()
        uploaded = client.files.upload_bytes(
            name.encode() * 1000, name=f"{name}.jpg", external_id=f"img/{name}", mime_type="image/jpeg",
            metadata={"face": name}, directory="/360", overwrite=True)
        assert uploaded.external_id == f"img/{name}"
    stored = client.files.retrieve(external_id="img/front")
    assert stored.uploaded and stored.metadata == {"face": "front"} and stored.mime_type == "image/jpeg"
    assert client.files.download_bytes(external_id="img/front") == b"front" * 1000
    refuses(
        CogniteDuplicatedError, lambda: client.files.upload_bytes(b"x", name="x", external_id="img/front"), "img/front")


def case_upload_path():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "scan.e57"
        path.write_bytes(bytes(range(256)) * 40_000)
        client.files.upload(path, external_id="scan", mime_type="application/octet-stream", overwrite=True)
        assert client.files.retrieve(external_id="scan").uploaded
        client.files.download_to_path(pathlib.Path(folder) / "back", external_id="scan")
        assert (pathlib.Path(folder) / "back").read_bytes() == path.read_bytes()


def case_multipart_session():
    part = bytes(6 << 20)
    with client.files.multipart_upload_session(
        name="two.bin", external_id="two", parts=2, overwrite=True
    ) as session:
        session.upload_part(1, b"end")
        session.upload_part(0, part)
    assert client.files.download_bytes(external_id="two") == part + b"end"


def case_retrieve_files():
    several = client.files.retrieve_multiple(external_ids=["img/front", "img/back"])
    assert [file.name for file in several] == ["front.jpg", "back.jpg"]
    refuses(CogniteNotFoundError, lambda: client.files.retrieve_multiple(external_ids=["nobody"]), "nobody")
    lenient = client.files.retrieve_multiple(external_ids=["nobody", "img/top"], ignore_unknown_ids=True)
    assert len(lenient) == 1
    assert len(client.files.list(external_id_prefix="img/", uploaded=True, limit=None)) == 6
    changed = client.files.update(FileMetadataUpdate(external_id="img/top").source.set("sdk"))
    assert changed.source == "sdk"


def case_nodes():
    result = apply(
        node("coll", "Image360Collection", {"label": "Area 03"}), node("st", "Station360", {"label": "0012"}), image("img"))
    assert [item.external_id for item in result.nodes] == ["coll", "st", "img"]
    assert all(item.was_modified for item in result.nodes)
    assert not apply(image("img")).nodes[0].was_modified
    read = client.data_modeling.instances.retrieve(NodeId(SPACE, "img"), sources=view("Image360")).nodes[0]
    assert read["cubeMapTop"] == "img/top" and read["station"] == reference("st") and read["translationX"] == 1.5
    listed = client.data_modeling.instances.list(sources=view("Image360"), limit=None)
    assert [item.external_id for item in listed] == ["img"]


def case_node_refusals():
    refuses(CogniteAPIError, lambda: apply(image("bad", station=reference("ghost"))), "does not exist")
    refuses(CogniteAPIError, lambda: apply(image("bad", collection="coll")), "Unknown property 'collection'")
    refuses(CogniteAPIError, lambda: apply(node("bad", "Image36", {})), "One or more views do not exist")


def case_query():
    query = Query(
        with_={
            "images": NodeResultSetExpression(limit=10, filter=None),
            "stations": NodeResultSetExpression(
                from_="images", through=view("Image360").as_property_ref("station"), direction="outwards", limit=10),
        },
        select={
            "images": Select([SourceSelector(view("Image360"), ["label"])]),
            "stations": Select([SourceSelector(view("Station360"), ["label"])]),
        })
    found = client.data_modeling.instances.query(query)
    assert [item.external_id for item in found["stations"]] == ["st"]


def case_cognite_file():
    client.data_modeling.instances.apply(CogniteFileApply(SPACE, "cdm_front", name="front.jpg", mime_type="image/jpeg"))
    client.files.upload_content_bytes(b"core", instance_id=NodeId(SPACE, "cdm_front"))
    stored = client.files.retrieve(instance_id=NodeId(SPACE, "cdm_front"))
    assert stored.uploaded and stored.instance_id == NodeId(SPACE, "cdm_front")
    assert client.files.download_bytes(instance_id=NodeId(SPACE, "cdm_front")) == b"core"


def case_sessions():
    assert client.iam.sessions.create(ClientCredentials("sandbox", "sandbox")).nonce
    created = client.iam.sessions.create(session_type="TOKEN_EXCHANGE")
    assert created.nonce and created.status == "READY" and created.type == "TOKEN_EXCHANGE"
    refuses(CogniteAPIError, lambda: client.iam.sessions.create(ClientCredentials("sandbox", "wrong")), "session")


def case_3d_models():
    models = client.three_d.models
    data_set = client.data_sets.retrieve(external_id="sandbox").id
    model = models.create(name="site-a03", data_set_id=data_set, metadata={"by": "sdk"})
    assert (model.name, model.data_set_id, model.metadata) == ("site-a03", data_set, {"by": "sdk"})
    assert models.retrieve(model.id) == model and models.retrieve(1) is None
    several = models.create(name=["b", "c"])
    assert [item.name for item in models.list(limit=None)] == ["site-a03", "b", "c"]
    assert [item.name for page in models(chunk_size=1) for item in page] == ["site-a03", "b", "c"]
    renamed = models.update(ThreeDModelUpdate(several[0].id).name.set("z").metadata.add({"k": "v"}))
    assert renamed.name == "z" and renamed.metadata == {"k": "v"}
    models.delete([item.id for item in several])
    assert [item.id for item in models.list(limit=None)] == [model.id]
    assert len(models.list(published=True)) == 0
    # The SDK fails over the refusal of a model itself (KeyError in `ThreeDModel._load`), so these go by its plain `post`.
    for item, words in [({"name": "n" * 256}, "255"), ({"name": "n", "metadata": {"k": "v" * 513}}, "512")]:
        body = {"items": [item]}
        refuses(CogniteAPIError, lambda: client.post("/api/v1/projects/sandbox/3d/models", json=body), words)


def case_3d_revisions():
    revisions = client.three_d.revisions
    model = client.three_d.models.list(limit=None)[0]
    scan = client.files.retrieve(external_id="scan")
    first = revisions.create(
        model.id, ThreeDModelRevisionWrite(file_id=scan.id, published=False, rotation=[0, 0, 1.5], metadata={"sha256": "ab"}))
    assert (first.status, first.file_id, first.metadata) == ("Queued", scan.id, {"sha256": "ab"})
    statuses = [revisions.retrieve(model.id, first.id).status for _ in range(3)]
    assert statuses == ["Queued", "Processing", "Done"], statuses
    second = revisions.create(model.id, ThreeDModelRevisionWrite(file_id=scan.id, published=False))
    assert {item.id for item in revisions.list(model.id, limit=None)} == {first.id, second.id}
    published = revisions.update(model.id, ThreeDModelRevisionUpdate(first.id).published.set(True).metadata.add({"k": "v"}))
    assert published.published and published.metadata == {"sha256": "ab", "k": "v"}
    assert [item.id for item in revisions.list(model.id, published=True)] == [first.id]
    revisions.delete(model.id, second.id)
    assert revisions.retrieve(model.id, second.id) is None
    refuses(
        CogniteAPIError, lambda: revisions.create(model.id, ThreeDModelRevisionWrite(file_id=1, published=False)), "not found")


def case_e57_extraction():
    """The SDK's own class drops nonce and pipelineConfiguration, so the body goes by its plain `post`."""
    data_set = client.data_sets.retrieve(external_id="sandbox").id
    model = client.three_d.models.create(name="scans", data_set_id=data_set)
    scan = client.files.upload_bytes(b"ASTM-E57" + bytes(5000), name="scan.e57", external_id="e57", overwrite=True)
    url = f"/api/v1/projects/sandbox/3d/models/{model.id}/revisions"

    def create(nonce):
        options = {"extractPhotosphereImages": True, "dmsInstancesSpaceId": SPACE}
        body = {"items": [{"fileId": scan.id, "nonce": nonce, "pipelineConfiguration": {"indexingOptions": options}}]}
        return client.post(url, json=body, headers={"cdf-version": "20230101-beta"}).json()["items"][0]["id"]

    nonce = client.iam.sessions.create(ClientCredentials("sandbox", "sandbox")).nonce
    revision = create(nonce)
    refuses(CogniteAPIError, lambda: create(nonce), "nonce")
    for _ in range(3):
        status = client.three_d.revisions.retrieve(model.id, revision).status
    assert status == "Done", status
    lines = client.get(f"{url}/{revision}/logs", params={"severity": 3}).json()["items"]
    assert [line["severity"] for line in lines] == [3, 3, 3] and lines[-1]["info"].endswith("Done")
    found = client.data_modeling.instances.list(sources=view("Image360"), space=SPACE, limit=None)
    made = [item for item in found if item.external_id.startswith("e57_")]
    assert len(made) == 1
    for face in FACES:
        stored = client.files.retrieve(external_id=made[0][f"cubeMap{face}"])
        assert stored.uploaded and stored.data_set_id == data_set
        assert client.files.download_bytes(id=stored.id).startswith(b"\xff\xd8\xff")


def main():
    passed = failed = 0
    for name, run in list((globals() | vars(core_cases) | vars(report_cases) | vars(setup_cases)).items()):
        if not name.startswith("case_"):
            continue
        try:
            run()
            passed += 1
            print(f"ok      {name[5:]}")
        except Exception:
            failed += 1
            print(f"FAILED  {name[5:]}")
            traceback.print_exc(file=sys.stdout)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
