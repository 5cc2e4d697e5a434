// How people move about in a plan: pointers, the wheel, and keys. `picture` is moved; `marks` finds, lights and opens stations.
const PlanHands = (view, picture, marks) => {
    "use strict";
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
            if (event.pointerType === "mouse") marks.light(marks.nearest(at.x, at.y, 12));
            return;
        }
        if (!moved && Math.hypot(at.x - before.x, at.y - before.y) < 5) return;
        if (!moved) view.setPointerCapture(event.pointerId);
        moved = true;
        view.classList.add("moving");
        pointers.set(event.pointerId, at);
        const [one, other] = [...pointers.values()];
        if (!other) return picture.pan(at.x - before.x, at.y - before.y);
        const apart = Math.hypot(one.x - other.x, one.y - other.y);
        picture.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
        if (spread > 0) picture.zoom(apart / spread, (one.x + other.x) / 2, (one.y + other.y) / 2);
        spread = apart;
    });
    const lift = (event) => {
        pointers.delete(event.pointerId);
        spread = 0;
        if (pointers.size === 0) view.classList.remove("moving");
    };
    view.addEventListener("pointerup", lift);
    view.addEventListener("pointercancel", lift);
    view.addEventListener("pointerleave", () => marks.light(null));
    view.addEventListener("dragstart", (event) => event.preventDefault());
    view.addEventListener("click", (event) => {
        if (event.target.closest(".plan-edges a")) return;
        if (moved) {
            moved = false;
            event.preventDefault();
            return;
        }
        if (event.target.closest("a[href]")) return;
        const at = place(event);
        const mark = marks.of(event.target) ?? marks.nearest(at.x, at.y, 14);
        if (mark) marks.open(mark);
    });
    view.addEventListener("dblclick", (event) => {
        event.preventDefault();
        const at = place(event);
        picture.zoom(2, at.x, at.y);
    });
    view.addEventListener("wheel", (event) => {
        event.preventDefault();
        const at = place(event);
        const lines = event.deltaMode === 1 ? 33 : event.deltaMode === 2 ? 400 : 1;
        picture.zoom(2 ** (-event.deltaY * lines / (event.ctrlKey ? 100 : 300)), at.x, at.y);
    }, { passive: false });

    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    view.addEventListener("keydown", (event) => {
        if (event.altKey || event.ctrlKey || event.metaKey) return;
        const mark = marks.of(event.target);
        const arrow = arrows[event.key];
        if (arrow && mark) {
            const other = marks.next(mark, ...arrow);
            if (other) {
                marks.rove(other);
                picture.reveal(other);
                other.element.focus({ preventScroll: true });
            }
        } else if (arrow) {
            picture.pan(-60 * arrow[0], -60 * arrow[1]);
        } else if (event.key === "+" || event.key === "=") {
            picture.zoom(1.5, ...(mark ? picture.onScreen(mark.x, mark.y) : []));
        } else if (event.key === "-") {
            picture.zoom(1 / 1.5);
        } else if (event.key === "0") {
            picture.fitHome();
        } else if (event.key === "Enter" && mark && !event.target.matches("a[href]")) {
            marks.open(mark);
        } else if (event.key === "Escape" && mark) {
            view.focus();
        } else {
            return;
        }
        event.preventDefault();
    });
    view.addEventListener("focusin", (event) => {
        const mark = marks.of(event.target);
        if (!mark) return;
        marks.rove(mark);
        picture.reveal(mark);
        marks.light(mark);
    });
    view.addEventListener("focusout", () => marks.light(null));
    // Focus scrolls what is clipped; the plan moves itself instead.
    view.addEventListener("scroll", () => view.scrollTo(0, 0));
};
