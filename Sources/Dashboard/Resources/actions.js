// After an action: the page says what came of it, once.
(function () {
  "use strict";
  const notice = document.querySelector(".notice");
  const address = new URL(window.location.href);
  if (address.searchParams.has("notice")) {
    address.searchParams.delete("notice");
    window.history.replaceState(window.history.state, "", address);
  }
  // Read aloud, and where the keyboard goes on from.
  if (notice) notice.focus({ preventScroll: true });
  // A second click sends nothing again.
  document.addEventListener("submit", function (event) {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  // Back from another page, forms can be sent again.
  window.addEventListener("pageshow", function () {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
})();
