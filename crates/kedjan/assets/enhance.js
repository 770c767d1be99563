// Makes pages quicker where the browser can; every page works without it.
(() => {
  "use strict";
  const all = (what, where = document) => [...where.querySelectorAll(what)];

  // Clocks tick each minute, in the words the server wrote them with.
  const words = {
    sv: { left: "kvar", over: "över tiden", short: "under 1 min", day: "dygn", days: "dygn" },
    en: { left: "left", over: "overdue", short: "under 1 min", day: "day", days: "days" },
  }[document.documentElement.lang === "en" ? "en" : "sv"];
  const span = (ms) => {
    const minutes = Math.floor(ms / 60000), hours = Math.floor(minutes / 60), rest = minutes % 60;
    const days = Math.floor(hours / 24), over = hours % 24;
    if (!minutes) return words.short;
    if (!hours) return `${minutes} min`;
    if (hours < 48) return rest ? `${hours} h ${rest} min` : `${hours} h`;
    return `${days} ${days === 1 ? words.day : words.days}` + (over ? ` ${over} h` : "");
  };
  // What is left is counted from the server's word, not from the phone's clock, which may be wrong.
  const opened = Date.now();
  const tick = () => {
    const gone = Date.now() - opened;
    for (const time of all(".clock time")) {
      const left = time.dataset.left * 1000 - gone, warn = time.dataset.warn * 1000 - gone;
      time.textContent = `${span(Math.abs(left))} ${left < 0 ? words.over : words.left}`;
      const badge = time.closest(".clock");
      badge.classList.remove("calm", "soon", "late");
      badge.classList.add(left < 0 ? "late" : warn <= 0 ? "soon" : "calm");
    }
  };
  if (all(".clock time").length) setInterval(tick, 60000);

  // A question that depends on another shows only when it applies; what is hidden is not sent.
  const answers = (form, name) =>
    all("input[type=radio],input[type=checkbox],select", form)
      .filter((one) => one.name === name && !one.disabled && (one.localName === "select" || one.checked))
      .map((one) => one.value);
  const settle = (form) => {
    for (const part of all("[data-when]", form)) {
      const [, name, values] = /^([^=]*)=(.*)$/.exec(part.dataset.when) || [];
      if (name === undefined) continue;
      part.hidden = !answers(form, name).some((answer) => values.split(",").includes(answer));
      for (const one of all("input,select,textarea,button", part)) one.disabled = !!one.closest("[data-when][hidden]");
    }
  };

  // Nothing typed is lost by a slip, and nothing is sent twice.
  let unsaved = false;
  addEventListener("beforeunload", (event) => unsaved && event.preventDefault());
  for (const form of all("form")) {
    if (form.querySelector("[data-when]")) {
      settle(form);
      form.addEventListener("change", () => settle(form));
    }
    if (form.method !== "post") continue;
    form.addEventListener("input", () => (unsaved = true));
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = "yes";
      unsaved = false;
      all("button", form).forEach((button) => button.setAttribute("aria-disabled", "true"));
    });
  }
  addEventListener("pageshow", (event) => {
    // Who comes back to a page meets the answers that the browser kept, put in after the script had run.
    all("form").forEach(settle);
    if (!event.persisted) return;
    for (const form of all("form[data-sent]")) {
      delete form.dataset.sent;
      all("button", form).forEach((button) => button.removeAttribute("aria-disabled"));
    }
  });

  // What went wrong is read first; its links lead to the first control of a group.
  document.querySelector("[data-focus]")?.focus();
  addEventListener("click", (event) => {
    const link = event.target.closest(".errors a");
    const control = link && document.querySelector(`fieldset[id="${link.hash.slice(1)}"] input:enabled:not([type=hidden])`);
    if (!control) return;
    event.preventDefault();
    control.focus();
  });

  // A signature: the line as whole numbers on a field of 640 by 240.
  for (const pad of all("[data-signature]")) {
    const canvas = pad.querySelector("canvas"), field = pad.querySelector("input"), pen = canvas.getContext("2d");
    const draw = () => {
      pen.clearRect(0, 0, canvas.width, canvas.height);
      pen.strokeStyle = getComputedStyle(canvas).color;
      pen.lineWidth = 3;
      pen.lineCap = pen.lineJoin = "round";
      pen.stroke(new Path2D(field.value));
    };
    const point = (event) => {
      const box = canvas.getBoundingClientRect();
      const at = (value, size, whole) => Math.max(0, Math.min(whole, Math.round((value / size) * whole)));
      return `${at(event.clientX - box.left, box.width, 640)} ${at(event.clientY - box.top, box.height, 240)}`;
    };
    const add = (letter, event) => {
      if (field.value.length < 20000) field.value += letter + point(event);
      unsaved = true;
      draw();
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      add("M", event);
    });
    canvas.addEventListener("pointermove", (event) => canvas.hasPointerCapture(event.pointerId) && add("L", event));
    pad.querySelector("[data-clear]").addEventListener("click", () => {
      field.value = "";
      draw();
    });
    pad.hidden = false;
    draw();
  }

  // Another language to read aloud and to sign, without leaving a half-filled form.
  addEventListener("click", async (event) => {
    const link = event.target.closest(".script .languages a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!answer.ok || !page.querySelector(".script")) throw new Error("no script");
      for (const part of [".script", ".consent .words"]) {
        const fresh = page.querySelector(part);
        if (fresh) document.querySelector(part)?.replaceWith(fresh);
      }
      document.querySelector("form[data-guard]").action = page.querySelector("form[data-guard]").getAttribute("action");
      document.querySelector(".script a[aria-current]")?.focus();
    } catch {
      location.assign(link.href);
    }
  });
})();
