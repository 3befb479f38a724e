// What a mark says, at once and at the pointer, instead of the browser's slow <title>s, which do without this script. A keyboard steps
// from mark to mark: Enter on a focused drawing begins, arrows go on, Escape ends. The wheel, and + and −, zoom into planes of points,
// dragging moves them, a double click goes back; letters grow with them: the figure is a drawing, not a plot.
(() => {
  const tip = document.body.appendChild(document.createElement("div"));
  tip.id = "tip";
  tip.setAttribute("role", "status");
  tip.hidden = true;
  let pointed = null;

  const hide = () => {
    if (pointed) pointed.classList.remove("pointed");
    pointed = null;
    tip.hidden = true;
    tip.textContent = "";
  };

  const point = (shape, x, y) => {
    if (pointed !== shape) {
      if (pointed) pointed.classList.remove("pointed");
      shape.classList.add("pointed");
      pointed = shape;
      tip.textContent = shape.dataset.tip;
      tip.hidden = false;
    }
    const below = y + 18;
    tip.style.left = Math.max(0, Math.min(x + 14, innerWidth - tip.offsetWidth - 8)) + "px";
    tip.style.top = (below + tip.offsetHeight > innerHeight ? y - tip.offsetHeight - 10 : below) + "px";
  };

  document.querySelectorAll("figure svg title").forEach(title => {
    title.parentNode.dataset.tip = title.textContent;
    title.remove();
  });

  document.addEventListener("pointermove", event => {
    const shape = event.target.closest ? event.target.closest("[data-tip]") : null;
    if (shape) point(shape, event.clientX, event.clientY);
    else hide();
  });

  document.addEventListener("keydown", event => {
    if (event.key === "Escape") hide();
  });

  // The viewBox of a zoomed drawing, kept within the drawing.
  const zoomed = svg => {
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const box = { x: 0, y: 0, scale: 1 };
    const show = () => {
      box.x = Math.min(Math.max(box.x, 0), width * (1 - box.scale));
      box.y = Math.min(Math.max(box.y, 0), height * (1 - box.scale));
      svg.setAttribute("viewBox", `${box.x} ${box.y} ${width * box.scale} ${height * box.scale}`);
    };
    return {
      get scale() { return box.scale; },
      // u and v: the place that stays where it is, as shares of what is seen.
      by(factor, u, v) {
        const scale = Math.min(1, Math.max(1 / 16, box.scale * factor));
        box.x += u * width * (box.scale - scale);
        box.y += v * height * (box.scale - scale);
        box.scale = scale;
        show();
      },
      move(u, v) {
        box.x += u * width * box.scale;
        box.y += v * height * box.scale;
        show();
      },
      back() {
        Object.assign(box, { x: 0, y: 0, scale: 1 });
        show();
      },
    };
  };

  const middleOf = shape => {
    const at = shape.getBoundingClientRect();
    return { x: at.left + at.width / 2, y: at.top + at.height / 2 };
  };

  const share = (svg, at) => {
    const frame = svg.getBoundingClientRect();
    return [(at.x - frame.left) / frame.width, (at.y - frame.top) / frame.height];
  };

  document.querySelectorAll("figure .drawing").forEach(drawing => {
    const svg = drawing.querySelector("svg");
    const zoom = svg && drawing.parentNode.matches(".zooms") ? zoomed(svg) : null;

    // Shapes that say the same one after the other are one mark; its last one is on top.
    const marks = [...drawing.querySelectorAll("[data-tip]")].filter((shape, i, all) => shape.dataset.tip !== all[i + 1]?.dataset.tip);
    if (marks.length === 0) {
      drawing.parentNode.querySelector(".keys")?.remove();
      drawing.dataset.scrolls = "";
    }
    let current = -1;

    const go = index => {
      current = Math.min(Math.max(index, 0), marks.length - 1);
      if (zoom && zoom.scale < 1) {
        const [u, v] = share(svg, middleOf(marks[current]));
        if (u < 0 || u > 1 || v < 0 || v > 1) zoom.move(u - 0.5, v - 0.5);
      }
      marks[current].scrollIntoView({ block: "nearest", inline: "nearest" });
      const at = middleOf(marks[current]);
      point(marks[current], at.x, at.y);
    };

    // The nearest mark above or below; what lies aside counts thrice.
    const nearest = sign => {
      const from = middleOf(marks[current]);
      let [best, least] = [current, Infinity];
      marks.forEach((mark, i) => {
        const at = middleOf(mark);
        const along = sign * (at.y - from.y);
        const far = along + 3 * Math.abs(at.x - from.x);
        if (along > 1 && far < least) [best, least] = [i, far];
      });
      return best;
    };

    drawing.addEventListener("keydown", event => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (zoom && (event.key === "+" || event.key === "-")) {
        const [u, v] = current >= 0 ? share(svg, middleOf(marks[current])) : [0.5, 0.5];
        zoom.by(event.key === "+" ? 1 / 1.5 : 1.5, u, v);
        if (current >= 0) go(current);
      }
      else if (current < 0) {
        if (event.key !== "Enter" || marks.length === 0) return;
        go(0);
      }
      else if (event.key === "Escape") current = -1;
      else if (event.key === "ArrowRight") go(current + 1);
      else if (event.key === "ArrowLeft") go(current - 1);
      else if (event.key === "ArrowDown") go(nearest(1));
      else if (event.key === "ArrowUp") go(nearest(-1));
      else if (event.key === "Home") go(0);
      else if (event.key === "End") go(marks.length - 1);
      else return;
      event.preventDefault();
    });

    drawing.addEventListener("blur", () => {
      if (current >= 0) hide();
      current = -1;
    });

    if (!zoom) return;
    let held = null;
    svg.addEventListener("wheel", event => {
      const before = zoom.scale;
      zoom.by(Math.exp(event.deltaY / 500), ...share(svg, { x: event.clientX, y: event.clientY }));
      if (zoom.scale !== before) event.preventDefault();
    }, { passive: false });
    svg.addEventListener("pointerdown", event => {
      if (zoom.scale === 1) return;
      held = { x: event.clientX, y: event.clientY };
      svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener("pointermove", event => {
      if (!held) return;
      const frame = svg.getBoundingClientRect();
      zoom.move((held.x - event.clientX) / frame.width, (held.y - event.clientY) / frame.height);
      held = { x: event.clientX, y: event.clientY };
    });
    ["pointerup", "pointercancel"].forEach(name => svg.addEventListener(name, () => { held = null; }));
    svg.addEventListener("dblclick", () => zoom.back());
  });

  // A frame that doesn't scroll, and in which nothing can be stepped to, is no stop for a keyboard.
  const frames = new ResizeObserver(entries => entries.forEach(({ target }) => {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }));
  document.querySelectorAll(".table, [data-scrolls]").forEach(frame => frames.observe(frame));
})();
