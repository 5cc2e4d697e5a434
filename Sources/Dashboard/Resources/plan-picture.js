// What is seen of a plan: where it is and how large. While it moves, the picture is one layer that the browser shifts; it is drawn again only
// after zooming. `view` has the size, `world` is in metres with y down, `hooks.marks()` gives
// what stands there; `hooks.moved()` is called on each change, `hooks.drawn()` after drawing.
const PlanPicture = (view, svg, world, hooks) => {
    "use strict";
    const { marks, shapes, moved, drawn: wasDrawn } = hooks;
    let size = { width: 1, height: 1 };
    // `now` is what is seen, `drawn` what the picture was last drawn for: the middle, and pixels for one metre.
    let now = { x: 0, y: 0, k: 1 };
    let drawn = { ...now };
    let radius = 0;
    let settling = null;
    let drawing = 0;

    // The beginning: all that the server's picture shows.
    const frame = /matrix\((\S+) 0 0 \S+ (\S+) (\S+)\)/.exec(world.getAttribute("transform")).slice(1).map(Number);
    const home = { left: -frame[1] / frame[0], right: (1000 - frame[1]) / frame[0], top: -frame[2] / frame[0], bottom: (640 - frame[2]) / frame[0] };

    const onScreen = (x, y) => [(x - now.x) * now.k + size.width / 2, (y - now.y) * now.k + size.height / 2];

    // The picture

    const fill = (all, tails) => {
        const turn = ++drawing;
        // What is in the middle first, and no more at a time than a frame can take.
        const away = (mark) => Math.hypot(mark.x - now.x, mark.y - now.y);
        const order = all.length > 2000 ? all.toSorted((one, other) => away(one) - away(other)) : all;
        const slice = (from) => {
            if (turn !== drawing) return;
            for (const mark of order.slice(from, from + 2000)) {
                mark.path.setAttribute("d", `M${mark.x} ${mark.y}${tails.get(mark.state) ?? tails.get("registered")}`);
            }
            if (from + 2000 < order.length) requestAnimationFrame(() => slice(from + 2000));
        };
        slice(0);
    };
    const outline = (mark) => `M${mark.x} ${mark.y}${PlanMarks.scaled(shapes.get(mark.state) ?? shapes.get("registered"), radius)}`;

    // Marks of constant size, smaller where they are crowded.
    const resize = (isForced = false) => {
        const all = marks();
        const spacing = Math.sqrt((home.right - home.left) * (home.bottom - home.top) / Math.max(all.length, 1)) * drawn.k;
        const pixels = Math.max(2.2, Math.min(7, spacing * 0.3));
        const wanted = pixels / drawn.k;
        if (!isForced && Math.abs(wanted / radius - 1) < 0.05) return;
        radius = wanted;
        fill(all, new Map([...shapes].map(([state, shape]) => [state, PlanMarks.scaled(shape, radius)])));
        const groups = new Map(all.map((mark) => [mark.group, []]));
        for (const mark of all) groups.get(mark.group).push(mark);
        // Arrows and numbers need room.
        const isCrowded = pixels < 3;
        view.classList.toggle("crowded", isCrowded);
        for (const [group, members] of groups) {
            group.querySelector(".plan-headings").setAttribute("d", isCrowded ? "" : PlanMarks.arrows(members, radius));
        }
        for (const { count, x, y } of all.filter((mark) => mark.count)) {
            count.setAttribute("x", x + radius * 1.1);
            count.setAttribute("y", y - radius * 1.1);
            count.setAttribute("font-size", 12 / drawn.k);
        }
        const ring = Math.max(radius * 3.2, 11 / drawn.k);
        for (const path of world.querySelectorAll(".plan-halos path")) {
            const [, x, y] = /^M(-?[\d.]+) (-?[\d.]+)/.exec(path.getAttribute("d"));
            path.setAttribute("d", `M${x} ${y}m${-ring} 0a${ring} ${ring} 0 1 0 ${2 * ring} 0a${ring} ${ring} 0 1 0 ${-2 * ring} 0z`);
        }
    };
    const draw = () => {
        drawn = { ...now };
        world.setAttribute("transform", `matrix(${now.k} 0 0 ${now.k} ${size.width / 2 - now.x * now.k} ${size.height / 2 - now.y * now.k})`);
        svg.style.transform = "";
        resize();
        moved();
        wasDrawn();
    };
    const show = () => {
        const by = now.k / drawn.k;
        const dx = size.width / 2 * (1 - by) + (drawn.x - now.x) * now.k;
        const dy = size.height / 2 * (1 - by) + (drawn.y - now.y) * now.k;
        svg.style.transform = `translate(${dx}px, ${dy}px) scale(${by})`;
        clearTimeout(settling);
        if (by !== 1 || Math.abs(dx) > 1500 || Math.abs(dy) > 1500) settling = setTimeout(draw, 140);
        moved();
    };
    const measure = () => {
        const { clientWidth: width, clientHeight: height } = view;
        if (width === size.width && height === size.height) return;
        size = { width, height };
        svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
        draw();
    };

    // Moving

    const bound = (k) => Math.max(1e-3, Math.min(2000, k));
    const fit = (box) => {
        const k = Math.min(size.width / (box.right - box.left), size.height / (box.bottom - box.top));
        now = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2, k: bound(k) };
        draw();
    };
    const everything = () => {
        const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
        for (const { x, y } of marks()) {
            [box.left, box.right] = [Math.min(box.left, x), Math.max(box.right, x)];
            [box.top, box.bottom] = [Math.min(box.top, y), Math.max(box.bottom, y)];
        }
        const margin = Math.max((box.right - box.left) * 0.06, (box.bottom - box.top) * 0.06, 2);
        return { left: box.left - margin, right: box.right + margin, top: box.top - margin, bottom: box.bottom + margin };
    };
    const pan = (dx, dy) => {
        now.x -= dx / now.k;
        now.y -= dy / now.k;
        show();
    };
    const zoom = (by, x = size.width / 2, y = size.height / 2) => {
        const at = { x: now.x + (x - size.width / 2) / now.k, y: now.y + (y - size.height / 2) / now.k };
        now.k = bound(now.k * by);
        now.x = at.x - (x - size.width / 2) / now.k;
        now.y = at.y - (y - size.height / 2) / now.k;
        show();
    };
    const reveal = ({ x, y }) => {
        const [across, down] = onScreen(x, y);
        if (across < 20 || down < 20 || across > size.width - 20 || down > size.height - 20) {
            pan(size.width / 2 - across, size.height / 2 - down);
        }
    };
    const begin = () => {
        size = { width: view.clientWidth, height: view.clientHeight };
        svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
        fit(home);
        new ResizeObserver(measure).observe(view);
    };

    return {
        begin, onScreen, outline, resize, pan, zoom, reveal,
        fitHome: () => fit(home), fitAll: () => fit(everything()),
        get size() { return size; }, get k() { return now.k; },
    };
};
