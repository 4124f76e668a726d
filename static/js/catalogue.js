/*
 * Shows the courses again when a filter changes, without leaving the place where the reader is.
 * Not needed: without it the button of the form does the same.
 */
(function () {
  "use strict";

  const form = document.querySelector("[data-filters]");
  if (!form || !window.fetch || !window.DOMParser || !window.URLSearchParams) return;

  let asked = 0;

  function address() {
    const query = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (value && !(name === "sort" && value === "soonest")) query.append(name, value);
    });
    const words = query.toString();
    return form.action.split("#")[0].split("?")[0] + (words ? "?" + words : "");
  }

  function put(page) {
    const results = document.querySelector("[data-results]");
    const fresh = page.querySelector("[data-results]");
    if (!results || !fresh) return false;
    results.replaceChildren.apply(results, Array.from(fresh.childNodes));
    page.querySelectorAll("[data-count]").forEach(function (count) {
      const old = form.querySelector('[data-count="' + CSS.escape(count.dataset.count) + '"]');
      if (old) old.innerHTML = count.innerHTML;
    });
    // The count is a status: a screen reader says it when it changes.
    document.getElementById("count").textContent = page.getElementById("count").textContent;
    return true;
  }

  form.addEventListener("change", function () {
    const mine = (asked += 1);
    const url = address();
    fetch(url, { credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.text();
      })
      .then(function (text) {
        // Only the newest answer counts, in whatever order they come.
        if (mine !== asked) return;
        const page = new DOMParser().parseFromString(text, "text/html");
        if (!put(page)) throw new Error("no results");
        history.replaceState(null, "", url);
      })
      .catch(function () {
        if (mine === asked) form.submit();
      });
  });
})();
