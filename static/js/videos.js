/*
 * Shows a video of YouTube or Vimeo inside the page, but only after the reader has said so. Until then
 * nothing at all is asked of the provider. Without this script the link to the video is there.
 */
(function () {
  "use strict";

  const KEY = "show-videos-from:";

  function remembered(provider) {
    try {
      return window.localStorage.getItem(KEY + provider) === "yes";
    } catch (blocked) {
      return false;
    }
  }

  function remember(provider, isWanted) {
    try {
      if (isWanted) window.localStorage.setItem(KEY + provider, "yes");
      else window.localStorage.removeItem(KEY + provider);
    } catch (blocked) {
      // A browser that keeps nothing asks every time.
    }
  }

  function show(section, hasFocus) {
    const frame = document.createElement("iframe");
    frame.src = section.dataset.video;
    frame.title = section.dataset.title;
    frame.className = "media__frame";
    frame.width = "640";
    frame.height = "360";
    frame.loading = "lazy";
    // The providers refuse to play for a page that does not say its host.
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    frame.allow = "fullscreen; picture-in-picture; encrypted-media";
    frame.allowFullscreen = true;
    const stage = section.querySelector(".media__stage");
    stage.textContent = "";
    stage.appendChild(frame);
    if (hasFocus) frame.focus();
  }

  function offerToAskAgain(section) {
    const words = document.createElement("p");
    const button = document.createElement("button");
    words.className = "media__again";
    words.setAttribute("role", "status");
    words.textContent = section.dataset.nothing + " ";
    button.type = "button";
    button.className = "button button--quiet";
    button.textContent = section.dataset.ask;
    button.addEventListener("click", function () {
      remember(section.dataset.provider, false);
      words.textContent = section.dataset.asked;
    });
    words.appendChild(button);
    section.querySelector(".media__stage").insertAdjacentElement("afterend", words);
  }

  document.querySelectorAll("[data-video]").forEach(function (section) {
    if (section.dataset.ready) return;
    section.dataset.ready = "yes";
    const provider = section.dataset.provider;
    if (remembered(provider)) {
      show(section, false);
      offerToAskAgain(section);
      return;
    }
    const button = section.querySelector("[data-video-show]");
    section.querySelectorAll("[data-needs-script]").forEach(function (part) {
      part.removeAttribute("data-needs-script");
    });
    button.addEventListener("click", function () {
      const isKept = section.querySelector("[data-video-remember]").checked;
      if (isKept) remember(provider, true);
      show(section, true);
      if (isKept) offerToAskAgain(section);
    });
  });
})();
