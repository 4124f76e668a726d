/* The register of a meeting: says which marks are not saved yet, and asks before they are lost.
   Without this script everything works; a mark is then simply there after it was saved. */
(() => {
  "use strict";
  const form = document.querySelector(".cm-marks");
  if (!form) return;
  const told = form.querySelector(".cm-unsaved");
  const minutes = (person) => person.querySelector(".cm-minutes input");
  let sending = false;

  const isChanged = (person) => {
    const chosen = person.querySelector("input[type=radio]:checked");
    if (!chosen) return false;
    if (chosen.dataset.was !== "yes") return true;
    return chosen.value === "partly" && minutes(person).value.trim() !== minutes(person).dataset.was;
  };

  const count = () => {
    let unsaved = 0;
    form.querySelectorAll(".cm-person").forEach((person) => {
      const changed = isChanged(person);
      person.classList.toggle("cm-person--unsaved", changed);
      unsaved += changed ? 1 : 0;
    });
    if (told) {
      const { unsavedOne, unsavedMany } = form.dataset;
      told.hidden = unsaved === 0;
      told.textContent = unsaved === 1 ? unsavedOne : unsavedMany.replace("%s", String(unsaved));
    }
    return unsaved;
  };

  form.addEventListener("input", count);
  form.addEventListener("change", count);
  form.addEventListener("submit", () => {
    sending = true;
  });
  window.addEventListener("pageshow", () => {
    sending = false;
    count();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && count() > 0) event.preventDefault();
  });
})();
