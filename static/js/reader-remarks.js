// Wagtail's editor: fetch what would trouble a reader, now and after every save.
(() => {
  "use strict";
  const place = document.querySelector("[data-reader-remarks]");
  if (!place) return;
  let newest = 0;

  async function refresh(page) {
    if (!page) return;
    const mine = (newest += 1);
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(place.dataset.url.replace("/0/", `/${page}/`), { credentials: "same-origin" });
      // A slower, older answer must not cover a newer one.
      if (answer.ok && mine === newest) place.innerHTML = await answer.text();
    } finally {
      if (mine === newest) place.setAttribute("aria-busy", "false");
    }
  }

  document.addEventListener("w-autosave:success", (event) => {
    const saved = event.detail.response || {};
    place.dataset.page = saved.pk || place.dataset.page;
    refresh(place.dataset.page);
  });
  refresh(place.dataset.page);
})();
