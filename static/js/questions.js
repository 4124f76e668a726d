/* Marks an answer as read once it has been on the screen for a while. The button does the same without this. */
(function () {
  "use strict";

  var form = document.querySelector("[data-read]");
  var news = document.querySelectorAll("[data-new]");
  var last = news[news.length - 1];
  if (!form || !last || !window.fetch || !window.IntersectionObserver) { return; }

  var LOOKED_AT = 3000;
  var timer = 0;

  function send() {
    window
      .fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual" })
      .catch(function () { /* The button is still there. */ });
  }

  var watch = new IntersectionObserver(function (entries) {
    window.clearTimeout(timer);
    if (!entries[entries.length - 1].isIntersecting) { return; }
    timer = window.setTimeout(function () {
      watch.disconnect();
      send();
    }, LOOKED_AT);
  });
  watch.observe(last);
})();
