/*
 * Helps on a lesson page. Each thing works without this file: notes have a button, so has the reader's place.
 *
 * Notes are saved as they are typed. Each save carries a number, one higher than the save before it, so
 * that the server can tell an older text that arrives late from a newer one. Saves of a note go one after
 * the other. A save that fails is tried again, and the words stay where they are whatever happens.
 */
(function () {
  "use strict";

  const lesson = document.querySelector("[data-lesson]");
  if (!lesson || !window.fetch || !window.FormData) return;

  const say = lesson.dataset;
  const PAUSE = 1000;
  const FIRST_RETRY = 3000;
  const LAST_RETRY = 30000;
  const HEADERS = { "X-Requested-With": "fetch" };

  function post(form, data, isLast) {
    return fetch((form.dataset.action || form.action).split("#")[0], {
      method: "POST",
      body: data,
      headers: HEADERS,
      credentials: "same-origin",
      // The browser finishes a request of a page that is left, if it is small.
      keepalive: Boolean(isLast),
    });
  }

  // After signing in again in another tab, the forms of this page need the new key.
  function renewKeys() {
    return fetch(window.location.href.split("#")[0], { credentials: "same-origin" })
      .then(function (response) {
        return response.text();
      })
      .then(function (html) {
        const fresh = new DOMParser()
          .parseFromString(html, "text/html")
          .querySelector("[data-lesson] [name=csrfmiddlewaretoken]");
        if (!fresh) throw new Error("signed out");
        document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach(function (input) {
          input.value = fresh.value;
        });
      });
  }

  function key(form) {
    return form.querySelector("[name=csrfmiddlewaretoken]").value;
  }

  /* ---------- Private notes ---------- */

  // `form` is a form of its own (handing in), or one box among those of the lesson's form.
  function keepNote(form) {
    const box = form.querySelector("[name=text]");
    const sequence = form.querySelector("[name=sequence]");
    const before = form.querySelector("[name=before]");
    const status = form.querySelector("[data-note-status]");
    // After a refused save without this script, what stands in the box is not what is kept.
    let kept = box.getAttribute("aria-invalid") ? null : box.value;
    let timer = 0;
    let retry = FIRST_RETRY;
    // A form with files in it: its own buttons send it whole, and here only the words are kept.
    const isDraft = form.hasAttribute("data-draft");
    let isSaving = false;
    let isFailing = false;
    let isHeld = false;

    function words() {
      const data = new FormData();
      data.set("csrfmiddlewaretoken", key(box.form));
      form.querySelectorAll("[name=seal], [name=sequence], [name=text]").forEach(function (field) {
        data.set(field.name, field.value);
      });
      return data;
    }

    function tell(sentence, state) {
      if (status.textContent !== sentence) status.textContent = sentence;
      status.setAttribute("data-state", state);
    }

    function isDirty() {
      return box.value !== kept;
    }

    function raise(known) {
      sequence.value = String(Math.max(Number(sequence.value), Number(known) || 0) + 1);
    }

    function later(wait) {
      window.clearTimeout(timer);
      timer = window.setTimeout(save, wait);
    }

    function fail(sentence) {
      raise();
      isFailing = true;
      tell(sentence, "failed");
      later(retry);
      retry = Math.min(retry * 2, LAST_RETRY);
    }

    function succeed(answer, sent) {
      raise(answer.sequence);
      kept = sent;
      // What the page was drawn with is no longer what is kept.
      if (before) before.value = "";
      isFailing = false;
      retry = FIRST_RETRY;
      box.removeAttribute("aria-invalid");
      tell(answer.sentence, "saved");
    }

    function button(label, action) {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "button button--secondary";
      made.textContent = label;
      made.addEventListener("click", action);
      return made;
    }

    // Somebody wrote here in another window: show both, and let them choose.
    function ask(answer) {
      const other = document.createElement("div");
      const title = document.createElement("p");
      const words = document.createElement("blockquote");
      const choices = document.createElement("p");
      isHeld = true;
      raise(answer.sequence);
      other.className = "note__other";
      title.textContent = say.stale;
      words.textContent = answer.other;
      choices.className = "note__choices";
      function decide() {
        isHeld = false;
        other.remove();
        box.focus();
        save();
      }
      choices.appendChild(button(say.keep, decide));
      choices.appendChild(
        button(say.take, function () {
          box.value = answer.other;
          decide();
        })
      );
      other.append(title, words, choices);
      form.insertBefore(other, box);
      tell(answer.sentence, "failed");
    }

    function refuse(answer) {
      isFailing = true;
      if (answer.other === undefined) tell(answer.sentence, "failed");
      else ask(answer);
    }

    function handle(response, sent) {
      if (response.status === 401) {
        fail(say.signedOut);
        return undefined;
      }
      if (response.status === 403) {
        return renewKeys().then(
          function () {
            fail(say.failed);
            later(0);
          },
          function () {
            fail(say.signedOut);
          }
        );
      }
      const isJson = (response.headers.get("Content-Type") || "").indexOf("application/json") === 0;
      if (response.redirected || !isJson || (!response.ok && response.status !== 409)) throw new Error("not saved");
      return response.json().then(function (answer) {
        if (answer.saved) succeed(answer, sent);
        else refuse(answer);
      });
    }

    function save() {
      window.clearTimeout(timer);
      if (isSaving || isHeld || (!isDirty() && !isFailing)) return;
      const sent = box.value;
      isSaving = true;
      if (!isFailing) tell(say.saving, "saving");
      post(form, words())
        .then(function (response) {
          return handle(response, sent);
        })
        .catch(function () {
          fail(say.failed);
        })
        .then(function () {
          isSaving = false;
          if (isDirty() && !isFailing) save();
        });
    }

    box.addEventListener("input", function () {
      if (!isFailing) tell("", "typing");
      later(PAUSE);
    });
    box.addEventListener("change", save);
    box.form.addEventListener("submit", function () {
      // The words go with the form: nothing is at risk, and nothing is to be sent behind it.
      window.clearTimeout(timer);
      // A save that is still on its way must not be newer than what goes now.
      if (!isDraft && isSaving) raise();
      isHeld = false;
      isFailing = false;
      kept = box.value;
    });
    if (!isDraft) {
      form.querySelector("button").addEventListener("click", function (event) {
        event.preventDefault();
        if (!isDirty() && !isFailing) tell(status.textContent, "saved");
        save();
      });
    }
    window.addEventListener("online", save);

    return {
      root: form,
      box: box,
      // What is still to be sent goes out with the page.
      leave: function () {
        if (!isDirty() || isSaving || isHeld || isFailing) return;
        post(form, words(), true).catch(function () {});
        raise();
      },
      isAtRisk: function () {
        return isDirty() && (isFailing || isHeld);
      },
    };
  }

  const notes = Array.prototype.map.call(document.querySelectorAll("[data-note]"), keepNote);

  window.addEventListener("beforeunload", function (event) {
    const isAtRisk = notes.some(function (note) {
      return note.isAtRisk();
    });
    if (!isAtRisk) return;
    event.preventDefault();
    event.returnValue = "";
  });

  /* ---------- Where the reader is ---------- */

  const place = document.querySelector("[data-place]");
  const headings = Array.prototype.slice.call(document.querySelectorAll("[data-text] [id^='part-']"));
  const BETWEEN = 10000;
  let sentAnchor = null;
  let sentAt = 0;
  let hasMoved = false;

  function whereNow() {
    const line = window.innerHeight * 0.4;
    const passed = headings.filter(function (heading) {
      return heading.getBoundingClientRect().top < line;
    });
    return passed.length ? passed[passed.length - 1].id : "";
  }

  function sendPlace(isLast) {
    if (!place || !hasMoved) return;
    const anchor = whereNow();
    if (anchor === sentAnchor || (!isLast && Date.now() - sentAt < BETWEEN)) return;
    const data = new FormData();
    data.set("csrfmiddlewaretoken", key(document.getElementById("lesson-form")));
    data.set("version", say.version);
    data.set("anchor", anchor);
    sentAnchor = anchor;
    sentAt = Date.now();
    post(place, data, isLast).catch(function () {
      sentAnchor = null;
    });
  }

  if (place) {
    place.hidden = true;
    document.querySelector("[data-place-kept]").hidden = false;
    window.addEventListener(
      "scroll",
      function () {
        hasMoved = true;
        window.clearTimeout(place.timer);
        place.timer = window.setTimeout(sendPlace, 700);
      },
      { passive: true }
    );
  }

  function leave() {
    notes.forEach(function (note) {
      note.leave();
    });
    sendPlace(true);
  }

  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") leave();
  });
  window.addEventListener("pagehide", leave);

  /* ---------- Contents and paper ---------- */

  // Browsers that cannot open the contents by style on a wide screen get them open by script.
  const contents = document.querySelector("[data-contents]");
  const isNew = window.CSS && CSS.supports && CSS.supports("selector(::details-content)");
  if (contents && !isNew && window.matchMedia("(min-width: 62em)").matches) contents.open = true;

  let opened = [];
  window.addEventListener("beforeprint", function () {
    opened = Array.prototype.slice.call(document.querySelectorAll("[data-text] details:not([open])"));
    opened.forEach(function (part) {
      part.open = true;
    });
    notes.forEach(function (note) {
      note.root.querySelector(".note__print").textContent = note.box.value;
    });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (part) {
      part.open = false;
    });
  });
})();
