"""A site of the core data model, written, read, asked for and deleted by the SDK's own classes and calls."""

import datetime
import math
import pathlib
import tempfile

from cognite.client.data_classes import filters
from cognite.client.data_classes.data_modeling import ContainerId, NodeApply, NodeId, NodeOrEdgeData, ViewId
from cognite.client.data_classes.data_modeling.cdm.v1 import (
    Cognite360Image, Cognite360ImageApply, Cognite360ImageCollection, Cognite360ImageCollectionApply,
    Cognite360ImageStation, Cognite360ImageStationApply, Cognite3DModel, Cognite3DRevisionApply, CogniteFile,
    CogniteFileApply, CogniteSourceSystemApply)
from cognite.client.data_classes.data_modeling.query import NodeResultSetExpression, Query, Select, SourceSelector
from cognite.client.exceptions import CogniteAPIError, CogniteFileUploadError

from connection import SPACE, client, reference, refuses, shape

FACES = ["front", "back", "left", "right", "top", "bottom"]
TAKEN = datetime.datetime(2024, 5, 1, 10, 0, 0, tzinfo=datetime.timezone.utc)
POSE = {
    "translation_x": 12.345678901234567, "translation_y": -3.25, "translation_z": 1e-9,
    "euler_rotation_x": math.pi / 7, "euler_rotation_y": -math.pi / 3, "euler_rotation_z": 3.1, "scale_x": 1.0,
    "scale_y": 1.0, "scale_z": 1.0}
instances = client.data_modeling.instances
files = client.data_modeling.files


def target(external_id):
    return (SPACE, external_id)


def picture(number, face):
    return f"{number} {face}".encode() * 1000


def image(number, **changes):
    members = {face: target(f"core_{number}_{face}") for face in FACES}
    members |= {"collection_360": target("core_coll"), "station_360": target(f"core_st_{number}"), "taken_at": TAKEN}
    return Cognite360ImageApply(SPACE, f"core_img_{number}", **(POSE | members | changes))


def apply(*nodes, creating=False):
    return instances.apply(list(nodes), auto_create_direct_relations=creating)


def case_core_file_nodes():
    for number in range(2):
        for face in FACES:
            node = CogniteFileApply(
                SPACE, f"core_{number}_{face}", name=f"{face}.jpg", mime_type="image/jpeg", directory="/360")
            files.upload_bytes(picture(number, face), node)
    read = instances.retrieve_nodes(NodeId(SPACE, "core_0_front"), node_cls=CogniteFile)
    assert read.is_uploaded and read.uploaded_time and (read.name, read.directory) == ("front.jpg", "/360")
    assert files.download_bytes(NodeId(SPACE, "core_1_top")) == picture(1, "top")
    files.upload_content_bytes(b"new", target("core_1_top"))
    assert files.download_bytes(NodeId(SPACE, "core_1_top")) == b"new"
    files.upload_content_bytes(picture(1, "top"), target("core_1_top"))


def case_core_file_by_path():
    content = bytes(range(256)) * 30_000
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "large.jpg"
        path.write_bytes(content)
        files.upload(path, CogniteFileApply(SPACE, "core_large", name="large.jpg", mime_type="image/jpeg"))
        files.download_to_path(pathlib.Path(folder) / "back", target("core_large"))
        assert (pathlib.Path(folder) / "back").read_bytes() == content
    assert instances.retrieve_nodes(NodeId(SPACE, "core_large"), node_cls=CogniteFile).is_uploaded


def case_core_file_known_late():
    """The SDK waits for the file service once with its one retry; what is no file's node it does not wait for."""
    for status, tells in [(400, True), (404, True), (404, False), (422, True)]:
        shape(lateFiles={"refusals": 1, "status": status, "missing": tells})
        name = f"core_late_{status}_{tells}"
        files.upload_bytes(b"late", CogniteFileApply(SPACE, name, name="late.jpg", mime_type="image/jpeg"))
        assert files.download_bytes(NodeId(SPACE, name)) == b"late"
    shape()
    refuses(CogniteFileUploadError, lambda: files.upload_content_bytes(b"x", target("nobody")), "does not exist")
    apply(NodeApply(SPACE, "core_plain"))
    refuses(CogniteFileUploadError, lambda: files.upload_content_bytes(b"x", target("core_plain")), "not a file node")


def case_core_relations():
    refuses(CogniteAPIError, lambda: apply(image(0)), "does not exist")
    refuses(CogniteAPIError, lambda: apply(image(0), creating=True), "does not exist")
    apply(NodeApply(SPACE, "core_coll"))
    stations = [
        Cognite360ImageStationApply(SPACE, f"core_st_{number}", name=f"00{number}", group_type="Station360")
        for number in range(2)]
    apply(*stations)
    refuses(CogniteAPIError, lambda: apply(image(0)), "no data in the container 'cdf_cdm_3d:Cognite3DRevision'")
    wrong = image(0, front=target("core_st_0"), collection_360=None)
    refuses(CogniteAPIError, lambda: apply(wrong), "no data in the container 'cdf_cdm:CogniteFile'")


def case_core_site():
    apply(Cognite360ImageCollectionApply(
        SPACE, "core_coll", name="Area 03", status="Done", published=True, revision_type="Image360"))
    # The SDK's `models.create` has neither type nor space.
    body = {"items": [{"name": "Area 03", "space": SPACE, "type": "Image360"}]}
    made = client.post("/api/v1/projects/sandbox/3d/models", json=body).json()["items"][0]["id"]
    model = f"cog_3d_model_{made}"
    assert instances.retrieve_nodes(NodeId(SPACE, model), node_cls=Cognite3DModel).model_type == "Image360"
    apply(Cognite3DRevisionApply(SPACE, "core_coll", model_3d=target(model)))
    result = apply(image(0), image(1))
    assert [item.was_modified for item in result.nodes] == [True, True]
    assert not apply(image(0)).nodes[0].was_modified
    collection = instances.retrieve_nodes(NodeId(SPACE, "core_coll"), node_cls=Cognite360ImageCollection)
    assert (collection.name, collection.revision_type, collection.published) == ("Area 03", "Image360", True)
    assert collection.model_3d.external_id == model


