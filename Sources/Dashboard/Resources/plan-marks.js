// The marks of a plan: what stands where, read from the page. A mark is { element, path, x, y, z, heading, state, number, group }, in metres
// of the CDF frame with y turned over. Plans of few stations have a link for each; of large ones the page has dots and lists of numbers, and
// the elements are made here, beside that part of the page, so that it stays as the server sent it.
const PlanMarks = (() => {
    "use strict";
    const SVG = "http://www.w3.org/2000/svg";
    const STEPS = 6;
    const make = (name, parent, attributes = {}) => {
        const element = document.createElementNS(SVG, name);
        for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
        parent.append(element);
        return element;
    };

    // The outline of each state around (0, 0), as the legend has it.
    const shapes = (plan) => {
        const found = new Map();
        for (const { dataset, attributes } of plan.querySelectorAll("[data-shape]")) {
            found.set(dataset.shape, attributes.d.value.replace("M0 0", ""));
        }
        for (const state of ["accepted", "uploaded", "processing"]) found.set(state, found.get("uploading"));
        return found;
    };
    const scaled = (shape, by) => shape.replace(/-?[\d.]+/g, (number) => (Number(number) * by).toFixed(4));

    const ofLinks = (group, shapes) => [...group.querySelectorAll("a[data-station]")].map((element) => {
        const path = element.querySelector("path");
        const [, x, y] = /^M(-?[\d.]+) (-?[\d.]+)/.exec(path.getAttribute("d")).map(Number);
        const { station, z, heading, visits } = element.dataset;
        return {
            element, path, x, y, z: Number(z), heading: heading === undefined ? null : Number(heading), number: station, group,
            state: [...element.classList].find((name) => shapes.has(name) || name === "withdrawn") ?? "registered",
            visits: Number(visits ?? 1), count: element.querySelector("text"), name: element.dataset.name,
        };
    });

    const ofDots = (dots, group) => {
        const words = (name) => dots.dataset[name].split(" ");
        const [heights, headings] = [words("heights"), words("headings")];
        const points = dots.getAttribute("d").split("z");
        const visits = new Map(words("visits").filter(Boolean).map((word) => word.split(":").map(Number)));
        let number = 0;
        return words("numbers").map((more, index) => {
            number += Number(more);
            const [x, y] = points[index].slice(1).split(" ").map(Number);
            const state = dots.classList[0];
            const path = make("path", group, { class: state, "data-station": number, role: "link", "aria-label": `station ${number}` });
            const count = visits.get(index) ?? 1;
            const text = count > 1 ? make("text", group, { class: "plan-count" }) : null;
            if (text) text.textContent = count;
            return {
                element: path, path, x, y, z: Number(heights[index]), heading: headings[index] === "-" ? null : Number(headings[index]),
                number: String(number), group, state, visits: count, count: text, isNameless: true,
            };
        });
    };

    // All marks of the picture, group by group; the elements of large plans are made again.
    const read = (world, shapes) => {
        world.querySelector("[data-plan-made]")?.remove();
        const made = make("g", world, { "data-plan-made": "" });
        const marks = [];
        for (const level of world.querySelectorAll("#plan-marks > [data-level]")) {
            const dots = [...level.querySelectorAll("[data-numbers]")];
            if (dots.length === 0) {
                marks.push(...ofLinks(level, shapes));
                continue;
            }
            const group = make("g", made, { "data-level": level.dataset.level });
            make("path", group, { class: "plan-headings" });
            for (const each of dots) marks.push(...ofDots(each, group));
        }
        if (made.childElementCount === 0) made.remove();
        for (const { element } of marks) element.setAttribute("tabindex", "-1");
        return marks;
    };

    // The arrows of marks as one path; `radius` is that of a mark.
    const arrows = (marks, radius) => {
        let text = "";
        for (const { x, y, heading } of marks) {
            if (heading === null) continue;
            const angle = heading * Math.PI / 180;
            const [dx, dy] = [Math.sin(angle) * radius, -Math.cos(angle) * radius];
            const to = (along, aside) => `${(dx * along - dy * aside).toFixed(4)} ${(dy * along + dx * aside).toFixed(4)}`;
            text += `M${x} ${y}l${to(2.8, 0)}m${to(-0.7, -0.55)}l${to(0.7, 0.55)}l${to(-0.7, 0.55)}`;
        }
        return text;
    };

    // Gives each mark one of six shades by its height, without letting a few that stand far above or below take all of them.
    // Returns what the first and the last shade stand for.
    const shade = (marks) => {
        const sorted = marks.map((mark) => mark.z).sort((one, other) => one - other);
        const at = (part) => sorted[Math.round(part * (sorted.length - 1))];
        let [low, high] = [at(0.02), at(0.98)];
        if (high - low < 0.5) [low, high] = [at(0), at(1)];
        for (const mark of marks) {
            const part = high > low ? (mark.z - low) / (high - low) : 0;
            mark.element.dataset.height = Math.max(0, Math.min(STEPS - 1, Math.floor(part * STEPS)));
        }
        return { low, high };
    };

    return { make, shapes, scaled, read, arrows, shade };
})();
