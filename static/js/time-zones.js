/*
 * Makes the long list of time zones short: type part of a place, or take the time of this device.
 * Without it, the list itself can be used.
 */
(function () {
  "use strict";

  const select = document.querySelector("select[data-time-zones]");
  const words = document.querySelector("[data-time-zone-help]");
  if (!select || !words) return;

  const groups = Array.from(select.children).map(function (group) {
    return { group: group, options: Array.from(group.querySelectorAll("option")) };
  });

  const label = document.createElement("label");
  label.className = "zone-finder__label";
  label.textContent = words.dataset.find;
  label.htmlFor = "zone-finder";
  const finder = document.createElement("input");
  finder.type = "search";
  finder.id = "zone-finder";
  finder.autocomplete = "off";
  const said = document.createElement("p");
  said.className = "field__help";
  said.setAttribute("role", "status");

  function show() {
    const looked = finder.value.trim().toLowerCase();
    const chosen = select.value;
    const found = new Set();
    // Browsers on phones cannot hide single options, so those that do not fit are taken out.
    groups.forEach(function (entry) {
      const fitting = entry.options.filter(function (option) {
        return !looked || option.textContent.toLowerCase().includes(looked) || option.value === chosen;
      });
      entry.group.replaceChildren.apply(entry.group, fitting);
      entry.group.hidden = fitting.length === 0;
      fitting.forEach(function (option) {
        if (option.textContent.toLowerCase().includes(looked)) found.add(option.value);
      });
    });
    select.value = chosen;
    if (!looked) said.textContent = "";
    else said.textContent = found.size ? found.size + " " + words.dataset.found : words.dataset.none;
  }

  finder.addEventListener("input", show);
  finder.addEventListener("keydown", function (event) {
    // Enter looks, it does not save.
    if (event.key === "Enter") event.preventDefault();
  });

  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const option = groups.reduce(function (kept, entry) {
    return kept || entry.options.find(function (one) { return one.value === here; });
  }, null);
  select.before(label, finder, said);
  if (option && select.value !== here) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--secondary zone-here";
    button.textContent = words.dataset.here + " " + option.textContent;
    button.addEventListener("click", function () {
      finder.value = "";
      show();
      select.value = here;
      select.focus();
      button.remove();
    });
    select.after(button);
  }
})();
