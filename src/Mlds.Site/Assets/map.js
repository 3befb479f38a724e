// The weight-space map: every network a point. This file is what the reader sees and does; map-points.js knows where points lie, and
// map-marks.js draws them.

import { Colours, Painter, packed, press, stamp, steps } from "./map-marks.js";
import { Points, Trouble, View, ask, clamp, unknown } from "./map-points.js";

const most = { legend: 100, tips: 500 };
const count = number => number.toLocaleString("en");
const networks = number => `${count(number)} network${number === 1 ? "" : "s"}`;
const short = number => String(Number(number.toPrecision(6)));

function element(name, properties = {}, ...children) {
  const { attributes = {}, ...rest } = properties;
  const made = Object.assign(document.createElement(name), rest);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
}

// --- The address ---

/** The numbers of a value in the address, or null where they aren't numbers, or not as many as there should be. */
const numbersIn = (name, length) => {
  const numbers = (new URLSearchParams(location.search).get(name) ?? "").split(",").map(text => text === "" ? NaN : Number(text));
  return numbers.length === (length ?? numbers.length) && numbers.every(Number.isFinite) ? numbers : null;
};

/** The page's address with other values; null takes one away. Commas stay commas: people read addresses. */
function addressWith(values) {
  const address = new URL(location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) address.searchParams.delete(name);
    else address.searchParams.set(name, value);
  }
  address.search = address.search.replaceAll("%2C", ",");
  return address;
}

const boxInAddress = () => {
  const box = numbersIn("box", 4);
  return box && [Math.min(box[0], box[2]), Math.min(box[1], box[3]), Math.max(box[0], box[2]), Math.max(box[1], box[3])];
};

// --- The map ---

const help = "Drag or press the arrow keys to move. Turn the wheel, pinch or press + and − to zoom, 0 for the whole map. "
  + "Click a point to open its network (tap twice on a touch screen); or press N and P to step through the points, from the middle "
  + "outwards, and Enter to open one. Drag with Shift held to draw a box, or press B to take all that is seen: a table below lists it.";

class WeightMap {
  constructor(root, points, colours) {
    Object.assign(this, { root, points, colours, hidden: new Uint8Array(unknown + 1), tips: new Map(), pointers: new Map(), chosen: -1 });
    this.isShown = i => this.hidden[colours.styles[i]] === 0;
    this.view = new View(points);
    this.build();
    this.painter = new Painter(this.canvas);
    this.readAddress();
    this.fillLegend();
    this.listen();
    this.measure();
  }

  // What it is made of

  build() {
    this.canvas = element("canvas", { attributes: { "aria-hidden": "true" } });
    this.ring = element("div", { className: "map-ring", hidden: true });
    this.frame = element("div", { className: "map-frame", hidden: true });
    this.tip = element("div", { className: "map-tip", hidden: true });
    const label = this.root.getAttribute("aria-label") ?? "Weight-space map";
    this.plane = element("div", {
      className: "map-plane", tabIndex: 0,
      attributes: { role: "application", "aria-roledescription": "map", "aria-label": label, "aria-describedby": "map-help" },
    }, this.canvas, this.frame, this.ring, this.tip);
    this.status = element("p", { className: "map-status", attributes: { role: "status" } });
    const by = `Colours: ${this.colours.label}`;
    this.legend = element("div", { className: "map-legend", attributes: { role: "group", "aria-label": by } });
    this.root.replaceChildren(
      this.tools(), this.plane, this.status, this.legend, element("p", { className: "map-help", id: "map-help", textContent: help }));
  }

