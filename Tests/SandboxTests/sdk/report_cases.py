"""Extraction pipelines, labels, security categories and data sets by the SDK."""

from cognite.client.data_classes import (
    ExtractionPipelineRunWrite, ExtractionPipelineWrite, FileMetadataUpdate, Label, LabelDefinitionWrite,
    SecurityCategoryWrite)
from cognite.client.exceptions import CogniteAPIError, CogniteNotFoundError

from connection import client, refuses


def run(status, message=None, pipeline="sandbox"):
    written = ExtractionPipelineRunWrite(extpipe_external_id=pipeline, status=status, message=message)
    return client.extraction_pipelines.runs.create(written)


def case_pipeline_runs():
    assert run("seen", "heartbeat").status == "seen"
    assert client.extraction_pipelines.runs.list(external_id="sandbox")[0].message == "heartbeat"
    assert run("failure", "x" * 1000).message == "x" * 1000
    refuses(CogniteAPIError, lambda: run("failure", "x" * 1001), "1000")
    refuses(CogniteNotFoundError, lambda: run("seen", pipeline="nobody"), "nobody")
    assert run("success").status == "success"


def case_pipelines():
    data_set = client.data_sets.retrieve(external_id="sandbox").id
    written = ExtractionPipelineWrite(external_id="ep_360", name="drop360", data_set_id=data_set, source="drop360")
    assert client.extraction_pipelines.create(written).external_id == "ep_360"
    run("success", pipeline="ep_360")
    read = client.extraction_pipelines.retrieve(external_id="ep_360")
    assert read.data_set_id == data_set and read.last_success and not read.last_failure
    assert client.extraction_pipelines.retrieve(external_id="nobody") is None


def case_labels():
    written = LabelDefinitionWrite(external_id="images-360", name="360° images")
    assert client.labels.create(written).name == "360° images"
    assert [item.external_id for item in client.labels.list(external_id_prefix="images")] == ["images-360"]
    assert client.labels.retrieve("nobody", ignore_unknown_ids=True) is None
    made = client.files.upload_bytes(
        b"x", name="l.jpg", external_id="labelled", labels=[Label("images-360")], overwrite=True)
    assert made.labels[0].external_id == "images-360"
    refuses(
        CogniteAPIError,
        lambda: client.files.upload_bytes(b"x", name="l.jpg", external_id="l", labels=[Label("nobody")]), "nobody")


def case_security_categories():
    made = client.iam.security_categories.create(SecurityCategoryWrite(name="plant"))
    assert "plant" in [item.name for item in client.iam.security_categories.list(limit=None)]
    stored = client.files.upload_bytes(
        b"x", name="s.jpg", external_id="secret", security_categories=[made.id], overwrite=True)
    assert stored.security_categories == [made.id]


def case_file_corrections():
    client.files.upload_bytes(b"x", name="c.jpg", external_id="corrected", directory="/a", source="s", overwrite=True)
    update = (
        FileMetadataUpdate(external_id="corrected").directory.set("/b").source.set("t").source_created_time.set(5)
        .labels.add(["images-360"]))
    read = client.files.update(update)
    assert (read.directory, read.source, read.source_created_time) == ("/b", "t", 5)
    assert read.labels[0].external_id == "images-360"
