/*
 * Saves an answer as soon as it is chosen. The form works without this: its buttons save too.
 *
 * Each save carries a number, one higher than the save before it, so that the server can tell an
 * older answer that arrives late from a newer one. Saves go one after the other.
 */
(function () {
  "use strict";

  const form = document.querySelector("[data-quiz]");
  if (!form || !window.fetch || !window.FormData) return;

  const status = document.querySelector("[data-quiz-status]");
  const reload = document.querySelector("[data-quiz-reload]");
  const sequence = form.elements.namedItem("sequence");
  const notSaved = "We could not save just now. Your choice is still here: press “Save” below to try again.";
  let isSaving = false;
  let isWaiting = false;

  function say(sentence, state) {
    status.textContent = sentence;
    status.setAttribute("data-state", state);
  }

  function raise(known) {
    sequence.value = String(Math.max(Number(sequence.value), Number(known) || 0) + 1);
  }

  function handle(response) {
    const isJson = (response.headers.get("Content-Type") || "").indexOf("application/json") === 0;
    // Signed out, blocked or broken: the button leads to a page that explains it.
    if (response.redirected || !isJson || (!response.ok && response.status !== 409)) throw new Error("not saved");
    return response.json().then(function (answer) {
      raise(answer.sequence);
      say(answer.sentence, answer.saved ? "saved" : "failed");
      reload.hidden = answer.saved;
    });
  }

  function save() {
    if (isSaving) {
      isWaiting = true;
      return;
    }
    isSaving = true;
    isWaiting = false;
    say("Saving …", "saving");
    fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Requested-With": "fetch" },
      credentials: "same-origin",
    })
      .then(handle)
      .catch(function () {
        raise();
        say(notSaved, "failed");
      })
      .then(function () {
        isSaving = false;
        if (isWaiting) save();
      });
  }

  form.addEventListener("change", save);

  // A save may still be on its way when a button is pressed: the press must count as the newer one.
  form.addEventListener("submit", function () {
    if (isSaving) raise();
  });

  if (status.textContent.indexOf("Saved") !== 0) {
    say("Your answer is saved as soon as you choose it.", "ready");
  }
})();
