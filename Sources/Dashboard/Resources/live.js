// Keeps a page up to date: listens to /events, or asks every few seconds where it cannot, and puts what has changed into the elements
// with data-live. Its words say what an element depends on: "any" change, the "status" (CDF and inboxes), or the numbers of stations.
// Each has an id. Under data-keep nothing is touched. data-live-every="SECONDS" is for what changes without an event, such as progress.
(() => {
    "use strict";
    const parts = () => [...document.querySelectorAll("[data-live][id]")];
    if (parts().length === 0) return;

    const collectFor = 200;
    const pollEvery = 5000;
    const streamAgainAfter = 60000;
    const notice = document.querySelector("[data-connection]");
    let stream = null;
    let timers = {};
    let busy = false;
    let wanted = null;
    let lost = false;

    const later = (name, delay, work) => {
        if (timers[name] !== undefined) return;
        timers[name] = setTimeout(() => {
            delete timers[name];
            work();
        }, delay);
    };
    const cancel = (name) => {
        clearTimeout(timers[name]);
        delete timers[name];
    };

    const say = (isLost) => {
        if (isLost === lost) return;
        lost = isLost;
        document.body.classList.toggle("lost", lost);
        if (!notice) return;
        const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
        notice.textContent = lost ? `Connection to drop360 lost at ${time}. This page shows what was known then.` : "";
    };

    // What a morph must not take from the page: what the reader opened, and what a script has set.
    const ours = new Set(["style", "open", "tabindex"]);
    const takeAttributes = (from, to) => {
        for (const { name } of [...to.attributes]) {
            if (!from.hasAttribute(name) && !ours.has(name)) to.removeAttribute(name);
        }
        for (const { name, value } of from.attributes) {
            if (!ours.has(name) && to.getAttribute(name) !== value) to.setAttribute(name, value);
        }
    };
    const key = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.id || node.dataset.key || "" : "");
    const isSame = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName && key(one) === key(other);

    // Makes `to` like `from`, and leaves alone what is the same: focus, selection and scroll positions stay.
    const morph = (from, to) => {
        if (from.isEqualNode(to)) return;
        if (to.nodeType !== Node.ELEMENT_NODE) {
            to.nodeValue = from.nodeValue;
            return;
        }
        if (to.hasAttribute("data-keep")) return;
        takeAttributes(from, to);
        if (to === document.activeElement && to.matches("input, select, textarea")) return;
        let there = to.firstChild;
        for (const child of [...from.childNodes]) {
            // An element further down that is this one: what lies before it has gone.
            let match = there;
            while (match && !isSame(child, match)) match = key(child) ? match.nextSibling : null;
            if (match) {
                while (there !== match) {
                    const gone = there;
                    there = there.nextSibling;
                    gone.remove();
                }
                there = match.nextSibling;
                morph(child, match);
            } else {
                to.insertBefore(document.importNode(child, true), there);
            }
        }
        while (there) {
            const gone = there;
            there = there.nextSibling;
            gone.remove();
        }
    };

    const take = (fresh) => {
        const version = (page) => page.querySelector("script[src^='/drop360.js']")?.getAttribute("src");
        if (version(fresh) !== version(document)) return location.reload();
        const changed = [];
        for (const part of parts()) {
            const other = fresh.getElementById(part.id);
            if (!other || other.isEqualNode(part)) continue;
            morph(other, part);
            changed.push(part);
        }
        document.title = fresh.title;
        document.dispatchEvent(new CustomEvent("drop360:updated", { detail: { parts: changed } }));
    };

    const refresh = async () => {
        if (busy || document.hidden) return;
        busy = true;
        wanted = null;
        try {
            const answer = await fetch(location.href, { cache: "no-store", headers: { Accept: "text/html" } });
            say(false);
            if (answer.status === 401 || answer.redirected) return location.reload();
            if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
        } catch {
            say(true);
        } finally {
            busy = false;
            if (wanted) later("refresh", collectFor, refresh);
            if (lost || !stream) later("poll", pollEvery, refresh);
            const every = parts().map((part) => Number(part.dataset.liveEvery)).filter((seconds) => seconds > 0);
            if (every.length > 0) later("every", Math.min(...every) * 1000, refresh);
        }
    };

    const request = (isConcerned) => {
        if (!parts().some((part) => isConcerned(part.dataset.live.split(/\s+/)))) return;
        wanted = true;
        later("refresh", collectFor, refresh);
    };

    // What a script of the page asks for, without hurry.
    document.addEventListener("drop360:wanted", (event) => later("wanted", event.detail.within, refresh));

    const listen = () => {
        if (stream || document.hidden) return;
        stream = new EventSource("/events");
        stream.addEventListener("change", (event) => {
            const change = JSON.parse(event.data);
            document.dispatchEvent(new CustomEvent("drop360:change", { detail: change }));
            const numbers = new Set((change.stations ?? []).map((station) => String(station.station)));
            request((words) => change.anything || words.includes("any") || words.some((word) => numbers.has(word)));
        });
        stream.addEventListener("status", () => request((words) => words.includes("any") || words.includes("status")));
        stream.addEventListener("open", () => {
            cancel("poll");
            // What changed before the stream began.
            request(() => true);
        });
        stream.addEventListener("error", () => {
            // The browser tries again by itself, except where it was refused a stream: there are only so many.
            if (stream?.readyState === EventSource.CLOSED) {
                stream = null;
                later("stream", streamAgainAfter, listen);
            }
            later("poll", 1000, refresh);
        });
    };
    const stop = () => {
        stream?.close();
        stream = null;
        for (const name of Object.keys(timers)) cancel(name);
    };
    const start = () => {
        listen();
        refresh();
    };

    document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
    addEventListener("pagehide", stop);
    addEventListener("pageshow", (event) => event.persisted && start());
    listen();
    if (parts().some((part) => Number(part.dataset.liveEvery) > 0)) later("every", 1000, refresh);
})();
