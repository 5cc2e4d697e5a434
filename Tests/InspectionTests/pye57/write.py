"""Writes an E57 file with libE57 (pye57), as an independent check of what drop360 reads.

    pip install pye57 pillow
    python write.py FACES PANORAMA.jpg OUT.e57

FACES is a folder with front.jpg … bottom.jpg, a cube as the viewer has it. The first position are these six faces as pinhole images, turned
and placed by CUBE; the second one is the panorama as a spherical image. Poses are computed here from the standard's text alone: a camera looks
along its own -z, x is to the right, y is up.
"""

import math
import sys

from PIL import Image
from pye57 import libe57 as e57

# A heading of 30 degrees and some tilt.
CUBE = (0.9569402, 0.0868241, -0.0449435, 0.2725893)
PLACE = (12.5, -3.25, 1.75)
SPHERE = (0.8775826, 0.0, 0.0, 0.4794255)
SPHERE_PLACE = (-4.0, 8.0, 1.5)
# GPS seconds of 2026-05-01T10:00:00Z: 18 leap seconds since 1980.
TIME = 1461664818.0


def unit(q):
    n = math.sqrt(sum(c * c for c in q))
    return tuple(c / n for c in q)


def times(a, b):
    w, x, y, z = a
    v, p, q, r = b
    return (
        w * v - x * p - y * q - z * r,
        w * p + x * v + y * r - z * q,
        w * q - x * r + y * v + z * p,
        w * r + x * q - y * p + z * v,
    )


def about(axis, degrees):
    s = math.sin(math.radians(degrees) / 2)
    return (math.cos(math.radians(degrees) / 2),) + tuple(s * c for c in axis)


# From the camera (looks along -z, y up) to the cube (front looks along -Y, left is +X, top is +Z): the front camera first tilts up by 90 degrees,
# which makes it look along +Y with Z up, and then turns round.
def side(turn):
    return times(about((0, 0, 1), 180 + turn), about((1, 0, 0), 90))


CAMERAS = {
    "front": side(0),
    # Seen from above, left of front is counterclockwise.
    "left": side(90),
    "back": side(180),
    "right": side(-90),
    "top": times(side(0), about((1, 0, 0), 90)),
    "bottom": times(side(0), about((1, 0, 0), -90)),
}


def floats(file, names, values):
    node = e57.StructureNode(file)
    for name, value in zip(names, values):
        node.set(name, e57.FloatNode(file, value))
    return node


def pose(file, rotation, translation):
    node = e57.StructureNode(file)
    node.set("rotation", floats(file, "wxyz", unit(rotation)))
    node.set("translation", floats(file, "xyz", translation))
    return node


def time(file):
    node = e57.StructureNode(file)
    node.set("dateTimeValue", e57.FloatNode(file, TIME))
    node.set("isAtomicClockReferenced", e57.IntegerNode(file, 0))
    return node


def image(file, images, number, name, rotation, translation, kind, path, numbers):
    data = open(path, "rb").read()
    width, height = Image.open(path).size
    node = e57.StructureNode(file)
    images.append(node)
    node.set("guid", e57.StringNode(file, "{00000000-0000-4000-8000-%012d}" % number))
    node.set("name", e57.StringNode(file, name))
    node.set("acquisitionDateTime", time(file))
    node.set("pose", pose(file, rotation, translation))
    shown = e57.StructureNode(file)
    node.set(kind, shown)
    blob = e57.BlobNode(file, len(data))
    shown.set("jpegImage", blob)
    shown.set("imageWidth", e57.IntegerNode(file, width))
    shown.set("imageHeight", e57.IntegerNode(file, height))
    for key, value in numbers(width, height).items():
        shown.set(key, e57.FloatNode(file, value))
    blob.write(bytearray(data), 0, len(data))


def pinhole(width, height):
    return {
        "focalLength": 0.5,
        "pixelWidth": 1 / width,
        "pixelHeight": 1 / height,
        "principalPointX": width / 2,
        "principalPointY": height / 2,
    }


def sphere(width, height):
    return {"pixelWidth": 2 * math.pi / width, "pixelHeight": math.pi / height}


def main(faces, panorama, out):
    file = e57.ImageFile(out, "w")
    root = file.root()
    file.extensionsAdd("", e57.E57_V1_0_URI)
    root.set("formatName", e57.StringNode(file, "ASTM E57 3D Imaging Data File"))
    root.set("guid", e57.StringNode(file, "{11111111-0000-4000-8000-000000000000}"))
    root.set("versionMajor", e57.IntegerNode(file, 1))
    root.set("versionMinor", e57.IntegerNode(file, 0))
    root.set("data3D", e57.VectorNode(file, True))
    images = e57.VectorNode(file, True)
    root.set("images2D", images)
    number = 0
    for face, camera in CAMERAS.items():
        rotation = times(unit(CUBE), camera)
        number += 1
        image(file, images, number, "Setup 1", rotation, PLACE, "pinholeRepresentation", f"{faces}/{face}.jpg", pinhole)
    image(file, images, 7, "Setup 2", SPHERE, SPHERE_PLACE, "sphericalRepresentation", panorama, sphere)
    file.close()


main(*sys.argv[1:])
