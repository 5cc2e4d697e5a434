// The 360° view of a station: a cube of six pictures around the eye, turned as the viewer of CDF turns it.
// Directions are those of the CDF frame: +X, +Y, +Z up; a heading is clockwise from +Y, as seen from above. All in degrees.
(() => {
    "use strict";
    const view = document.querySelector("[data-preview]");
    if (!view) return;
    // The unfolded cube, with the addresses of the pictures; it comes later where nothing has been accepted yet.
    const net = () => document.querySelector("[data-rotation]");

    const { FACES } = CubePicture;
    // The angle of view, from top to bottom.
    const ANGLE = { least: 15, usual: 75, most: 110 };
    const DEGREE = Math.PI / 180;

    const section = view.closest("[data-needs-script]");
    const output = section.querySelector("[data-heading]");
    // For screen readers, once the view comes to rest.
    const spoken = section.querySelector("[data-spoken]");
    const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
    const round = (degrees) => Math.round(degrees * 10) / 10;
    const turn = (degrees) => ((degrees % 360) + 360) % 360;
    // -0 and 360 after rounding are 0.
    const shown = (degrees) => round(degrees) + 0 || 0;
    const shownHeading = () => shown(turn(round(heading)));

    const make = (name, className, parent) => {
        const element = document.createElement(name);
        element.className = className;
        parent.append(element);
        return element;
    };

    let rotation = [];
    let heading = 0;
    let pitch = 0;
    let angle = ANGLE.usual;

    // From the cube's frame to CDF's.
    const turned = (v) => [0, 3, 6].map((row) => dot(rotation.slice(row, row + 3), v));
    // And back: the matrix is a rotation.
    const turnedBack = (v) => [0, 1, 2].map((column) => dot([0, 3, 6].map((row) => rotation[row + column]), v));
    const headingOf = (v) => Math.atan2(v[0], v[1]) / DEGREE;
    const pitchOf = (v) => Math.asin(clamp(v[2], -1, 1)) / DEGREE;

    const canvas = make("canvas", "preview-picture", view);
    const context = canvas.getContext("2d", { alpha: false });
    const textures = {};
    const labels = {};
    for (const face of Object.keys(FACES)) {
        const label = make("div", "preview-label", view);
        make("span", "preview-name", label).textContent = face;
        labels[face] = label;
    }
    const horizon = make("div", "preview-horizon", view);
    horizon.append("horizon");
    const compass = make("div", "preview-compass", view);
    compass.setAttribute("aria-hidden", "true");
    const marks = [];
    for (let degrees = 0; degrees < 360; degrees += 15) {
        const mark = make("span", degrees % 45 === 0 ? "preview-tick long" : "preview-tick", compass);
        mark.textContent = { 0: "N", 90: "E", 180: "S", 270: "W" }[degrees] ?? (degrees % 45 === 0 ? `${degrees}°` : "");
        marks.push({ mark, at: () => degrees });
    }
    for (const face of Object.keys(FACES)) {
        const mark = make("span", "preview-tick named", compass);
        mark.textContent = face;
        const middle = () => turned(FACES[face].middle);
        marks.push({ mark, at: () => (Math.abs(pitchOf(middle())) < 60 ? headingOf(middle()) : null) });
    }
    make("span", "preview-needle", compass);

    // Where it looks: forwards, to the right and up, in CDF's frame.
    const axes = () => {
        const [sh, ch] = [Math.sin(heading * DEGREE), Math.cos(heading * DEGREE)];
        const [sp, cp] = [Math.sin(pitch * DEGREE), Math.cos(pitch * DEGREE)];
        return { ahead: [sh * cp, ch * cp, sp], right: [ch, -sh, 0], up: [-sh * sp, -ch * sp, cp] };
    };

    const distance = () => view.clientHeight / 2 / Math.tan((angle / 2) * DEGREE);

    const faceAhead = () => {
        const { ahead } = axes();
        const looks = (face) => dot(turned(FACES[face].middle), ahead);
        return Object.keys(FACES).reduce((best, face) => (looks(face) > looks(best) + 1e-9 ? face : best));
    };

    // The canvas: coarse and quick while it moves, fine once it rests.
    const paint = (looks, isMoving) => {
        const scale = isMoving ? 1 : Math.min(devicePixelRatio, 2);
        const [width, height] = [view.clientWidth, view.clientHeight].map((size) => Math.max(1, Math.round(size * scale)));
        if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
        const own = Object.fromEntries(Object.entries(looks).map(([name, v]) => [name, turnedBack(v)]));
        CubePicture.draw(context, textures, own, distance() * scale, !isMoving);
    };

    // Puts an element where a direction is seen; hides it where that is outside or behind.
    const place = (element, v, { ahead, right, up }, eye) => {
        const depth = dot(v, ahead);
        const [x, y] = [dot(v, right), -dot(v, up)].map((value) => (value / depth) * eye);
        element.hidden = depth < 0.1 || Math.abs(x) > view.clientWidth || Math.abs(y) > view.clientHeight;
        if (!element.hidden) element.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
    };

    const draw = (isMoving) => {
        frame = null;
        const looks = axes();
        const eye = distance();
        paint(looks, isMoving);
        for (const [face, { middle, down }] of Object.entries(FACES)) {
            // The name is near the upper edge; what is said instead of a picture is in the middle.
            const up = textures[face] ? -0.85 : 0;
            place(labels[face], turned(middle.map((value, axis) => value + up * down[axis])), looks, eye);
        }
        const below = eye * Math.tan(clamp(pitch, -89, 89) * DEGREE);
        horizon.style.transform = `translateY(${clamp(below, -9999, 9999)}px)`;
        for (const { mark, at } of marks) {
            const degrees = at();
            const off = degrees === null ? 180 : turn(degrees - heading + 180) - 180;
            mark.hidden = Math.abs(off) > 80;
            if (!mark.hidden) mark.style.transform = `translateX(${eye * Math.tan(off * DEGREE)}px) translateX(-50%)`;
        }
        output.textContent = `Heading ${shownHeading()}°, pitch ${shown(pitch)}°: ${faceAhead()}`;
        clearTimeout(resting);
        if (isMoving) resting = setTimeout(() => draw(false), 120);
    };

    let frame = null;
    let resting = null;
    let writing = null;
    // The address follows, so that a view can be sent as a link. Browsers allow only so many changes of it.
    const write = () => {
        writing = null;
        spoken.textContent = output.textContent;
        history.replaceState(history.state, "", `#heading=${shownHeading()}&pitch=${shown(pitch)}`);
    };
    const redraw = () => (frame ??= requestAnimationFrame(() => draw(true)));
    const look = (newHeading, newPitch) => {
        heading = turn(newHeading);
        pitch = clamp(newPitch, -90, 90);
        redraw();
        writing ??= setTimeout(write, 150);
    };
    const zoom = (factor) => {
        angle = clamp(angle * factor, ANGLE.least, ANGLE.most);
        redraw();
    };

    // To the middle of a face; straight up or down, so that the face stands upright.
    const lookAt = (face) => {
        const middle = turned(FACES[face].middle);
        const above = turned(FACES[face].down).map((value) => -value);
        if (Math.abs(middle[2]) < 0.9999) return [headingOf(middle), pitchOf(middle)];
        const upright = middle[2] > 0 ? [-above[0], -above[1], 0] : above;
        return [headingOf(upright), middle[2] > 0 ? 90 : -90];
    };

    const read = () => {
        const fields = new URLSearchParams(location.hash.slice(1));
        const number = (name) => (fields.get(name)?.trim() ? Number(fields.get(name)) : NaN);
        const [newHeading, newPitch] = [number("heading"), number("pitch")];
        if (!Number.isFinite(newHeading) && !Number.isFinite(newPitch)) return false;
        if (Number.isFinite(newHeading)) heading = turn(newHeading);
        pitch = Number.isFinite(newPitch) ? clamp(newPitch, -90, 90) : 0;
        redraw();
        return true;
    };

    // Pictures. A face whose file is gone has words instead, from the unfolded cube.
    const loaded = {};
    const refused = {};
    // Why there is no picture at an address, in the server's words; what may be there later is asked for again with the next change.
    const refusal = async (address) => {
        try {
            const answer = await fetch(address, { headers: { Accept: "text/plain" } });
            if (!answer.ok) return { words: (await answer.text()).trim(), isFinal: answer.status !== 503 };
        } catch {
            // The connection is gone, which the page says.
        }
        return { words: "This face could not be loaded.", isFinal: false };
    };
    const load = async () => {
        const size = view.clientWidth * devicePixelRatio > 700 ? 1024 : 512;
        const show = async (face) => {
            const figure = net().querySelector(`[data-face="${face}"]`);
            const address = figure?.dataset.picture;
            const key = address ?? figure?.textContent ?? "";
            if (loaded[face] === key) return;
            loaded[face] = key;
            let words = figure?.querySelector("[data-words]")?.textContent ?? "This face cannot be shown.";
            let fresh;
            if (address) {
                const image = new Image();
                image.src = `${address}&size=${size}`;
                try {
                    await image.decode();
                    fresh = CubePicture.texture(image, Math.min(size, image.naturalWidth));
                } catch {
                    const why = await refusal(`${address}&size=${size}`);
                    words = why.words;
                    if (!why.isFinal && loaded[face] === key) loaded[face] = null;
                }
            }
            if (loaded[face] !== key && loaded[face] !== null) return;
            refused[face] = address && !fresh ? words : null;
            textures[face] = fresh;
            labels[face].querySelector("p")?.remove();
            if (!fresh) make("p", "preview-words", labels[face]).textContent = words;
        };
        view.setAttribute("aria-busy", "true");
        await Promise.all(Object.keys(FACES).map(show));
        draw(false);
        // In the unfolded cube they stand in place of the picture.
        for (const image of net().querySelectorAll("[data-face] img")) {
            const words = refused[image.closest("[data-face]").dataset.face];
            if (words) image.alt = words;
        }
        view.dataset.faces = Object.values(textures).filter(Boolean).length;
        view.setAttribute("aria-busy", "false");
    };

    let isShown = false;
    const refresh = () => {
        if (!net()) return;
        const fresh = net().dataset.rotation.split(" ").map(Number);
        if (fresh.join() !== rotation.join()) {
            rotation = fresh;
            // A pose that comes later turns the view, unless somebody has.
            if (isShown && !location.hash) [heading, pitch] = lookAt("front");
            if (isShown) redraw();
        }
        if (!isShown) {
            isShown = true;
            section.hidden = false;
            if (!read()) [heading, pitch] = lookAt("front");
            draw(false);
        }
        load();
    };

    // Keys.
    const keys = (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const step = (event.shiftKey ? 1 : 5) * Math.min(1, angle / ANGLE.usual);
        const actions = {
            ArrowLeft: () => look(heading - step, pitch),
            ArrowRight: () => look(heading + step, pitch),
            ArrowUp: () => look(heading, pitch + step),
            ArrowDown: () => look(heading, pitch - step),
            Home: () => look(...lookAt("front")),
            "+": () => zoom(0.8),
            "=": () => zoom(0.8),
            "-": () => zoom(1.25),
            _: () => zoom(1.25),
            0: () => zoom(ANGLE.usual / angle),
        };
        if (!Object.hasOwn(actions, event.key)) return;
        event.preventDefault();
        actions[event.key]();
    };
    view.addEventListener("keydown", keys);

    // Dragging takes hold of the picture; two fingers zoom.
    const pointers = new Map();
    const spread = () => {
        const [one, other] = [...pointers.values()];
        return Math.hypot(one.x - other.x, one.y - other.y);
    };
    view.addEventListener("pointerdown", (event) => {
        if (event.pointerType === "mouse" && event.button !== 0) return;
        view.setPointerCapture(event.pointerId);
        pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
        view.classList.add("held");
    });
    view.addEventListener("pointermove", (event) => {
        const before = pointers.get(event.pointerId);
        if (!before) return;
        const gap = pointers.size === 2 ? spread() : 0;
        pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
        if (pointers.size === 1) {
            const perPixel = 1 / distance() / DEGREE;
            look(heading - (event.clientX - before.x) * perPixel, pitch + (event.clientY - before.y) * perPixel);
        } else if (gap > 0 && pointers.size === 2) {
            zoom(gap / Math.max(1, spread()));
        }
    });
    const release = (event) => {
        pointers.delete(event.pointerId);
        if (pointers.size === 0) view.classList.remove("held");
    };
    view.addEventListener("pointerup", release);
    view.addEventListener("pointercancel", release);
    // The wheel scrolls the page, unless the view is what one works with.
    view.addEventListener("wheel", (event) => {
        if (document.activeElement !== view) return;
        event.preventDefault();
        zoom(Math.exp(clamp(event.deltaY, -200, 200) / 400));
    }, { passive: false });

    section.querySelectorAll("[data-look]").forEach((button) =>
        button.addEventListener("click", () => look(...lookAt(button.dataset.look))));
    section.querySelectorAll("[data-zoom]").forEach((button) =>
        button.addEventListener("click", () => zoom(Number(button.dataset.zoom))));

    refresh();
    addEventListener("hashchange", read);
    new ResizeObserver(() => isShown && redraw()).observe(view);
    document.addEventListener("drop360:updated", refresh);
})();

// How the edges of the faces meet: comparing them takes a moment, so it comes after the page.
(() => {
    "use strict";
    let address = null;
    let known = null;
    const mark = () => {
        for (const edge of document.querySelectorAll("[data-edge]")) {
            const seam = known?.querySelector(`[data-sides~="${edge.dataset.edge}"]`);
            edge.dataset.match = seam?.dataset.match ?? "";
            edge.title = seam?.textContent ?? "";
        }
    };
    const refresh = async () => {
        const place = document.getElementById("seams");
        const wanted = document.querySelector("[data-seams-from]")?.dataset.seamsFrom;
        mark();
        if (!place || !wanted || wanted === address) return;
        address = wanted;
        try {
            const answer = await fetch(address, { headers: { Accept: "text/html" } });
            const page = new DOMParser().parseFromString(await answer.text(), "text/html");
            const seams = page.querySelector("[data-seams]");
            if (address !== wanted) return;
            if (!seams) {
                place.textContent = page.querySelector("main h1 + p")?.textContent ?? "";
                return;
            }
            known = document.importNode(seams, true);
            place.replaceChildren(known);
            mark();
        } catch {
            // The link that stands there leads to the same.
        }
    };
    refresh();
    document.addEventListener("drop360:updated", refresh);
})();
