"""Stations whose pictures say where each pixel is, and where the viewer of CDF shows it."""

import json
import math

from PIL import Image

# By face: whether red, green and blue are high.
COLOURS = {
    "front": (1, 0, 0), "back": (0, 1, 0), "left": (0, 0, 1),
    "right": (1, 1, 0), "top": (1, 0, 1), "bottom": (0, 1, 1),
}
LOW, HIGH, REACH = 60, 195, 80

# Contract A.5: the direction of the pixel (u, v), with a = 2u - 1 and b = 2v - 1.
DIRECTIONS = {
    "front": lambda a, b: (-a, -1, -b), "back": lambda a, b: (a, 1, -b),
    "left": lambda a, b: (1, -a, -b), "right": lambda a, b: (-1, a, -b),
    "top": lambda a, b: (-a, -b, 1), "bottom": lambda a, b: (-a, b, -1),
}


def face_picture(face, edge=512):
    """Red grows to the right and green downwards, from the face's own colour in the middle; a white block near the upper edge is at
    another place on each face, since drop360 refuses faces that look alike."""
    red, green, blue = (HIGH if high else LOW for high in COLOURS[face])
    picture = Image.new("RGB", (edge, edge))
    offsets = [round(((place + 0.5) / edge - 0.5) * REACH) for place in range(edge)]
    picture.putdata([(red + across, green + down, blue) for down in offsets for across in offsets])
    left, top = edge * (8 + 14 * list(COLOURS).index(face)) // 100, edge * 3 // 100
    picture.paste((255, 255, 255), (left, top, left + edge * 12 // 100, top + edge // 5))
    return picture


def read_colour(colour):
    """The face, u and v that a colour stands for."""
    high = tuple(int(value > 127) for value in colour)
    face = next((name for name, own in COLOURS.items() if own == high), None)
    place = [(value - (HIGH if is_high else LOW)) / REACH + 0.5 for value, is_high in zip(colour, high)]
    return face, place[0], place[1]


def write_station(folder, euler=(0, 0, 0), **sidecar):
    """A station with such faces; `euler` in radians, as CDF has it."""
    folder.mkdir(parents=True)
    for face in COLOURS:
        face_picture(face).save(folder / f"{face}.jpg", quality=95, subsampling=0)
    pose = {
        "site_id": "plant", "translation": {"x": 0, "y": 0, "z": 1.6}, "timeTaken": "2026-05-01T10:00:00Z",
        "rotation": {"euler": dict(zip("xyz", euler))}, **sidecar}
    (folder / "pose.json").write_text(json.dumps(pose))
    return folder


def rotate(euler, v):
    """R · v with R = Rx · Rz · Ry."""
    x, y, z = v
    ex, ey, ez = euler
    x, z = x * math.cos(ey) + z * math.sin(ey), -x * math.sin(ey) + z * math.cos(ey)
    x, y = x * math.cos(ez) - y * math.sin(ez), x * math.sin(ez) + y * math.cos(ez)
    y, z = y * math.cos(ex) - z * math.sin(ex), y * math.sin(ex) + z * math.cos(ex)
    return x, y, z


def direction(euler, face, u, v):
    """Where the viewer shows a pixel: a unit vector in CDF's frame."""
    d = rotate(euler, DIRECTIONS[face](2 * u - 1, 2 * v - 1))
    length = math.hypot(*d)
    return tuple(value / length for value in d)


def heading_and_pitch(d):
    """Degrees: clockwise from +Y, and up from the horizon."""
    return math.degrees(math.atan2(d[0], d[1])) % 360, math.degrees(math.asin(max(-1, min(1, d[2]))))