def case_core_read_back():
    read = instances.retrieve_nodes(NodeId(SPACE, "core_img_1"), node_cls=Cognite360Image)
    for name, value in POSE.items():
        assert math.isclose(getattr(read, name), value, abs_tol=1e-9), name
    assert read.taken_at == TAKEN and read.station_360.external_id == "core_st_1"
    station = instances.retrieve_nodes(NodeId(SPACE, "core_st_1"), node_cls=Cognite360ImageStation)
    assert (station.name, station.group_type) == ("001", "Station360")
    for face in FACES:
        file = getattr(read, face)
        assert files.download_bytes(NodeId(file.space, file.external_id)) == picture(1, face)
    containers = instances.retrieve(NodeId(SPACE, "core_img_1"), sources=ViewId("cdf_cdm", "CogniteCubeMap", "v1"))
    assert containers.nodes[0]["front"] == reference("core_1_front")


def case_core_query():
    """The viewer's query, page by page: the SDK sends a null cursor for each expression on the first one."""
    def container(name):
        return ContainerId("cdf_cdm_3d", name)

    def core(name):
        return ViewId("cdf_cdm", name, "v1")

    is_collection = filters.And(
        filters.InstanceReferences([target("core_coll"), target("core_st_0")]),
        filters.And(
            filters.HasData(containers=[container("Cognite3DRevision")]),
            filters.Equals(["cdf_cdm_3d", "Cognite3DRevision", "type"], "Image360")))
    query = Query(
        with_={
            "collections": NodeResultSetExpression(filter=is_collection, limit=2),
            "images": NodeResultSetExpression(
                from_="collections", through=core("Cognite360Image").as_property_ref("collection360"),
                direction="inwards", filter=filters.HasData(containers=[container("Cognite360Image")]), limit=1),
            "stations": NodeResultSetExpression(
                from_="images", through=core("Cognite360Image").as_property_ref("station360"), direction="outwards",
                filter=filters.HasData(containers=[container("Cognite3DGroup")]), limit=1),
        },
        select={
            "collections": Select([SourceSelector(core("Cognite360ImageCollection"), ["name"])]),
            "images": Select([SourceSelector(core("Cognite360Image"), ["*"])]),
            "stations": Select([SourceSelector(core("Cognite360ImageStation"), ["name"])]),
        })
    assert query.cursors == {"collections": None, "images": None, "stations": None}, query.cursors
    names, stations = [], []
    for _ in range(2):
        found = instances.query(query)
        assert [item.external_id for item in found["collections"]] == ["core_coll"]
        names += [item.external_id for item in found["images"]]
        stations += [item.properties[core("Cognite360ImageStation")]["name"] for item in found["stations"]]
        query.cursors = {"collections": None, "images": found.cursors.get("images"), "stations": None}
    assert names == ["core_img_0", "core_img_1"] and stations == ["000", "001"], (names, stations)
    assert query.cursors["images"] is None


def case_core_containers():
    """Nodes can be written through containers, if a container's own needs are met."""
    def write(container, **properties):
        space = "cdf_cdm_3d" if container.startswith("Cognite3D") else "cdf_cdm"
        return NodeOrEdgeData(ContainerId(space, container), properties)

    collection = NodeApply(SPACE, "core_by_container", sources=[
        write("Cognite3DRevision", status="Done", published=True, type="Image360"),
        write("CogniteDescribable", name="By container")])
    apply(collection)
    read = instances.retrieve(NodeId(SPACE, "core_by_container"), sources=ViewId("cdf_cdm", "Cognite3DRevision", "v1"))
    assert read.nodes[0]["published"] is True
    refuses(
        CogniteAPIError, lambda: apply(NodeApply(SPACE, "core_f", sources=[write("CogniteFile", mimeType="image/png")])),
        "requires the container")
    apply(CogniteSourceSystemApply(SPACE, "core_source", name="Scanner"))
    apply(CogniteFileApply(SPACE, "core_f", name="f", source=target("core_source")))


def case_core_conflicts():
    taken = Cognite360ImageStationApply(SPACE, "core_st_0", name="mine", existing_version=0)
    refuses(CogniteAPIError, lambda: apply(taken), "version conflict")
    assert instances.retrieve_nodes(NodeId(SPACE, "core_st_0"), node_cls=Cognite360ImageStation).name == "000"
    uploaded = NodeApply(SPACE, "core_f", sources=[
        NodeOrEdgeData(ViewId("cdf_cdm", "CogniteFile", "v1"), {"isUploaded": True})])
    refuses(CogniteAPIError, lambda: apply(uploaded), "belongs to the file service")


def case_core_delete():
    names = ["core_img_1"] + [f"core_1_{face}" for face in FACES]
    deleted = instances.delete([NodeId(SPACE, name) for name in names])
    assert len(deleted.nodes) == 7
    assert client.files.retrieve(instance_id=NodeId(SPACE, "core_1_front")) is None
    assert instances.retrieve_nodes(NodeId(SPACE, "core_1_front"), node_cls=CogniteFile) is None
    assert client.files.retrieve(instance_id=NodeId(SPACE, "core_0_front")).uploaded
