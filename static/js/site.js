/*
 * Small helps for every page. Nothing here is needed: each page works without it.
 */
(function () {
  "use strict";

  // After a form came back with errors, start reading at the list of them.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  // A button under each password that shows what was typed.
  document.querySelectorAll('input[type="password"]').forEach(function (input) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "password__toggle";
    button.setAttribute("aria-controls", input.id);

    function say() {
      button.textContent = input.type === "password" ? "Show what I typed" : "Hide what I typed";
    }

    button.addEventListener("click", function () {
      input.type = input.type === "password" ? "text" : "password";
      say();
    });
    // Browsers offer to keep a password only if the field is one when it is sent.
    if (input.form) {
      input.form.addEventListener("submit", function () {
        input.type = "password";
      });
    }
    say();
    input.insertAdjacentElement("afterend", button);
  });
})();
