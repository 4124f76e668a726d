/*
 * Starts allauth's passkey forms from files, since the policy of the site allows no script in a page,
 * and says in plain words when something did not work. Without it, passwords and codes still do.
 */
(function () {
  "use strict";

  const box = document.querySelector("[data-passkey]");
  if (!box || !window.webauthnJSON || !window.webauthnJSON.supported()) return;

  const trouble = box.querySelector("[data-passkey-trouble]");
  const credential = box.querySelector('input[name="credential"]');
  const ids = { credential: credential.id, data: "js_data" };
  const forms = window.allauth.webauthn.forms;

  if (box.dataset.passkey === "add") {
    forms.addForm({ ids: Object.assign({ add: "passkey_button", passwordless: "id_passwordless" }, ids) });
  } else if (box.dataset.passkey === "use") {
    forms.authenticateForm({ ids: Object.assign({ authenticate: "passkey_button" }, ids) });
  } else {
    forms.loginForm({ ids: { login: "passkey_button", credential: credential.id } });
  }

  document.addEventListener("allauth.error", function (event) {
    event.preventDefault();
    const name = (event.detail.exception && event.detail.exception.name) || "";
    if (name === "InvalidStateError") trouble.textContent = trouble.dataset.known;
    else if (name === "NotAllowedError" || name === "AbortError") trouble.textContent = trouble.dataset.cancelled;
    else trouble.textContent = trouble.dataset.failed;
  });
  document.getElementById("passkey_button").addEventListener("click", function () {
    trouble.textContent = "";
  });

  const otherwise = document.querySelector("[data-passkey-unsupported]");
  if (otherwise) otherwise.hidden = true;
  box.hidden = false;
})();
