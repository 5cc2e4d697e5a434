// The plan of a site: finds its stations, filters and shades them by height, and follows what changes.
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
    const colour = plan.querySelector("[data-plan-colour]");
    const shapes = PlanMarks.shapes(plan);

    let all = [];
    let byNumber = new Map();
    let current = null;
    let lit = null;

    // What lies over the picture: the scale, and arrows to what is outside.
    const furnish = () => {
        const { width, height } = picture.size;
        const limit = Math.min(160, width / 3) / picture.k;
        const power = 10 ** Math.floor(Math.log10(limit) + 1e-9);
        const metres = (limit / power >= 5 ? 5 : limit / power >= 2 ? 2 : 1) * power;
        bar.style.width = `${metres * picture.k}px`;
        bar.textContent = metres >= 1000 ? `${metres / 1000} km` : `${Number(metres.toPrecision(1))} m`;
        for (const edge of view.querySelectorAll(".plan-edges a")) {
            const [x, y] = picture.onScreen(Number(edge.dataset.x), -Number(edge.dataset.y));
            edge.hidden = x >= 0 && y >= 0 && x <= width && y <= height;
            if (edge.hidden) continue;
            const angle = Math.atan2(y - height / 2, x - width / 2);
            edge.querySelector("[data-plan-arrow]").textContent = "→↘↓↙←↖↑↗"[(Math.round(angle / (Math.PI / 4)) + 8) % 8];
            const reach = Math.min(Math.abs(width / 2 / Math.cos(angle)), Math.abs(height / 2 / Math.sin(angle)));
            const left = width / 2 + reach * Math.cos(angle) - edge.offsetWidth / 2;
            const top = height / 2 + reach * Math.sin(angle) - edge.offsetHeight / 2;
            edge.style.left = `${Math.max(4, Math.min(width - edge.offsetWidth - 4, left))}px`;
            edge.style.top = `${Math.max(4, Math.min(height - edge.offsetHeight - 4, top))}px`;
        }
        tip.hidden = true;
    };
    const picture = PlanPicture(view, svg, world, { marks: () => all, shapes, moved: furnish, drawn: () => name(all.filter(isOn)) });
    const name = PlanNames(world, picture);

    // Stations

    const isOn = (mark) => !mark.group.classList.contains("off");
    const rove = (mark) => {
        current?.element.setAttribute("tabindex", "-1");
        current = mark ?? null;
        current?.element.setAttribute("tabindex", "0");
    };
    const words = async (mark) => {
        if (!mark.isNameless) return mark.element.getAttribute("aria-label");
        try {
            const answer = await fetch(`${plan.dataset.plan}${mark.number}`);
            if (answer.ok) {
                mark.element.setAttribute("aria-label", (await answer.text()).trim());
                mark.isNameless = false;
            }
        } catch {
            // The connection is gone, which the page says; the number is enough for now.
        }
        return mark.element.getAttribute("aria-label");
    };
    const light = async (mark) => {
        if (mark === lit) return;
        lit?.element.classList.remove("lit");
        lit = mark;
        tip.hidden = true;
        if (!mark) return;
        mark.element.classList.add("lit");
        const text = await words(mark);
        if (lit !== mark) return;
        tip.textContent = text;
        tip.hidden = false;
        const [x, y] = picture.onScreen(mark.x, mark.y);
        const { width, height } = picture.size;
        tip.style.left = `${Math.max(4, Math.min(width - tip.offsetWidth - 4, x + 12))}px`;
        tip.style.top = `${Math.max(4, y + 14 + tip.offsetHeight > height ? y - tip.offsetHeight - 12 : y + 14)}px`;
    };
    const nearest = (x, y, reach) => {
        let [best, least] = [null, reach];
        for (const mark of all) {
            const [mx, my] = picture.onScreen(mark.x, mark.y);
            const away = Math.hypot(mx - x, my - y);
            if (away < least && isOn(mark)) [best, least] = [mark, away];
        }
        return best;
    };
    // The next one in a direction: near, and rather ahead than aside.
    const next = (from, dx, dy) => {
        let [best, least] = [null, Infinity];
        for (const mark of all) {
            const [x, y] = [mark.x - from.x, mark.y - from.y];
            const ahead = x * dx + y * dy;
            const cost = ahead + 3 * Math.abs(x * dy - y * dx);
            if (ahead > 0 && cost < least && isOn(mark)) [best, least] = [mark, cost];
        }
        return best;
    };
    const of = (element) => byNumber.get(element.closest("[data-station]")?.dataset.station) ?? null;
    const open = (mark) => location.assign(`/stations/${mark.number}`);

    // Heights

    const shade = () => {
        const isByHeight = colour?.value === "height";
        plan.classList.toggle("by-height", isByHeight);
        const legend = plan.querySelector("[data-plan-heights]");
        if (!legend) return;
        legend.hidden = !isByHeight;
        if (!isByHeight) return;
        const { low, high } = PlanMarks.shade(all);
        legend.querySelector("[data-plan-low]").textContent = `z ${Number(low.toFixed(1))} m`;
        legend.querySelector("[data-plan-high]").textContent = `z ${Number(high.toFixed(1))} m`;
    };
    const filter = () => {
        for (const group of world.querySelectorAll("[data-level]")) {
            group.classList.toggle("off", Boolean(level?.value) && group.dataset.level !== level.value);
        }
        name(all.filter(isOn));
        if (current && !isOn(current)) rove(all.find(isOn));
    };
    level?.addEventListener("change", filter);
    colour?.addEventListener("change", shade);
    plan.addEventListener("click", (event) => {
        const what = event.target.closest("[data-plan-do]")?.dataset.planDo;
        if (what === "in") picture.zoom(1.5);
        if (what === "out") picture.zoom(1 / 1.5);
        if (what === "fit") picture.fitHome();
        if (what === "all") picture.fitAll();
    });

    // What changes: a mark takes its new colour and shape at once; words, and stations that come, follow with the page's live parts.

    const read = () => {
        const focused = document.activeElement?.closest("[data-plan-made]") ? current?.number : null;
        all = PlanMarks.read(world, shapes);
        byNumber = new Map(all.map((mark) => [mark.number, mark]));
        rove((current && byNumber.get(current.number)) ?? all[0]);
        lit = null;
        filter();
        shade();
        if (focused && current?.number === focused) current.element.focus({ preventScroll: true });
    };
    document.addEventListener("drop360:change", (event) => {
        let isNews = Boolean(event.detail.anything);
        for (const { station, state } of event.detail.stations ?? []) {
            const mark = byNumber.get(String(station));
            isNews ||= !mark;
            if (!mark || mark.visits > 1 || mark.state === state || !shapes.has(state)) continue;
            mark.element.classList.replace(mark.state, state);
            mark.state = state;
            mark.path.setAttribute("d", picture.outline(mark));
        }
        // Large plans are asked for again only where something may have come.
        if (isNews && plan.hasAttribute("data-large")) document.dispatchEvent(new CustomEvent("drop360:wanted", { detail: { within: 10_000 } }));
    });
    document.addEventListener("drop360:updated", (event) => {
        if (!event.detail.parts.some((part) => part.id.startsWith("plan-"))) return;
        read();
        picture.resize(true);
        furnish();
    });

    // The beginning

    plan.classList.add("scripted");
    for (const tool of plan.querySelectorAll("[data-plan-tools]")) tool.hidden = false;
    bar.hidden = false;
    view.tabIndex = 0;
    view.setAttribute("role", "group");
    view.setAttribute("aria-label", "Plan: arrow keys move it, plus and minus zoom, 0 fits");
    PlanHands(view, picture, { of, nearest, next, rove, light, open });
    read();
    picture.begin();
})();
