// The points of the weight-space map: what the server sends, where a point lies, and which part of the plane is looked at.

export const unknown = 0xffff;
export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const furthest = 4096;
const count = number => number.toLocaleString("en");

/** What is the matter, in a sentence for the reader. */
export class Trouble extends Error { }

async function sentenceOf(answer) {
  const type = answer.headers.get("content-type") ?? "";
  const text = await answer.text().catch(() => "");
  if (type.startsWith("text/plain") && text.trim()) return text.trim().slice(0, 300);
  try {
    const problem = JSON.parse(text);
    if (problem.detail ?? problem.title) return String(problem.detail ?? problem.title).slice(0, 300);
  } catch {
    // Not JSON: the code is all there is to say.
  }
  return `The server answered ${answer.status} ${answer.statusText}`.trim() + " to this request.";
}

/** The body of an answer of the type, by one of Response's readers; everything else is a Trouble. */
export async function ask(address, type, reader, signal) {
  try {
    const answer = await fetch(address, { signal, headers: { Accept: `${type}, text/plain;q=0.5` } });
    if (!answer.ok) throw new Trouble(await sentenceOf(answer));
    const got = answer.headers.get("content-type") ?? "";
    if (!got.startsWith(type)) throw new Trouble("The server's answer is of another kind than asked for.");
    return await answer[reader]();
  } catch (error) {
    if (error instanceof Trouble || error.name === "AbortError") throw error;
    if (error instanceof SyntaxError) throw new Trouble("The server's answer arrived damaged.");
    throw new Trouble("The server doesn't answer. Is it still running?");
  }
}

/** A view of a number array on an answer's bytes; little-endian, as all machines are that run browsers. */
export function slice(kind, bytes, from, length, what) {
  if (from + length * kind.BYTES_PER_ELEMENT > bytes.byteLength)
    throw new Trouble(`The map's ${what} arrived damaged: ${count(bytes.byteLength)} bytes are too few. Reload the page.`);
  return new kind(bytes, from, length);
}

/**
 * Points by the cells of a grid, which finds the nearest, and lets neighbours be drawn one after another: their pixels are in the cache
 * then. In a cell their order is mixed, so that no category lies on top of all others.
 */
export class Points {
  constructor(bytes) {
    const [length, axes] = slice(Uint32Array, bytes, 0, 2, "points");
    if (axes !== 2) throw new Trouble(`The map's points arrived damaged: ${axes} axes where there should be 2. Reload the page.`);
    if (length === 0) throw new Trouble("There are no networks to show here: the filter matches none, or none is trained yet.");
    const at = slice(Float32Array, bytes, 8, 2 * length, "points");
    const rows = slice(Uint32Array, bytes, 8 + 8 * length, length, "points");
    const order = mixed(length).filter(i => Number.isFinite(at[2 * i]) && Number.isFinite(at[2 * i + 1]));
    if (order.length === 0) throw new Trouble("None of these networks has a place on this map: their coordinates aren't numbers.");
    this.all = length;
    this.length = order.length;
    this.#measure(order, at);
    this.order = this.#sort(order, at);
    this.x = Float32Array.from(this.order, i => at[2 * i]);
    this.y = Float32Array.from(this.order, i => at[2 * i + 1]);
    this.rows = Uint32Array.from(this.order, i => rows[i]);
  }