  tools() {
    const button = (text, onclick, name = text) =>
      element("button", { type: "button", title: name === text ? "" : name, onclick, attributes: { "aria-label": name } }, text);
    this.actions = {
      left: () => this.glide(view => view.pan(view.across / 5, 0)),
      right: () => this.glide(view => view.pan(-view.across / 5, 0)),
      up: () => this.glide(view => view.pan(0, view.down / 5)),
      down: () => this.glide(view => view.pan(0, -view.down / 5)),
      closer: () => this.glide(view => view.zoomAt(1.5, view.across / 2, view.down / 2)),
      further: () => this.glide(view => view.zoomAt(1 / 1.5, view.across / 2, view.down / 2)),
      whole: () => this.glide(view => view.whole()),
      next: () => this.step(1),
      previous: () => this.step(-1),
      seen: () => this.select(this.view.box),
    };
    this.selecting = element("button", { type: "button", textContent: "Select", attributes: { "aria-pressed": "false" } });
    this.selecting.onclick = () => this.setSelecting(this.selecting.getAttribute("aria-pressed") !== "true");
    this.clear = button("Clear box", () => this.select(null));
    this.link = element("a", { className: "map-open", textContent: "Open network", hidden: true });
    const table = new URL(this.root.dataset.points, document.baseURI);
    table.pathname += ".csv";
    const { left, right, up, down, closer, further, whole, next, previous, seen } = this.actions;
    return element("div", { className: "map-tools", attributes: { role: "group", "aria-label": "Map tools" } },
      button("←", left, "Move left"), button("→", right, "Move right"), button("↑", up, "Move up"), button("↓", down, "Move down"),
      button("+", closer, "Zoom in"), button("−", further, "Zoom out"), button("Whole map", whole),
      this.selecting, button("Select what is seen", seen), this.clear,
      button("Previous point", previous), button("Next point", next), this.link, button("Download PNG", () => this.download()),
      element("a", { className: "map-csv", href: table.href, textContent: "CSV", attributes: { download: "" } }));
  }

  // Legend

  fillLegend() {
    const caption = element("p", { textContent: this.colours.label });
    const lacking = this.colours.counts.has(unknown) ? [this.toggle(unknown)] : [];
    if (this.colours.kind === "numbers") this.legend.replaceChildren(caption, this.gradient(), ...lacking);
    else this.legend.replaceChildren(caption, ...this.toggles(), ...lacking, ...this.togglesOfAll());
  }

  /** The most frequent categories first where not all can be named, else in their own order. */
  named() {
    const all = this.colours.names.map((_, style) => style).filter(style => this.colours.counts.has(style));
    if (all.length <= most.legend) return all;
    return all.sort((a, b) => this.colours.counts.get(b) - this.colours.counts.get(a)).slice(0, most.legend);
  }

  toggles() {
    const named = this.named();
    const unnamed = [...this.colours.counts.keys()].filter(style => style !== unknown).length - named.length;
    const rest = unnamed > 0 ? [element("span", { textContent: `and ${count(unnamed)} more that have fewer networks` })] : [];
    return [...named.map(style => this.toggle(style)), ...rest];
  }

  togglesOfAll() {
    const made = (textContent, hidden) => element("button", {
      type: "button",
      textContent,
      onclick: () => {
        this.hidden.fill(hidden);
        this.refreshLegend();
      },
    });
    return this.colours.counts.size > 1 ? [made("Show all", 0), made("Hide all", 1)] : [];
  }

  toggle(style) {
    const isShown = this.hidden[style] === 0;
    const name = element("span", { textContent: this.colours.nameOf(style) });
    const number = element("small", { textContent: count(this.colours.counts.get(style)) });
    const attributes = { "aria-pressed": isShown, "data-style": style };
    const made = element("button", { type: "button", attributes }, this.swatch(style), name, number);
    made.onclick = () => {
      this.hidden[style] = 1 - this.hidden[style];
      this.refreshLegend();
    };
    return made;
  }

  refreshLegend() {
    this.legend.querySelectorAll("[data-style]").forEach(
      button => button.setAttribute("aria-pressed", this.hidden[button.dataset.style] === 0));
    if (this.chosen >= 0 && !this.isShown(this.chosen)) this.choose(-1);
    this.path = null;
    this.changed();
  }

