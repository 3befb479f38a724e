// The marks of the weight-space map: colours, shapes, and how they get onto the canvas.
//
// Points are rasterized here, into an ImageData, and neither by WebGL nor by the canvas's own calls: without a graphics card (Chromium 156,
// two cores, 1280 × 800) 50,000 points take 4 ms so, 150 ms by drawImage and 600 ms by WebGL. With one there is time to spare, and there
// is one way of drawing to test.

import { Trouble, clamp, slice, unknown } from "./map-points.js";

const rgb = text => [1, 3, 5].map(at => parseInt(text.slice(at, at + 2), 16));
export const steps = 256;
// From blue over purple to orange: lighter and lighter, in colours that every common colour blindness tells apart.
const scales = { light: ["#0072b2", "#cc79a7", "#e69f00"].map(rgb), dark: ["#4ba3dc", "#dd9cc1", "#f0b840"].map(rgb) };

function onScale(scale, share) {
  const at = share * (scale.length - 1);
  const i = Math.min(Math.floor(at), scale.length - 2);
  return scale[i].map((from, k) => Math.round(from + (scale[i + 1][k] - from) * (at - i)));
}

/** What each point is coloured by: `styles` has a number for each, and `sign` says how that number looks. */
export class Colours {
  constructor(bytes, points) {
    const [length] = slice(Uint32Array, bytes, 0, 1, "colours");
    const text = new TextDecoder().decode(slice(Uint8Array, bytes, 4, length, "colours"));
    try {
      Object.assign(this, JSON.parse(text));
    } catch {
      throw new Trouble("The map's colours arrived damaged: their head can't be read. Reload the page.");
    }
    if (this.kind === "categories") this.#readCategories(bytes, 4 + length, points);
    else if (this.kind === "numbers") this.#readNumbers(bytes, 4 + length, points);
    else throw new Trouble(`This page doesn't know how to colour by “${this.kind}”. Reload it: the server may be newer.`);
    this.counts = new Map();
    this.styles.forEach(style => this.counts.set(style, (this.counts.get(style) ?? 0) + 1));
  }

  /** The values in the points' order. The server sends one for each point, or one for each row of the zoo. */
  #values(kind, bytes, from, points) {
    const sent = Math.floor((bytes.byteLength - from) / kind.BYTES_PER_ELEMENT);
    const values = slice(kind, bytes, from, Math.max(sent, points.all), "colours");
    return sent === points.all ? kind.from(points.order, i => values[i]) : kind.from(points.rows, row => values[row]);
  }

  #readCategories(bytes, from, points) {
    if (![this.names, this.paints, this.dark].every(list => Array.isArray(list) && list.length > 0))
      throw new Trouble("The map's colours arrived damaged: they have no names or no paints. Reload the page.");
    this.styles = this.#values(Uint16Array, bytes, from, points).map(style => style < this.names.length ? style : unknown);
  }

  #readNumbers(bytes, from, points) {
    if (![this.low, this.high].every(end => Number.isFinite(end) && (!this.log || end > 0)))
      throw new Trouble("The map's colours arrived damaged: the ends of their scale aren't numbers. Reload the page.");
    const scaled = this.log ? Math.log : Number;
    const [low, high] = [scaled(this.low), scaled(this.high)];
    const style = value => Number.isNaN(value) ? unknown : Math.round(clamp((value - low) / (high - low || 1), 0, 1) * (steps - 1));
    this.styles = Uint16Array.from(this.#values(Float32Array, bytes, from, points), value => style(scaled(value)));
  }

  /** A category's name, or the number that a style stands for. */
  nameOf(style) {
    if (style === unknown) return "unknown";
    if (this.kind === "categories") return this.names[style];
    const share = style / (steps - 1);
    const value = this.log ? this.low * (this.high / this.low) ** share : this.low + (this.high - this.low) * share;
    return String(Number(value.toPrecision(3)));
  }

  /** The shape, filling and colour of a style: each category has its own of six shapes, as in the report's figures. */
  sign(style, isDark, muted) {
    if (style === unknown) return { shape: 0, fill: "open", paint: muted };
    const scale = isDark ? scales.dark : scales.light;
    if (this.kind === "numbers") return { shape: 0, fill: "solid", paint: onScale(scale, style / (steps - 1)) };
    const paints = isDark ? this.dark : this.paints;
    const paint = rgb(paints[style % paints.length]);
    return { shape: this.shapes?.[style] ?? style % marks.length, fill: this.fills?.[style] ?? "solid", paint };
  }
}

