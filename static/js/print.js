/*
 * A button that opens the browser's own print window. Without this file the sentence above it says how.
 */
(function () {
  "use strict";

  const button = document.querySelector("[data-print]");
  if (!button || !window.print) return;
  button.removeAttribute("data-needs-script");
  button.addEventListener("click", function () {
    window.print();
  });
})();
