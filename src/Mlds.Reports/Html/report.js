// Tips at once, at the pointer, instead of the browser's slow ones; without this script the <title>s still do.
(() => {
  const tip = document.body.appendChild(document.createElement("div"));
  tip.id = "tip";
  tip.setAttribute("role", "status");
  let pointed = null;
  document.querySelectorAll("figure svg title").forEach(title => {
    const shape = title.parentNode;
    shape.dataset.tip = title.textContent;
    shape.setAttribute("aria-label", title.textContent);
    title.remove();
  });
  document.addEventListener("pointermove", event => {
    const shape = event.target.closest ? event.target.closest("[data-tip]") : null;
    if (pointed !== shape) {
      if (pointed) pointed.classList.remove("pointed");
      if (shape) shape.classList.add("pointed");
      pointed = shape;
    }
    tip.style.display = shape ? "block" : "none";
    if (!shape) return;
    tip.textContent = shape.dataset.tip;
    const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
    const below = event.clientY + 18;
    tip.style.left = left + "px";
    tip.style.top = (below + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 10 : below) + "px";
  });
})();

// The wheel zooms into planes of points, dragging moves them, a double click goes back. Letters grow with them: the figure is a drawing,
// not a plot.
document.querySelectorAll("figure.zooms svg").forEach(svg => {
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  let box = { x: 0, y: 0, scale: 1 };
  let held = null;
  const show = () => {
    box.x = Math.min(Math.max(box.x, 0), width * (1 - box.scale));
    box.y = Math.min(Math.max(box.y, 0), height * (1 - box.scale));
    svg.setAttribute("viewBox", `${box.x} ${box.y} ${width * box.scale} ${height * box.scale}`);
  };
  svg.addEventListener("wheel", event => {
    const at = svg.getBoundingClientRect();
    const [u, v] = [(event.clientX - at.left) / at.width, (event.clientY - at.top) / at.height];
    const scale = Math.min(1, Math.max(1 / 16, box.scale * Math.exp(event.deltaY / 500)));
    if (scale === box.scale) return;
    event.preventDefault();
    box = { x: box.x + u * width * (box.scale - scale), y: box.y + v * height * (box.scale - scale), scale };
    show();
  }, { passive: false });
  svg.addEventListener("pointerdown", event => {
    if (box.scale === 1) return;
    held = { x: event.clientX, y: event.clientY };
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", event => {
    if (!held) return;
    const at = svg.getBoundingClientRect();
    box.x -= (event.clientX - held.x) / at.width * width * box.scale;
    box.y -= (event.clientY - held.y) / at.height * height * box.scale;
    held = { x: event.clientX, y: event.clientY };
    show();
  });
  ["pointerup", "pointercancel"].forEach(name => svg.addEventListener(name, () => { held = null; }));
  svg.addEventListener("dblclick", () => {
    box = { x: 0, y: 0, scale: 1 };
    show();
  });
});