  swatch(style) {
    const made = element("canvas", { className: "map-swatch", width: 36, height: 36, attributes: { "aria-hidden": "true" } });
    const image = new ImageData(36, 36);
    const [, ground] = this.inks();
    const pixels = new Uint32Array(image.data.buffer).fill(packed(ground));
    press(pixels, 18 * 36 + 18, stamp(this.signOf(style), 10, 1, ground, 36));
    made.getContext("2d").putImageData(image, 0, 0);
    return made;
  }

  gradient() {
    const bar = element("span", { className: "map-gradient" });
    const stops = Array.from({ length: 9 }, (_, i) => `rgb(${this.signOf(Math.round(i / 8 * (steps - 1))).paint})`);
    bar.style.backgroundImage = `linear-gradient(to right, ${stops})`;
    const end = style => element("span", { textContent: this.colours.nameOf(style) });
    const note = this.colours.log ? [element("small", { textContent: "on a logarithmic scale" })] : [];
    return element("span", { className: "map-range" }, end(0), bar, end(steps - 1), ...note);
  }

  get isDark() { return matchMedia("(prefers-color-scheme: dark)").matches; }

  /** Muted ink and the ground, as the style sheet has them on the plane. */
  inks() {
    const style = getComputedStyle(this.plane);
    return [style.color, style.backgroundColor].map(text => (text.match(/[\d.]+/g) ?? [128, 128, 128]).slice(0, 3).map(Number));
  }

  signOf(style) { return this.colours.sign(style, this.isDark, this.inks()[0]); }

  // Drawing, only when something has changed

  measure() {
    this.view.size(this.plane.clientWidth, this.plane.clientHeight);
    this.changed();
  }

  changed() {
    this.pending ??= requestAnimationFrame(() => {
      this.pending = null;
      this.draw();
    });
  }

