// "Try it" without loading the page anew, and the drawing area. Everything works without, but for drawing.
"use strict";
(() => {
  let waiting = Promise.resolve();

  // One after the other: what a button makes of the word depends on the word before.
  const show = (addressOf) => {
    waiting = waiting.then(async () => {
      const address = addressOf();
      try {
        const answer = await fetch(address);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (!page.querySelector("[data-part]")) {
          location.assign(address);
          return;
        }

        take(page);
        history.replaceState(null, "", answer.url);
      } catch {
        location.assign(address);
      }
    });
  };

  const take = (page) => {
    const focused = document.activeElement?.id;
    for (const part of document.querySelectorAll("[data-part]")) {
      const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
      if (fresh) part.replaceWith(document.importNode(fresh, true));
    }

    // What is said aloud stays in place, or it wouldn't be.
    for (const text of document.querySelectorAll("[data-text]"))
      text.textContent = page.querySelector(`[data-text="${text.dataset.text}"]`)?.textContent ?? "";
    const [word, written] = [document.getElementById("word"), page.getElementById("word")];
    if (word && written) {
      word.value = written.value;
      word.ariaInvalid = written.getAttribute("aria-invalid");
    }

    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };

  const addressOf = (form, button) => {
    const address = new URL(form.action);
    for (const [key, value] of new FormData(form, button)) if (value !== "") address.searchParams.append(key, value);
    return address.href;
  };

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-try]")) return;
    event.preventDefault();
    show(() => addressOf(event.target, event.submitter));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-try]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    show(() => link.href);
  });

  const form = document.getElementById("draw");
  if (!form) return;
  form.hidden = false;
  const canvas = form.querySelector("canvas");
  const field = form.querySelector("[name=drawing]");
  const { width, height } = canvas;
  const pixels = new Uint8Array(width * height);
  const context = canvas.getContext("2d");
  let [last, cursor, timer] = [null, null, 0];

  const paint = () => {
    const image = context.createImageData(width, height);
    for (let i = 0; i < pixels.length; i++) image.data.set([pixels[i], pixels[i], pixels[i], 255], 4 * i);
    if (cursor) image.data.set([213, 94, 0, 255], 4 * (Math.floor(cursor.y) * width + Math.floor(cursor.x)));
    context.putImageData(image, 0, 0);
  };

  // A round brush with a soft edge, some two pixels wide of 28, as pens of handwritten digits are.
  const radius = Math.max(0.6, Math.min(width, height) / 22);
  const dab = (x, y) => {
    for (let row = Math.max(0, Math.floor(y - radius - 1)); row <= Math.min(height - 1, y + radius + 1); row++) {
      for (let column = Math.max(0, Math.floor(x - radius - 1)); column <= Math.min(width - 1, x + radius + 1); column++) {
        const near = radius + 0.5 - Math.hypot(column + 0.5 - x, row + 0.5 - y);
        const at = row * width + column;
        pixels[at] = Math.max(pixels[at], Math.round(255 * Math.min(1, Math.max(0, near))));
      }
    }
  };

  const stroke = (to) => {
    const from = last ?? to;
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(to.x - from.x, to.y - from.y)));
    for (let i = 1; i <= steps; i++) dab(from.x + ((to.x - from.x) * i) / steps, from.y + ((to.y - from.y) * i) / steps);
    last = to;
    paint();
  };

  const send = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      field.value = btoa(String.fromCharCode(...pixels)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
      form.requestSubmit();
    }, 150);
  };

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left - canvas.clientLeft) * width) / canvas.clientWidth,
      y: ((event.clientY - box.top - canvas.clientTop) * height) / canvas.clientHeight,
    };
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    [last, cursor] = [null, null];
    stroke(place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (last) stroke(place(event));
  });
  canvas.addEventListener("pointerup", () => {
    if (last) send();
    last = null;
  });
  canvas.addEventListener("pointercancel", () => (last = null));
  canvas.addEventListener("keydown", (event) => {
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], " ": [0, 0] }[event.key] ?? [];
    if (x === undefined) return;
    event.preventDefault();
    cursor ??= { x: Math.floor(width / 2) + 0.5, y: Math.floor(height / 2) + 0.5 };
    cursor = { x: Math.min(width - 0.5, Math.max(0.5, cursor.x + x)), y: Math.min(height - 0.5, Math.max(0.5, cursor.y + y)) };
    if (event.key === " ") {
      dab(cursor.x, cursor.y);
      send();
    }

    paint();
  });
  canvas.addEventListener("blur", () => {
    cursor = null;
    paint();
  });
  document.getElementById("wipe").addEventListener("click", () => {
    pixels.fill(0);
    paint();
    send();
  });
  if (field.value !== "") {
    const bytes = atob(field.value.replaceAll("-", "+").replaceAll("_", "/"));
    for (let i = 0; i < pixels.length; i++) pixels[i] = bytes.charCodeAt(i);
  }

  paint();
})();
