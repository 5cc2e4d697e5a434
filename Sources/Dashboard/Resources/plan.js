// The plan of a site: moves and zooms it, finds stations by pointer and keyboard, filters by height, and colours what changes.
// While it moves, the picture is one layer that the browser shifts; it is drawn again only after zooming.
(() => {
    "use strict";
    const plan = document.querySelector("[data-plan]");
    if (!plan) return;
    const view = plan.querySelector("[data-plan-view]");
    const svg = view.querySelector("svg");
    const world = svg.querySelector("[data-plan-world]");
    const tip = plan.querySelector("[data-plan-tip]");
    const bar = plan.querySelector("[data-plan-scale]");
    const level = plan.querySelector("[data-plan-level]");
    const shapes = new Map();
    for (const { dataset, attributes } of plan.querySelectorAll("[data-shape]")) {
        shapes.set(dataset.shape, attributes.d.value.replace("M0 0", ""));
    }
    for (const state of ["accepted", "uploaded", "processing"]) shapes.set(state, shapes.get("uploading"));

    let marks = [];
    let byNumber = new Map();
    let size = { width: 1, height: 1 };
    // World: metres, y down. `now` is what is seen, `drawn` what the picture was last drawn for.
    let now = { x: 0, y: 0, k: 1 };
    let drawn = { ...now };
    let home = null;
    let radius = 0;
    let current = null;

    // What is where

    const stateOf = (element) => [...element.classList].find((name) => shapes.has(name) || name === "withdrawn") ?? "registered";
    const point = (d) => {
        const found = /^M(-?[\d.]+) (-?[\d.]+)/.exec(d);
        return { x: Number(found[1]), y: Number(found[2]) };
    };
    const read = () => {
        marks = [];
        byNumber = new Map();
        for (const group of world.querySelectorAll("[data-level]")) {
            for (const element of group.querySelectorAll("[data-station]")) {
                const path = element.tagName === "path" ? element : element.querySelector("path");
                const { x, y } = point(path.getAttribute("d"));
                const own = stateOf(element.classList.length ? element : element.parentNode);
                if (!element.classList.contains(own)) element.classList.add(own);
                const mark = { element, path, x, y, state: own, number: element.dataset.station, group };
                marks.push(mark);
                byNumber.set(mark.number, mark);
                element.setAttribute("tabindex", "-1");
                if (element === path) element.setAttribute("role", "link");
            }
            const path = group.querySelector(".plan-headings");
            path.headings = [...path.getAttribute("d").matchAll(/M(-?[\d.]+) (-?[\d.]+)l(-?[\d.]+) (-?[\d.]+)/g)].map((found) => {
                const [x, y, dx, dy] = found.slice(1).map(Number);
                const length = Math.hypot(dx, dy) || 1;
                return [x, y, dx / length, dy / length];
            });
        }
        radius = 0;
        const first = (current && byNumber.get(current.number)) ?? marks[0];
        rove(first);
    };
    const rove = (mark) => {
        current?.element.setAttribute("tabindex", "-1");
        current = mark ?? null;
        current?.element.setAttribute("tabindex", "0");
    };
    const isOn = (mark) => !mark.group.classList.contains("off");

    // Drawing

    const scaled = (shape, by) => shape.replace(/-?[\d.]+/g, (number) => (Number(number) * by).toFixed(4));
    let drawing = 0;
    const resize = () => {
        // Marks of constant size, smaller where they are crowded.
        const spacing = Math.sqrt((home.width * home.height) / Math.max(marks.length, 1)) * drawn.k;
        const pixels = Math.max(2.2, Math.min(7, spacing * 0.3));
        const wanted = pixels / drawn.k;
        if (Math.abs(wanted / radius - 1) < 0.05) return;
        radius = wanted;
        const tails = new Map([...shapes].map(([state, shape]) => [state, scaled(shape, radius)]));
        const turn = ++drawing;
        // What is in the middle first, and no more at a time than a frame can take.
        const order = marks.length > 2000 ? marks.toSorted((a, b) => Math.hypot(a.x - now.x, a.y - now.y) - Math.hypot(b.x - now.x, b.y - now.y)) : marks;
        const slice = (from) => {
            if (turn !== drawing) return;
            for (const mark of order.slice(from, from + 2000)) {
                mark.path.setAttribute("d", `M${mark.x} ${mark.y}${tails.get(mark.state) ?? tails.get("registered")}`);
            }
            if (from + 2000 < order.length) requestAnimationFrame(() => slice(from + 2000));
        };
        slice(0);
        const length = radius * 2.6;
        for (const path of world.querySelectorAll(".plan-headings")) {
            path.setAttribute("d", path.headings.map(([x, y, dx, dy]) => `M${x} ${y}l${(dx * length).toFixed(4)} ${(dy * length).toFixed(4)}`).join(""));
        }
        const ring = Math.max(radius * 2.2, 11 / drawn.k);
        for (const path of world.querySelectorAll(".plan-halos path")) {
            const { x, y } = point(path.getAttribute("d"));
            path.setAttribute("d", `M${x} ${y}m${-ring} 0a${ring} ${ring} 0 1 0 ${2 * ring} 0a${ring} ${ring} 0 1 0 ${-2 * ring} 0z`);
        }
    };
    const draw = () => {
        drawn = { ...now };
        world.setAttribute("transform", `matrix(${now.k} 0 0 ${now.k} ${size.width / 2 - now.x * now.k} ${size.height / 2 - now.y * now.k})`);
        svg.style.transform = "";
        resize();
    };
    let settling = null;
    const show = () => {
        const by = now.k / drawn.k;
        const dx = size.width / 2 * (1 - by) + (drawn.x - now.x) * now.k;
        const dy = size.height / 2 * (1 - by) + (drawn.y - now.y) * now.k;
        svg.style.transform = `translate(${dx}px, ${dy}px) scale(${by})`;
        clearTimeout(settling);
        if (by !== 1 || Math.abs(dx) > 1500 || Math.abs(dy) > 1500) settling = setTimeout(draw, 140);
        furnish();
    };
    const onScreen = (x, y) => [(x - now.x) * now.k + size.width / 2, (y - now.y) * now.k + size.height / 2];
    const furnish = () => {
        const limit = Math.min(160, size.width / 3) / now.k;
        const power = 10 ** Math.floor(Math.log10(limit) + 1e-9);
        const metres = (limit / power >= 5 ? 5 : limit / power >= 2 ? 2 : 1) * power;
        bar.style.width = `${metres * now.k}px`;
        bar.textContent = metres >= 1000 ? `${metres / 1000} km` : `${Number(metres.toPrecision(1))} m`;
        for (const edge of view.querySelectorAll(".plan-edges a")) {
            const [x, y] = onScreen(Number(edge.dataset.x), -Number(edge.dataset.y));
            edge.hidden = x >= 0 && y >= 0 && x <= size.width && y <= size.height;
            if (edge.hidden) continue;
            const angle = Math.atan2(y - size.height / 2, x - size.width / 2);
            edge.querySelector("[data-plan-arrow]").textContent = "→↘↓↙←↖↑↗"[(Math.round(angle / (Math.PI / 4)) + 8) % 8];
            const reach = Math.min(Math.abs(size.width / 2 / Math.cos(angle)), Math.abs(size.height / 2 / Math.sin(angle)));
            const left = size.width / 2 + reach * Math.cos(angle) - edge.offsetWidth / 2;
            const top = size.height / 2 + reach * Math.sin(angle) - edge.offsetHeight / 2;
            edge.style.left = `${Math.max(4, Math.min(size.width - edge.offsetWidth - 4, left))}px`;
            edge.style.top = `${Math.max(4, Math.min(size.height - edge.offsetHeight - 4, top))}px`;
        }
        tip.hidden = true;
    };

    // Moving

    const fit = (box) => {
        now = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2, k: Math.min(size.width / (box.right - box.left), size.height / (box.bottom - box.top)) };
        bound();
        draw();
        furnish();
    };
    const everything = () => {
        const [xs, ys] = [marks.map((mark) => mark.x), marks.map((mark) => mark.y)];
        const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
        const margin = Math.max((right - left) * 0.06, (bottom - top) * 0.06, 2);
        return { left: left - margin, right: right + margin, top: top - margin, bottom: bottom + margin };
    };
    const bound = () => { now.k = Math.max(1e-3, Math.min(2000, now.k)); };
    const pan = (dx, dy) => {
        now.x -= dx / now.k;
        now.y -= dy / now.k;
        show();
    };
    const zoom = (by, x = size.width / 2, y = size.height / 2) => {
        const at = { x: now.x + (x - size.width / 2) / now.k, y: now.y + (y - size.height / 2) / now.k };
        now.k *= by;
        bound();
        now.x = at.x - (x - size.width / 2) / now.k;
        now.y = at.y - (y - size.height / 2) / now.k;
        show();
    };
    const measure = () => {
        const width = view.clientWidth;
        const height = view.clientHeight;
        if (width === size.width && height === size.height) return;
        size = { width, height };
        svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
        draw();
        furnish();
    };

    // Stations

    const words = async (mark) => {
        const label = mark.element.getAttribute("aria-label");
        if (label) return label;
        try {
            const answer = await fetch(`${plan.dataset.plan}/stations/${mark.number}`);
            if (answer.ok) mark.element.setAttribute("aria-label", (await answer.text()).trim());
        } catch {
            // The connection is gone, which the page says; the number is enough for now.
        }
        return mark.element.getAttribute("aria-label") ?? `station ${mark.number}`;
    };
    let lit = null;
    const light = async (mark) => {
        if (mark === lit) return;
        lit?.element.classList.remove("lit");
        lit = mark;
        if (!mark) {
            tip.hidden = true;
            return;
        }
        mark.element.classList.add("lit");
        const text = await words(mark);
        if (lit !== mark) return;
        tip.textContent = text;
        tip.hidden = false;
        const [x, y] = onScreen(mark.x, mark.y);
        tip.style.left = `${Math.max(4, Math.min(size.width - tip.offsetWidth - 4, x + 12))}px`;
        tip.style.top = `${Math.max(4, y + 14 + tip.offsetHeight > size.height ? y - tip.offsetHeight - 12 : y + 14)}px`;
    };
    const nearest = (x, y, reach) => {
        let best = null;
        let least = reach;
        for (const mark of marks) {
            const [mx, my] = onScreen(mark.x, mark.y);
            const away = Math.hypot(mx - x, my - y);
            if (away < least && isOn(mark)) [best, least] = [mark, away];
        }
        return best;
    };
    const open = (mark) => location.assign(`/stations/${mark.number}`);
    // The next one in a direction: near, and rather ahead than aside.
    const next = (from, dx, dy) => {
        let best = null;
        let least = Infinity;
        for (const mark of marks) {
            const [x, y] = [mark.x - from.x, mark.y - from.y];
            const ahead = x * dx + y * dy;
            const cost = ahead + 3 * Math.abs(x * dy - y * dx);
            if (ahead > 0 && cost < least && isOn(mark)) [best, least] = [mark, cost];
        }
        return best;
    };
    const reveal = (mark) => {
        const [x, y] = onScreen(mark.x, mark.y);
        if (x < 20 || y < 20 || x > size.width - 20 || y > size.height - 20) pan(size.width / 2 - x, size.height / 2 - y);
    };

    // Pointers

    const pointers = new Map();
    let moved = false;
    let spread = 0;
    const place = (event) => {
        const box = view.getBoundingClientRect();
        return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    view.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || event.target.closest(".plan-edges a")) return;
        if (pointers.size === 0) moved = false;
        pointers.set(event.pointerId, place(event));
        spread = 0;
    });
    view.addEventListener("pointermove", (event) => {
        const at = place(event);
        const before = pointers.get(event.pointerId);
        if (!before) {
            if (event.pointerType === "mouse") light(nearest(at.x, at.y, 12));
            return;
        }
        if (!moved && Math.hypot(at.x - before.x, at.y - before.y) < 5) return;
        if (!moved) view.setPointerCapture(event.pointerId);
        moved = true;
        view.classList.add("moving");
        pointers.set(event.pointerId, at);
        const [one, other] = [...pointers.values()];
        if (!other) return pan(at.x - before.x, at.y - before.y);
        const apart = Math.hypot(one.x - other.x, one.y - other.y);
        pan((at.x - before.x) / 2, (at.y - before.y) / 2);
        if (spread > 0) zoom(apart / spread, (one.x + other.x) / 2, (one.y + other.y) / 2);
        spread = apart;
    });
    const lift = (event) => {
        pointers.delete(event.pointerId);
        spread = 0;
        if (pointers.size === 0) view.classList.remove("moving");
    };
    view.addEventListener("pointerup", lift);
    view.addEventListener("pointercancel", lift);
    view.addEventListener("pointerleave", () => light(null));
    view.addEventListener("dragstart", (event) => event.preventDefault());
    view.addEventListener("click", (event) => {
        if (event.target.closest(".plan-edges a")) return;
        if (moved) {
            moved = false;
            event.preventDefault();
            return;
        }
        if (event.target.closest("a[href]")) return;
        const own = event.target.closest("[data-station]");
        const at = place(event);
        const mark = own ? byNumber.get(own.dataset.station) : nearest(at.x, at.y, 14);
        if (mark) open(mark);
    });
    view.addEventListener("dblclick", (event) => {
        event.preventDefault();
        const at = place(event);
        zoom(2, at.x, at.y);
    });
    view.addEventListener("wheel", (event) => {
        event.preventDefault();
        const at = place(event);
        const lines = event.deltaMode === 1 ? 33 : event.deltaMode === 2 ? 400 : 1;
        zoom(2 ** (-event.deltaY * lines / (event.ctrlKey ? 100 : 300)), at.x, at.y);
    }, { passive: false });

    // Keys

    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    view.addEventListener("keydown", (event) => {
        if (event.altKey || event.ctrlKey || event.metaKey) return;
        const own = event.target.closest("[data-station]");
        const mark = own && byNumber.get(own.dataset.station);
        const arrow = arrows[event.key];
        if (arrow && mark) {
            const other = next(mark, ...arrow);
            if (other) {
                rove(other);
                reveal(other);
                other.element.focus({ preventScroll: true });
            }
        } else if (arrow) {
            pan(-60 * arrow[0], -60 * arrow[1]);
        } else if (event.key === "+" || event.key === "=") {
            zoom(1.5, ...(mark ? onScreen(mark.x, mark.y) : []));
        } else if (event.key === "-") {
            zoom(1 / 1.5);
        } else if (event.key === "0") {
            fit(home);
        } else if (event.key === "Enter" && mark && !event.target.matches("a[href]")) {
            open(mark);
        } else if (event.key === "Escape" && mark) {
            view.focus();
        } else {
            return;
        }
        event.preventDefault();
    });
    view.addEventListener("focusin", (event) => {
        const own = event.target.closest("[data-station]");
        const mark = own && byNumber.get(own.dataset.station);
        if (!mark) return;
        rove(mark);
        reveal(mark);
        light(mark);
    });
    view.addEventListener("focusout", () => light(null));
    // Focus scrolls what is clipped; the plan moves itself instead.
    view.addEventListener("scroll", () => view.scrollTo(0, 0));

    // Tools

    plan.addEventListener("click", (event) => {
        const what = event.target.closest("[data-plan-do]")?.dataset.planDo;
        if (what === "in") zoom(1.5);
        if (what === "out") zoom(1 / 1.5);
        if (what === "fit") fit(home);
        if (what === "all") fit(everything());
    });
    const filter = () => {
        for (const group of world.querySelectorAll("[data-level]")) {
            group.classList.toggle("off", Boolean(level?.value) && group.dataset.level !== level.value);
        }
        if (current && !isOn(current)) rove(marks.find(isOn));
    };
    level?.addEventListener("change", filter);

    // What changes: a mark takes its new colour and shape at once; words follow with the page's live parts.

    document.addEventListener("drop360:change", (event) => {
        for (const { station, state } of event.detail.stations ?? []) {
            const mark = byNumber.get(String(station));
            if (!mark || mark.element.dataset.visits || mark.state === state || !shapes.has(state)) continue;
            mark.element.classList.replace(mark.state, state);
            mark.element.removeAttribute("aria-label");
            mark.state = state;
            mark.path.setAttribute("d", `M${mark.x} ${mark.y}${scaled(shapes.get(state), radius)}`);
        }
    });
    document.addEventListener("drop360:updated", (event) => {
        if (!event.detail.parts.some((part) => part.id.startsWith("plan-"))) return;
        read();
        filter();
        resize();
        furnish();
    });

    // The beginning

    plan.classList.add("scripted");
    for (const tool of plan.querySelectorAll("[data-plan-tools]")) tool.hidden = false;
    bar.hidden = false;
    view.tabIndex = 0;
    view.setAttribute("role", "group");
    view.setAttribute("aria-label", "Plan: arrow keys move it, plus and minus zoom, 0 fits");
    const frame = /matrix\((\S+) 0 0 \S+ (\S+) (\S+)\)/.exec(world.getAttribute("transform")).slice(1).map(Number);
    home = { left: -frame[1] / frame[0], right: (1000 - frame[1]) / frame[0], top: -frame[2] / frame[0], bottom: (640 - frame[2]) / frame[0] };
    home.width = home.right - home.left;
    home.height = home.bottom - home.top;
    size = { width: view.clientWidth, height: view.clientHeight };
    svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
    read();
    fit(home);
    new ResizeObserver(measure).observe(view);
})();