  #measure(order, at) {
    const ends = axis => order.reduce(
      ([low, high], i) => [Math.min(low, at[2 * i + axis]), Math.max(high, at[2 * i + axis])], [Infinity, -Infinity]);
    [this.left, this.right] = ends(0);
    [this.bottom, this.top] = ends(1);
    this.width = this.right - this.left || 1;
    this.height = this.top - this.bottom || 1;
  }

  /** The order by cells; cell c has the points from `starts[c]` to `starts[c + 1]`. */
  #sort(order, at) {
    this.side = clamp(Math.ceil(Math.sqrt(this.length / 2)), 1, 512);
    this.starts = new Uint32Array(this.side * this.side + 1);
    const cells = order.map(i => this.#row(at[2 * i + 1]) * this.side + this.#column(at[2 * i]));
    cells.forEach(cell => this.starts[cell + 1]++);
    for (let i = 1; i < this.starts.length; i++) this.starts[i] += this.starts[i - 1];
    const next = this.starts.slice();
    const sorted = new Uint32Array(this.length);
    cells.forEach((cell, k) => { sorted[next[cell]++] = order[k]; });
    return sorted;
  }

  #column(x) { return clamp(Math.floor((x - this.left) / this.width * this.side), 0, this.side - 1); }

  #row(y) { return clamp(Math.floor((y - this.bottom) / this.height * this.side), 0, this.side - 1); }

  /** The shown point nearest to a place, at most `reach` away; −1 if there is none. */
  nearest(x, y, reach, isShown) {
    let [found, best] = [-1, reach * reach];
    for (let row = this.#row(y - reach); row <= this.#row(y + reach); row++) {
      const from = this.starts[row * this.side + this.#column(x - reach)];
      const to = this.starts[row * this.side + this.#column(x + reach) + 1];
      for (let i = from; i < to; i++) {
        const distance = (this.x[i] - x) ** 2 + (this.y[i] - y) ** 2;
        if (distance <= best && isShown(i)) [found, best] = [i, distance];
      }
    }
    return found;
  }

  /** The numbers of the points in a box that are shown. */
  within([x0, y0, x1, y1], isShown) {
    const found = [];
    for (let i = 0; i < this.length; i++)
      if (this.x[i] >= x0 && this.x[i] <= x1 && this.y[i] >= y0 && this.y[i] <= y1 && isShown(i)) found.push(i);
    return found;
  }
}

/** 0 … length − 1 in an order that looks random and is always the same. */
function mixed(length) {
  const order = Uint32Array.from({ length }, (_, i) => i);
  let seed = 1;
  for (let i = length - 1; i > 0; i--) {
    seed = Math.imul(seed, 1664525) + 1013904223 >>> 0;
    const j = Math.floor(seed / 2 ** 32 * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** What of the plane is looked at: the place in the middle, and how many times larger than the whole. */
export class View {
  constructor(points) {
    this.points = points;
    this.whole();
  }

  static limit(zoom) { return clamp(zoom, 1, furthest); }

  whole() { Object.assign(this, this.middle, { zoom: 1 }); }

  get middle() { return { x: (this.points.left + this.points.right) / 2, y: (this.points.bottom + this.points.top) / 2 }; }

  get isWhole() { return this.zoom === 1 && this.x === this.middle.x && this.y === this.middle.y; }

  /** CSS pixels of one unit. */
  get scale() { return this.zoom * 0.92 * Math.min(this.across / this.points.width, this.down / this.points.height); }

  size(across, down) { Object.assign(this, { across, down }); }

  look({ x, y, zoom }) {
    this.x = clamp(x, this.points.left, this.points.right);
    this.y = clamp(y, this.points.bottom, this.points.top);
    this.zoom = View.limit(zoom);
  }

  pan(dx, dy) { this.look({ x: this.x - dx / this.scale, y: this.y + dy / this.scale, zoom: this.zoom }); }

  /** Zooms so that what is at a pixel stays there. */
  zoomAt(factor, left, top) {
    const [x, y] = this.placeOf(left, top);
    const before = this.scale;
    const zoom = View.limit(this.zoom * factor);
    const part = this.scale * zoom / this.zoom / before;
    this.look({ x: x + (this.x - x) / part, y: y + (this.y - y) / part, zoom });
  }

  placeOf(left, top) { return [this.x + (left - this.across / 2) / this.scale, this.y - (top - this.down / 2) / this.scale]; }

  pixelOf(x, y) { return [this.across / 2 + (x - this.x) * this.scale, this.down / 2 - (y - this.y) * this.scale]; }

  get box() {
    const [[x0, y1], [x1, y0]] = [this.placeOf(0, 0), this.placeOf(this.across, this.down)];
    return [x0, y0, x1, y1];
  }

  /** A point's radius in CSS pixels: small where many share little room, larger where one looks closely. */
  get radius() {
    const whole = clamp(0.5 * Math.sqrt(this.across * this.down / this.points.length), 1.5, 4);
    return Math.round(Math.min(6, whole * this.zoom ** 0.3) * 4) / 4;
  }
}
