// The names of stations beside their marks, where there is room for nearly all of them: otherwise one has to come nearer.
const PlanNames = (world, picture) => {
    "use strict";
    const WIDTH = 6.4;
    const HEIGHT = 13;
    const layer = PlanMarks.make("g", world, { class: "plan-names", "aria-hidden": "true" });
    const isApart = (one, other) =>
        one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top;
    const around = (x, y, reach) => ({ left: x - reach, right: x + reach, top: y - reach, bottom: y + reach });

    // What a mark takes on the screen: itself, its arrow and the number of its visits.
    const taken = ({ x, y, heading, visits }) => {
        const boxes = [around(x, y, 8)];
        if (heading !== null) {
            const angle = heading * Math.PI / 180;
            for (const along of [11, 18]) boxes.push(around(x + Math.sin(angle) * along, y - Math.cos(angle) * along, 4));
        }
        if (visits > 1) boxes.push({ left: x + 5, right: x + 17, top: y - 20, bottom: y - 6 });
        return boxes;
    };
    const places = ({ x, y }, width) => [
        { anchor: "start", at: x + 10, left: x + 10, right: x + 10 + width, top: y - HEIGHT / 2, bottom: y + HEIGHT / 2 },
        { anchor: "end", at: x - 10, left: x - 10 - width, right: x - 10, top: y - HEIGHT / 2, bottom: y + HEIGHT / 2 },
        { anchor: "middle", at: x, left: x - width / 2, right: x + width / 2, top: y + 9, bottom: y + 9 + HEIGHT },
        { anchor: "middle", at: x, left: x - width / 2, right: x + width / 2, top: y - 9 - HEIGHT, bottom: y - 9 },
    ];

    return (marks) => {
        layer.replaceChildren();
        const { width, height } = picture.size;
        const near = marks.filter((mark) => mark.name).map((mark) => {
            const [x, y] = picture.onScreen(mark.x, mark.y);
            return { mark, x, y, heading: mark.heading, visits: mark.visits };
        }).filter(({ x, y }) => x > -width / 2 && y > -height / 2 && x < width * 1.5 && y < height * 1.5);
        if (near.length === 0 || near.length > 150) return;
        const boxes = near.flatMap(taken);
        const named = [];
        for (const each of near) {
            const { name } = each.mark;
            const text = name.length > 24 ? `${name.slice(0, 23)}…` : name;
            const free = places(each, text.length * WIDTH).find((place) => boxes.every((box) => isApart(place, box)));
            if (!free) continue;
            boxes.push(free);
            named.push({ each, text, free });
        }
        if (named.length < near.length * 0.7) return;
        for (const { each: { mark, x, y }, text, free } of named) {
            const name = PlanMarks.make("text", layer, {
                x: mark.x + (free.at - x) / picture.k, y: mark.y + (free.bottom - 3 - y) / picture.k,
                "font-size": 11 / picture.k, "text-anchor": free.anchor, "data-level": mark.group.dataset.level,
            });
            name.textContent = text;
        }
    };
};