// Distances from a mark's border, negative within. Shapes and sizes are the report's (Marker.cs): all of about equal area.
const circle = (x, y, radius) => Math.hypot(x, y) - radius;
const polygon = (corners, size, degrees, lower = 0) => (x, y, radius) => {
  let furthest = -Infinity;
  for (let i = 0; i < corners; i++) {
    const angle = (degrees + 360 * (i + 0.5) / corners) * Math.PI / 180;
    furthest = Math.max(furthest, x * Math.cos(angle) + (y - lower * radius) * Math.sin(angle));
  }
  return furthest - radius * size * Math.cos(Math.PI / corners);
};
const marks = [
  circle, polygon(4, 1.25, 45), polygon(3, 1.4, -90, 0.2), polygon(4, 1.3, 0), polygon(3, 1.4, 90, -0.2), polygon(6, 1.15, 0),
];
export const packed = ([red, green, blue]) => (255 << 24 | blue << 16 | green << 8 | red) >>> 0;
const covered = distance => clamp(0.5 - distance, 0, 1);

/** How much of a pixel at a distance from the mark's border and from its middle has the mark's colour. */
function inked(sign, distance, middle, radius, edge) {
  if (sign.fill === "solid") return covered(distance);
  const dot = sign.fill === "dotted" ? covered(middle - radius * 0.4) : 0;
  return Math.max(dot, covered(Math.abs(distance + edge) - edge));
}

/**
 * A mark as pixels of a picture `stride` wide: offsets and colours in turn. An edge in the ground's colour parts marks that lie on each
 * other, and takes up the mark's soft border: so pixels are only ever replaced, never mixed, which is faster.
 */
export function stamp(sign, radius, edge, ground, stride) {
  const pixels = [];
  const reach = Math.ceil(radius * 1.6 + edge);
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const distance = marks[sign.shape % marks.length](x, y, radius);
      if (distance > edge) continue;
      const ink = inked(sign, distance, Math.hypot(x, y), radius, edge);
      pixels.push(y * stride + x, packed(sign.paint.map((value, k) => Math.round(ground[k] + (value - ground[k]) * ink))));
    }
  }
  return Int32Array.from(pixels, value => value | 0);
}

/** Lays a stamp onto the pixels around `at`. */
export function press(pixels, at, mark) {
  for (let k = 0; k < mark.length; k += 2) pixels[at + mark[k]] = mark[k + 1];
}

/** Draws the points of a view. The picture has a rim all around, so that marks on the edge need no clipping. */
export class Painter {
  constructor(canvas) {
    this.canvas = canvas;
    // Never asked back from a graphics card: each picture is made here and handed over whole.
    this.context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    if (!this.context) throw new Trouble("This browser can't draw here: it gives no canvas. The table has the same networks.");
  }

  draw(view, styles, isShown, signOf, ground) {
    const density = devicePixelRatio || 1;
    const radius = view.radius * density;
    this.#prepare(Math.round(view.across * density), Math.round(view.down * density), radius, 0.6 * density, ground);
    const { pixels, rim, stride, stamps } = this;
    const [xs, ys] = [view.points.x, view.points.y];
    const scale = view.scale * density;
    const left = this.canvas.width / 2 - view.x * scale;
    const top = this.canvas.height / 2 + view.y * scale;
    const [right, bottom] = [this.canvas.width + rim / 2, this.canvas.height + rim / 2];
    pixels.fill(packed(ground));
    for (let i = 0; i < xs.length; i++) {
      const x = xs[i] * scale + left;
      const y = top - ys[i] * scale;
      if (x < -rim / 2 || y < -rim / 2 || x >= right || y >= bottom || !isShown(i)) continue;
      const style = styles[i];
      stamps[style] ??= stamp(signOf(style), radius, this.edge, ground, stride);
      press(pixels, Math.round(y + rim) * stride + Math.round(x + rim), stamps[style]);
    }
    this.context.putImageData(this.image, -rim, -rim);
  }

  /** New stamps are only cut when they would look otherwise. */
  forget() { this.key = null; }

  #prepare(width, height, radius, edge, ground) {
    const key = [width, height, radius, edge, ground].join();
    if (key === this.key) return;
    this.key = key;
    this.edge = edge;
    this.stamps = [];
    const rim = 2 * Math.ceil(radius * 1.6 + edge) + 2;
    if (this.canvas.width === width && this.canvas.height === height && this.rim === rim) return;
    Object.assign(this.canvas, { width, height });
    this.rim = rim;
    this.stride = width + 2 * rim;
    this.image = new ImageData(this.stride, height + 2 * rim);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }
}
