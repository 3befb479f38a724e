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
