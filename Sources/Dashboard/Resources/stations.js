// The table of stations: a click anywhere in a row opens it, arrow keys go from row to row, and / goes to the search.
(() => {
    "use strict";
    const list = document.getElementById("stations");
    const search = document.querySelector("[data-search]");
    if (!list || !search) return;

    const links = () => [...list.querySelectorAll("tbody a[href]")];

    list.addEventListener("click", (event) => {
        // A selection is to be copied, not followed.
        if (event.target.closest("a") || event.button !== 0 || String(getSelection())) return;
        const link = event.target.closest("tbody tr")?.querySelector("a[href]");
        if (!link) return;
        if (event.ctrlKey || event.metaKey) open(link.href, "_blank", "noopener");
        else link.click();
    });

    list.addEventListener("keydown", (event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
        const all = links();
        const at = all.indexOf(document.activeElement);
        if (at < 0) return;
        event.preventDefault();
        all[Math.min(Math.max(at + step, 0), all.length - 1)].focus();
    });

    document.addEventListener("keydown", (event) => {
        if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.target.closest("input, select, textarea, [data-preview]")) return;
        event.preventDefault();
        search.focus();
        search.select();
    });
})();
