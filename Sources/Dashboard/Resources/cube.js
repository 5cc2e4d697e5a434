// The picture of a cube of six faces, seen from its middle: drawn pixel by pixel into a canvas, by the table of CDF's viewer (contract A.5).
// Not by WebGL, which many desks have not without a graphics card, nor by CSS transforms, of which Chromium leaves out parts of large faces.
const CubePicture = (() => {
    "use strict";
    // Where the middle of each face looks, and where the right and the lower edge of its picture are from there, in the cube's frame.
    const FACES = {
        front: { middle: [0, -1, 0], right: [-1, 0, 0], down: [0, 0, -1] },
        right: { middle: [-1, 0, 0], right: [0, 1, 0], down: [0, 0, -1] },
        back: { middle: [0, 1, 0], right: [1, 0, 0], down: [0, 0, -1] },
        left: { middle: [1, 0, 0], right: [0, -1, 0], down: [0, 0, -1] },
        top: { middle: [0, 0, 1], right: [-1, 0, 0], down: [0, -1, 0] },
        bottom: { middle: [0, 0, -1], right: [-1, 0, 0], down: [0, 1, 0] },
    };
    const EMPTY = { edge: 1, texels: new Uint32Array([0xff49413a]) };

    // The pixels of a loaded image, as four bytes each.
    const texture = (image, edge) => {
        const canvas = new OffscreenCanvas(edge, edge);
        const context = canvas.getContext("2d", { willReadFrequently: true });
        context.drawImage(image, 0, 0, edge, edge);
        return { edge, texels: new Uint32Array(context.getImageData(0, 0, edge, edge).data.buffer) };
    };

    // Two of the three channels at a time, in steps of 1/256.
    const mix = (a, b, part) => {
        const pair = ((a & 0xff00ff) + ((((b & 0xff00ff) - (a & 0xff00ff)) * part) >> 8)) & 0xff00ff;
        const green = ((a & 0xff00) + ((((b & 0xff00) - (a & 0xff00)) * part) >> 8)) & 0xff00;
        return pair | green | 0xff000000;
    };

    // The colour between four texels.
    const smooth = (face, x, y) => {
        const edge = face.edge;
        const texels = face.texels;
        const left = Math.max(0, Math.floor(x - 0.5));
        const top = Math.max(0, Math.floor(y - 0.5));
        const right = Math.min(edge - 1, left + 1);
        const bottom = Math.min(edge - 1, top + 1);
        const across = Math.max(0, (x - 0.5 - left) * 256) | 0;
        const down = Math.max(0, (y - 0.5 - top) * 256) | 0;
        const above = mix(texels[top * edge + left], texels[top * edge + right], across);
        const below = mix(texels[bottom * edge + left], texels[bottom * edge + right], across);
        return mix(above, below, down);
    };

    // Draws what an eye in the middle sees. `ahead`, `right` and `up` are unit vectors in the cube's frame; `distance` is that of the picture
    // from the eye, in pixels of the canvas. Returns nothing; a face without a texture is grey.
    const draw = (context, textures, { ahead, right, up }, distance, isSmooth) => {
        const { width, height } = context.canvas;
        const picture = context.createImageData(width, height);
        const pixels = new Uint32Array(picture.data.buffer);
        const [front, back, left, other, top, bottom] = ["front", "back", "left", "right", "top", "bottom"]
            .map((face) => textures[face] ?? EMPTY);
        let index = 0;
        for (let row = 0; row < height; row += 1) {
            const below = row + 0.5 - height / 2;
            const startX = ahead[0] * distance - up[0] * below;
            const startY = ahead[1] * distance - up[1] * below;
            const startZ = ahead[2] * distance - up[2] * below;
            for (let column = 0; column < width; column += 1) {
                const beside = column + 0.5 - width / 2;
                const x = startX + right[0] * beside;
                const y = startY + right[1] * beside;
                const z = startZ + right[2] * beside;
                const ax = Math.abs(x);
                const ay = Math.abs(y);
                const az = Math.abs(z);
                let face, a, b;
                if (ay >= ax && ay >= az) {
                    face = y < 0 ? front : back;
                    a = y < 0 ? -x / ay : x / ay;
                    b = -z / ay;
                } else if (ax >= az) {
                    face = x > 0 ? left : other;
                    a = x > 0 ? -y / ax : y / ax;
                    b = -z / ax;
                } else {
                    face = z > 0 ? top : bottom;
                    a = -x / az;
                    b = z > 0 ? -y / az : y / az;
                }
                const edge = face.edge;
                const u = Math.min(edge - 0.001, (a + 1) / 2 * edge);
                const v = Math.min(edge - 0.001, (b + 1) / 2 * edge);
                pixels[index] = isSmooth ? smooth(face, u, v) : face.texels[Math.floor(v) * edge + Math.floor(u)];
                index += 1;
            }
        }
        context.putImageData(picture, 0, 0);
    };

    return { FACES, texture, draw };
})();
