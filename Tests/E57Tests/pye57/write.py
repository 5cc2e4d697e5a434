"""Writes libe57.e57 with libE57 (pye57), as an independent check of what drop360 reads.

    pip install pye57
    python write.py libe57.e57

Two scans, of which one has points, and four images: a sphere with a mask, an image of an extension's kind, one without a guid, and one to look at. The pictures are counting bytes, since
nobody decodes them.
"""

import math
import sys

import numpy as np
from pye57 import libe57 as e57

# GPS seconds of 2026-05-01T10:00:00Z: 18 leap seconds since 1980.
TIME = 1461664818.25


def structure(file, values):
    node = e57.StructureNode(file)
    for name, value in values.items():
        if isinstance(value, str):
            node.set(name, e57.StringNode(file, value))
        elif isinstance(value, int):
            node.set(name, e57.IntegerNode(file, value))
        elif isinstance(value, float):
            node.set(name, e57.FloatNode(file, value))
        elif isinstance(value, dict):
            node.set(name, structure(file, value))
        else:
            node.set(name, value)
    return node


def pose(w, x, y, z, *translation):
    return {"rotation": dict(w=w, x=x, y=y, z=z), "translation": dict(zip("xyz", translation))}


def picture(file, node, name, count):
    data = bytearray(i * 7 % 256 for i in range(count))
    blob = e57.BlobNode(file, count)
    node.set(name, blob)
    blob.write(data, 0, count)


def main(out):
    file = e57.ImageFile(out, "w")
    file.extensionsAdd("", e57.E57_V1_0_URI)
    file.extensionsAdd("ext", "http://example.com/extension")
    root = file.root()
    root.set("formatName", e57.StringNode(file, "ASTM E57 3D Imaging Data File"))
    root.set("guid", e57.StringNode(file, "{file}"))
    root.set("versionMajor", e57.IntegerNode(file, 1))
    root.set("versionMinor", e57.IntegerNode(file, 0))
    scans = e57.VectorNode(file, True)
    root.set("data3D", scans)
    images = e57.VectorNode(file, True)
    root.set("images2D", images)

    hall = structure(file, {
        "guid": "{hall}",
        "name": "Hall <& Söhne>",
        "pose": pose(0.5, 0.5, 0.5, 0.5, 1.25, -2.5, 1e-7),
        "acquisitionStart": {"dateTimeValue": TIME, "isAtomicClockReferenced": 1},
    })
    scans.append(hall)
    prototype = structure(file, {name: e57.FloatNode(file, 0.0) for name in ("cartesianX", "cartesianY", "cartesianZ")})
    points = e57.CompressedVectorNode(file, prototype, e57.VectorNode(file, True))
    hall.set("points", points)
    arrays = [np.arange(10.0) + i for i in range(3)]
    buffers = e57.VectorSourceDestBuffer()
    for name, array in zip(("cartesianX", "cartesianY", "cartesianZ"), arrays):
        buffers.append(e57.SourceDestBuffer(file, name, array, 10, True, True))
    points.writer(buffers).write(10)
    scans.append(structure(file, {"guid": "{yard}"}))

    sphere = structure(file, {
        "guid": "{image-1}",
        "name": "Hall panorama",
        "associatedData3DGuid": "{hall}",
        "sensorVendor": "Maker",
        "sensorModel": "M1",
        "sensorSerialNumber": "7",
        "acquisitionDateTime": {"dateTimeValue": TIME, "isAtomicClockReferenced": 0},
        "pose": pose(0.5, 0.5, 0.5, 0.5, 1.25, -2.5, 1e-7),
        "ext:name": "of an extension",
    })
    images.append(sphere)
    shown = structure(file, {
        "imageWidth": 64,
        "imageHeight": 32,
        "pixelWidth": 2 * math.pi / 64,
        "pixelHeight": math.pi / 32,
    })
    sphere.set("sphericalRepresentation", shown)
    picture(file, shown, "jpegImage", 3000)
    picture(file, shown, "imageMask", 10)

    odd = structure(file, {"guid": "{image-2}", "name": "odd"})
    images.append(odd)
    odd.set("ext:fisheyeRepresentation", structure(file, {"imageWidth": 1}))

    pinhole = structure(file, {"name": "", "pose": pose(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)})
    images.append(pinhole)
    shown = structure(file, {
        "imageWidth": 40,
        "imageHeight": e57.ScaledIntegerNode(file, 300, 0, 1000, 0.1, 0.0),
        "focalLength": 0.02,
        "pixelWidth": 0.001,
        "pixelHeight": e57.FloatNode(file, 0.5, e57.E57_SINGLE, -1.0, 1.0),
        "principalPointX": 20.0,
        "principalPointY": 0.0,
    })
    pinhole.set("pinholeRepresentation", shown)
    picture(file, shown, "pngImage", 1)

    look = structure(file, {"guid": "{image-4}"})
    images.append(look)
    shown = structure(file, {"imageWidth": 2, "imageHeight": 1})
    look.set("visualReferenceRepresentation", shown)
    picture(file, shown, "jpegImage", 2500)
    file.close()


main(*sys.argv[1:])