  draw() {
    if (this.view.across === 0) return;
    this.painter.draw(this.view, this.colours.styles, this.isShown, style => this.signOf(style), this.inks()[1]);
    this.placeBox(this.drawn ?? this.box);
    this.placeChosen();
    this.root.dispatchEvent(new Event("drawn"));
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.settle(), 250);
  }

  /** What waits until the view rests: browsers allow few changes of the address, and nobody wants to hear each frame. */
  settle() {
    if (this.pointers.size > 0 || this.isGliding) return;
    const { x, y, zoom, isWhole } = this.view;
    const hidden = [...this.colours.counts.keys()].filter(style => this.hidden[style]).sort((a, b) => a - b);
    const address = addressWith({ at: isWhole ? null : [x, y, zoom].map(short).join(), hide: hidden.join() || null });
    const wereHidden = numbersIn("hide")?.join() ?? "";
    if (address.href !== location.href) history.replaceState(history.state, "", address);
    if (this.box && wereHidden !== hidden.join()) this.fillSelected();
    if (this.chosen < 0) this.say();
  }

  say() {
    const seen = this.points.within(this.view.box, this.isShown).length;
    const astray = this.points.all - this.points.length;
    const boxed = this.box ? ` ${networks(this.points.within(this.box, this.isShown).length)} in the box.` : "";
    const lost = astray > 0 ? ` ${networks(astray)} without a place on it.` : "";
    const said = `${networks(this.points.length)} on the map, ${count(seen)} of them seen.${lost}${boxed}`;
    if (this.status.textContent !== said) this.status.textContent = said;
  }

  placeBox(box) {
    this.frame.hidden = !box;
    if (!box) return;
    const [left, top] = this.view.pixelOf(box[0], box[3]);
    const [right, bottom] = this.view.pixelOf(box[2], box[1]);
    Object.assign(this.frame.style, { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
  }

  placeChosen() {
    this.ring.hidden = this.chosen < 0;
    if (this.chosen < 0) return;
    const [left, top] = this.view.pixelOf(this.points.x[this.chosen], this.points.y[this.chosen]);
    const size = 2 * this.view.radius + 8;
    Object.assign(this.ring.style, { left: `${left - size / 2}px`, top: `${top - size / 2}px`, width: `${size}px`, height: `${size}px` });
    const beside = left + 14 + this.tip.offsetWidth > this.view.across ? left - 14 - this.tip.offsetWidth : left + 14;
    const under = top + 14 + this.tip.offsetHeight > this.view.down ? top - 14 - this.tip.offsetHeight : top + 14;
    Object.assign(this.tip.style, { left: `${Math.max(0, beside)}px`, top: `${Math.max(0, under)}px` });
  }

  /** Moves to another view, in some steps unless the reader wants no motion. */
  glide(change) {
    const from = { x: this.view.x, y: this.view.y, zoom: this.view.zoom };
    if (this.isGliding) this.view.look(this.goal);
    change(this.view);
    const goal = { x: this.view.x, y: this.view.y, zoom: this.view.zoom };
    this.goal = goal;
    this.path = null;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.changed();
    this.view.look(from);
    const started = performance.now();
    const advance = now => {
      if (this.goal !== goal) return;
      const part = clamp((now - started) / 160, 0, 1);
      this.isGliding = part < 1;
      const between = name => part === 1 ? goal[name] : from[name] + (goal[name] - from[name]) * part;
      this.view.look({ x: between("x"), y: between("y"), zoom: part === 1 ? goal.zoom : from.zoom * (goal.zoom / from.zoom) ** part });
      this.changed();
      if (part < 1) requestAnimationFrame(advance);
    };
    this.isGliding = true;
    requestAnimationFrame(advance);
  }

  stop() {
    this.goal = null;
    this.isGliding = false;
    this.path = null;
  }

  // One point

  /** Marks a point, or none with −1, and fetches what there is to say of it. */
  choose(point, isSaid = false) {
    if (point === this.chosen && !isSaid) return;
    clearTimeout(this.leaving);
    this.chosen = point;
    this.tip.hidden = true;
    this.link.hidden = point < 0;
    if (point >= 0) this.link.href = this.addressOf(point);
    this.placeChosen();
    clearTimeout(this.asking);
    if (point >= 0) this.asking = setTimeout(() => this.describe(point, isSaid), this.tips.has(point) || isSaid ? 0 : 80);
    else this.say();
  }

  async describe(point, isSaid) {
    try {
      const address = new URL(this.root.dataset.tip, document.baseURI);
      address.searchParams.set("row", this.points.rows[point]);
      const told = this.tips.get(point) ?? await ask(address, "application/json", "json");
      if (this.tips.size >= most.tips) this.tips.clear();
      this.tips.set(point, told);
      if (point !== this.chosen) return;
      const lines = Array.isArray(told.lines) ? told.lines : [];
      this.tip.replaceChildren(element("strong", { textContent: told.title }), ...lines.map(line => element("div", { textContent: line })));
      if (isSaid) this.status.textContent = [told.title, ...lines].join("; ");
    } catch (trouble) {
      if (point !== this.chosen) return;
      this.tip.replaceChildren(element("div", { textContent: trouble.message }));
      if (isSaid) this.status.textContent = trouble.message;
    }
    this.tip.hidden = false;
    this.placeChosen();
  }

  pointAt(event, reach) {
    const [x, y] = this.view.placeOf(...this.pixelsOf(event));
    return this.points.nearest(x, y, reach / this.view.scale, this.isShown);
  }

  addressOf(point) {
    const address = new URL(this.root.dataset.open, document.baseURI);
    address.searchParams.set("row", this.points.rows[point]);
    return address.href;
  }

  open(point, isInTab) {
    if (isInTab) window.open(this.addressOf(point), "_blank", "noopener");
    else location.assign(this.addressOf(point));
  }

  /** To the next or the previous of the points seen, from the middle outwards; the path starts again when the view has moved. */
  step(by) {
    if (!this.path) {
      const away = i => (this.points.x[i] - this.view.x) ** 2 + (this.points.y[i] - this.view.y) ** 2;
      this.path = this.points.within(this.view.box, this.isShown).sort((a, b) => away(a) - away(b));
      this.at = by > 0 ? -1 : 0;
    }
    if (this.path.length === 0) {
      this.status.textContent = "No point is seen here. Zoom out, or show the whole map.";
      return;
    }
    this.at = (this.at + by + this.path.length) % this.path.length;
    this.choose(this.path[this.at], true);
  }

  // A box

  setSelecting(isOn) {
    this.selecting.setAttribute("aria-pressed", isOn);
    this.plane.classList.toggle("selects", isOn);
  }

  select(box) {
    this.setSelecting(false);
    this.box = box && box.map(value => Number(short(value)));
    this.clear.hidden = !box;
    history.pushState(null, "", addressWith({ box: box && this.box.join() }));
    this.changed();
    this.say();
    this.fillSelected();
  }

  /** Fetches the table of what lies in the box. */
  async fillSelected() {
    const selected = document.getElementById("selected");
    if (!selected) return;
    this.fetching?.abort();
    if (!this.box) return selected.replaceChildren();
    this.fetching = new AbortController();
    selected.setAttribute("aria-busy", "true");
    try {
      const address = new URL(this.root.dataset.table, document.baseURI);
      new URLSearchParams(location.search).forEach((value, name) => address.searchParams.set(name, value));
      selected.innerHTML = await ask(address, "text/html", "text", this.fetching.signal);
    } catch (trouble) {
      if (trouble.name === "AbortError") return;
      selected.replaceChildren(element("p", { className: "map-error", textContent: `The table can't be shown. ${trouble.message}` }));
    }
    selected.removeAttribute("aria-busy");
  }

  readAddress() {
    const at = numbersIn("at", 3);
    if (at) this.view.look({ x: at[0], y: at[1], zoom: at[2] });
    else this.view.whole();
    this.box = boxInAddress();
    this.clear.hidden = !this.box;
    this.hidden.fill(0);
    numbersIn("hide")?.forEach(style => { this.hidden[style] = 1; });
  }

  // What the reader does

  listen() {
    new ResizeObserver(() => this.measure()).observe(this.plane);
    addEventListener("resize", () => this.changed());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.painter.forget();
      this.fillLegend();
      this.refreshLegend();
    });
    // Wherever the keyboard is: the pointer alone may have brought it up.
    addEventListener("keydown", event => event.key === "Escape" && this.choose(-1));
    addEventListener("popstate", () => {
      this.stop();
      this.readAddress();
      this.refreshLegend();
      this.fillSelected();
    });
    const on = (name, handle) => this.plane.addEventListener(name, handle, { passive: false });
    on("keydown", event => this.onKey(event));
    on("wheel", event => this.onWheel(event));
    on("pointerdown", event => this.onDown(event));
    on("pointermove", event => this.onMove(event));
    on("pointerup", event => this.onUp(event));
    on("pointercancel", event => this.onUp(event, true));
    on("pointerleave", event => event.pointerType === "mouse" && !this.isHeld && this.choose(-1));
    // Else a middle click would scroll.
    on("mousedown", event => event.button === 1 && event.preventDefault());
    on("click", event => this.onClick(event));
    on("auxclick", event => event.button === 1 && this.onClick(event));
    on("dblclick", event => this.pointAt(event, 16) < 0 && this.actions.whole());
  }

  onKey(event) {
    const { left, right, up, down, closer, further, whole, next, previous, seen } = this.actions;
    const keys = {
      ArrowLeft: left, ArrowRight: right, ArrowUp: up, ArrowDown: down, "+": closer, "=": closer, "-": further, "−": further, 0: whole,
      n: next, N: next, p: previous, P: previous, b: seen, B: seen,
      Enter: () => this.chosen >= 0 ? this.open(this.chosen, event.ctrlKey || event.metaKey) : this.step(1),
      Escape: () => { this.setSelecting(false); this.drawn = null; this.changed(); },
    };
    const action = keys[event.key];
    if (!action || event.altKey || (event.key !== "Enter" && (event.ctrlKey || event.metaKey))) return;
    event.preventDefault();
    action();
  }

  onWheel(event) {
    const factor = Math.exp(-event.deltaY * (event.deltaMode === 1 ? 30 : 1) / (event.ctrlKey ? 100 : 400));
    // At the ends the page scrolls on.
    if (View.limit(this.view.zoom * factor) === this.view.zoom) return;
    event.preventDefault();
    this.stop();
    this.view.zoomAt(factor, ...this.pixelsOf(event));
    this.changed();
  }

  pixelsOf(event) {
    const at = this.plane.getBoundingClientRect();
    return [event.clientX - at.left - this.plane.clientLeft, event.clientY - at.top - this.plane.clientTop];
  }

  get isHeld() { return this.pointers.size > 0; }

  onDown(event) {
    if (event.button !== 0) return;
    this.stop();
    this.plane.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.pixelsOf(event));
    if (this.pointers.size === 1) {
      this.pressed = this.pixelsOf(event);
      this.hasMoved = false;
      this.isBoxing = event.shiftKey || this.plane.classList.contains("selects");
    } else {
      this.hasMoved = true;
      this.isBoxing = false;
      this.drawn = null;
    }
  }

  onMove(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") this.hover(event);
      return;
    }

    const now = this.pixelsOf(event);
    if (!this.hasMoved && Math.hypot(now[0] - this.pressed[0], now[1] - this.pressed[1]) < 4) return;
    this.hasMoved = true;
    this.choose(-1);
    this.pointers.set(event.pointerId, now);
    if (this.isBoxing) this.drawn = this.boxOf(this.pressed, now);
    else if (this.pointers.size === 1) this.view.pan(now[0] - before[0], now[1] - before[1]);
    else this.pinch(event.pointerId, before, now);
    this.changed();
  }

  pinch(moved, before, now) {
    const [still] = [...this.pointers].filter(([id]) => id !== moved).map(([, at]) => at);
    const apart = at => Math.max(1, Math.hypot(at[0] - still[0], at[1] - still[1]));
    this.view.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    this.view.zoomAt(apart(now) / apart(before), (now[0] + still[0]) / 2, (now[1] + still[1]) / 2);
  }

  boxOf(from, to) {
    const [x0, y0] = this.view.placeOf(Math.min(from[0], to[0]), Math.max(from[1], to[1]));
    const [x1, y1] = this.view.placeOf(Math.max(from[0], to[0]), Math.min(from[1], to[1]));
    return [x0, y0, x1, y1];
  }

  onUp(event, isCancelled = false) {
    if (!this.pointers.delete(event.pointerId)) return;
    const box = this.drawn;
    this.drawn = null;
    if (box && !isCancelled) this.select(box);
    this.changed();
  }

  /** What is told of a point stays while the pointer goes over to it, so that it can be read at any zoom, and marked. */
  hover(event) {
    clearTimeout(this.leaving);
    if (this.tip.contains(event.target)) return;
    const point = this.pointAt(event, 8);
    if (point >= 0) this.choose(point);
    else if (this.chosen >= 0) this.leaving = setTimeout(() => this.choose(-1), 300);
  }

  /** A finger has no hover: its first tap shows what a point is, the second opens it. */
  onClick(event) {
    if (this.hasMoved && event.button === 0) return;
    const isTip = this.tip.contains(event.target);
    const isTouch = event.pointerType === "touch";
    const point = isTip ? this.chosen : this.pointAt(event, isTouch ? 16 : 8);
    if (point < 0 || (isTouch && point !== this.chosen)) this.choose(point, true);
    else this.open(point, event.ctrlKey || event.metaKey || event.button === 1);
  }

  // A picture to keep

  /** The map and its legend below, as one picture. */
  download() {
    const density = devicePixelRatio || 1;
    const picture = element("canvas", { width: this.canvas.width, height: this.canvas.height });
    const context = picture.getContext("2d");
    const rows = this.legendRows(context, density);
    picture.height += rows.length * 24 * density;
    const [ink, ground] = this.inks();
    context.fillStyle = `rgb(${ground})`;
    context.fillRect(0, 0, picture.width, picture.height);
    context.drawImage(this.canvas, 0, 0);
    context.font = `${13 * density}px system-ui, sans-serif`;
    context.textBaseline = "middle";
    context.fillStyle = `rgb(${ink})`;
    rows.forEach((row, i) => row.forEach(({ text, swatch, at }) => {
      const middle = this.canvas.height + (i + 0.5) * 24 * density;
      if (swatch) context.drawImage(swatch, at, middle - 9 * density, 18 * density, 18 * density);
      context.fillText(text, at + (swatch ? 22 * density : 0), middle);
    }));
    picture.toBlob(blob => this.save(blob));
  }

  /** The legend's entries, wrapped to the picture's width. */
  legendRows(context, density) {
    const styles = this.colours.kind === "numbers"
      ? [0, 0.25, 0.5, 0.75, 1].map(share => Math.round(share * (steps - 1)))
      : this.named().filter(style => this.hidden[style] === 0);
    const entries = [
      { text: `${this.colours.label}:` }, ...styles.map(style => ({ text: this.colours.nameOf(style), swatch: this.swatch(style) })),
    ];
    context.font = `${13 * density}px system-ui, sans-serif`;
    const rows = [[]];
    let at = 8 * density;
    for (const entry of entries) {
      const width = context.measureText(entry.text).width + (entry.swatch ? 40 : 18) * density;
      if (at + width > this.canvas.width && rows.at(-1).length > 0) {
        rows.push([]);
        at = 8 * density;
      }
      rows.at(-1).push({ ...entry, at });
      at += width;
    }
    return rows;
  }

  save(blob) {
    const asked = [this.root.dataset.points, this.root.dataset.colours].map(address => new URL(address, document.baseURI).searchParams);
    const names = [asked[0].get("view"), asked[0].get("method"), asked[1].get("by")].filter(Boolean);
    const download = ["map", ...names].join("-").replace(/[^\w.-]+/g, "-") + ".png";
    const link = element("a", { href: URL.createObjectURL(blob), download });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}

