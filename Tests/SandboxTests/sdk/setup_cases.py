"""The Toolkit's module in docs/toolkit, read by the SDK's classes and set up in the sandbox."""

import pathlib

import yaml
from cognite.client.data_classes import DataSetWrite, ExtractionPipelineWrite
from cognite.client.data_classes.capabilities import Capability
from cognite.client.data_classes.data_modeling import SpaceApply
from cognite.client.data_classes.iam import GroupWrite

from connection import client

MODULE = pathlib.Path(__file__).resolve().parents[3] / "docs" / "toolkit" / "drop360"
VARIABLES = yaml.safe_load((MODULE / "default.config.yaml").read_text())


def read(path):
    text = path.read_text()
    for name, value in VARIABLES.items():
        text = text.replace("{{" + name + "}}", str(value))
    assert "{{" not in text, path
    return yaml.safe_load(text)


def case_toolkit_groups():
    paths = sorted((MODULE / "auth").glob("*.Group.yaml"))
    assert [path.name.split(".")[0] for path in paths] == ["drop360", "drop360_core", "drop360_e57", "drop360_legacy"]
    for path in paths:
        loaded = read(path)
        # The Toolkit puts the number of a data set in the place of its external id.
        for capability in loaded["capabilities"]:
            for acl in capability.values():
                for scope in acl["scope"].values():
                    if "ids" in scope:
                        scope["ids"] = [1]
        group = GroupWrite.load(loaded)
        assert group.name == path.name.split(".")[0] and group.source_id == VARIABLES["group_source_id"]
        assert all(isinstance(item, Capability) and "Unknown" not in type(item).__name__ for item in group.capabilities)
        assert group.dump()["capabilities"] == loaded["capabilities"], path


def case_toolkit_resources():
    space = SpaceApply.load(read(MODULE / "data_modeling" / "drop360.Space.yaml"))
    assert client.data_modeling.spaces.apply(space).space == VARIABLES["space"]
    data_set = client.data_sets.create(DataSetWrite.load(read(MODULE / "data_sets" / "drop360.DataSet.yaml")))
    pipeline = read(MODULE / "extraction_pipelines" / "drop360.ExtractionPipeline.yaml")
    assert pipeline.pop("dataSetExternalId") == data_set.external_id
    written = ExtractionPipelineWrite.load(pipeline | {"dataSetId": data_set.id, "externalId": "ep_toolkit"})
    assert client.extraction_pipelines.create(written).schedule == "Continuous"