// --- The start ---

async function start(root) {
  if (!root.hasAttribute("role")) root.setAttribute("role", "group");
  root.dataset.state = "loading";
  root.replaceChildren(element("p", { className: "map-status", textContent: "The map is being fetched …" }));
  try {
    const [points, colours] = await Promise.all(["points", "colours"].map(
      what => ask(new URL(root.dataset[what], document.baseURI), "application/octet-stream", "arrayBuffer")));
    const read = new Points(points);
    const map = new WeightMap(root, read, new Colours(colours, read));
    keepPlace(map);
    root.dataset.state = "ready";
    document.querySelectorAll(".map-still").forEach(picture => { picture.hidden = true; });
  } catch (trouble) {
    root.dataset.state = "failed";
    const said = trouble instanceof Trouble ? trouble.message : `Something is wrong with this page itself: ${trouble.message}.`;
    root.replaceChildren(
      element("p", { className: "map-error", textContent: `The map can't be shown. ${said}`, attributes: { role: "alert" } }),
      element("button", { type: "button", textContent: "Try again", onclick: () => start(root) }));
  }
}

/** Another colour on the same plane keeps the place and the box; another plane has other coordinates. */
function keepPlace(map) {
  const form = document.querySelector("form.map-form");
  const before = form && new FormData(form);
  form?.addEventListener("formdata", ({ formData }) => {
    if (["view", "method"].some(name => formData.get(name) !== before.get(name))) return;
    const now = new URLSearchParams(location.search);
    ["box", "at"].filter(name => now.has(name)).forEach(name => formData.set(name, now.get(name)));
  });
}

document.querySelectorAll(".map").forEach(start);
