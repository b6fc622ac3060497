/* The map: areas shaded by count or rate, records as points, hot spots and risk zones, month by month.
   No tiles and no other host: the boundaries are those that the installation has loaded. */
"use strict";

const page = document.getElementById("map-page");
const say = (id, text) => { document.getElementById(id).textContent = text; };
/** Words as an element: Leaflet would read a text as HTML, and a name is not ours. */
const plain = (words) => Object.assign(document.createElement("span"), { textContent: words });
const number = (n) => n.toLocaleString("en-GB");
const SHADES = ["#dbe6f4", "#a9c4e4", "#6f9bcd", "#3a6cab", "#153f78"];
const POINT = "#b3400a";
const SIZES = 10; // of a disc: 1, 2 to 3, 4 to 7, ... records

/** The typed array that the server sent as base64. */
function unpack(Kind, text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new Kind(bytes.buffer);
}

/** 2018-03 as "March 2018". */
function monthWords(month) {
  return new Date(month + "-15").toLocaleDateString("en-GB", { month: "long", year: "numeric" });
}

/* One canvas for all points. Points that fall into one cell of four pixels become one disc, larger for more records. Discs
   are stamped into the canvas's own bytes: a frame is a loop over the points and one copy, so that 100,000 points pan. */
const Points = L.Renderer.extend({
  options: { padding: 0.35, pane: "points" },
  CELL: 4,

  load(lon, lat) {
    const n = lon.length;
    this.x = new Float64Array(n);
    this.y = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const s = Math.sin(lat[i] * Math.PI / 180);
      this.x[i] = (lon[i] + 180) / 360 * 256;
      this.y[i] = (0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI)) * 256;
    }
    return this;
  },

  show(rows) {
    this.rows = rows;
    if (this._map) this._update();
  },

  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.setAttribute("aria-hidden", "true");
  },
  _destroyContainer() { this._container.remove(); delete this._container; },
  _updatePaths() {},
  getEvents() {
    return Object.assign(L.Renderer.prototype.getEvents.call(this), { move: this._follow });
  },
  _follow() { // a long drag leaves the padded canvas before it ends
    if (!this._bounds || this._map._animatingZoom || this._bounds.contains(visible(this._map))) return;
    this._update();
  },

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const canvas = this._container, size = this._bounds.getSize(), ratio = window.devicePixelRatio || 1;
    const width = Math.round(size.x * ratio), height = Math.round(size.y * ratio);
    L.DomUtil.setPosition(canvas, this._bounds.min);
    if (canvas.width !== width || canvas.height !== height) {
      Object.assign(canvas, { width, height });
      Object.assign(canvas.style, { width: size.x + "px", height: size.y + "px" });
      this.image = new ImageData(width, height);
      this.stamps = Array.from({ length: SIZES }, (_, n) => stamp((2.3 + n * 0.9) * ratio));
    }
    const pixels = new Uint32Array(this.image.data.buffer);
    pixels.fill(0);
    if (this.rows) this._draw(pixels, width, height, ratio);
    canvas.getContext("2d").putImageData(this.image, 0, 0);
  },

  _draw(pixels, width, height, ratio) {
    const scale = 2 ** this._map.getZoom() / this.CELL, corner = this._map.getPixelOrigin().add(this._bounds.min);
    // Cells stand still in the world, so discs do not flicker while the map moves.
    const left = Math.floor(corner.x / this.CELL), top = Math.floor(corner.y / this.CELL);
    const wide = Math.ceil(width / ratio / this.CELL) + 1, high = Math.ceil(height / ratio / this.CELL) + 1;
    if (!this.cells || this.cells.length < wide * high) this.cells = new Uint32Array(wide * high);
    const cells = this.cells, used = [];
    for (const i of this.rows) {
      const cx = Math.floor(this.x[i] * scale) - left, cy = Math.floor(this.y[i] * scale) - top;
      if (cx < 0 || cy < 0 || cx >= wide || cy >= high) continue;
      const cell = cy * wide + cx;
      if (cells[cell]++ === 0) used.push(cell);
    }
    const dx = left * this.CELL - corner.x + this.CELL / 2, dy = top * this.CELL - corner.y + this.CELL / 2;
    for (const cell of used) {
      const { reach, colours } = this.stamps[Math.min(SIZES - 1, Math.floor(Math.log2(cells[cell])))], side = 2 * reach + 1;
      const x = Math.round(((cell % wide) * this.CELL + dx) * ratio) - reach;
      const y = Math.round((Math.floor(cell / wide) * this.CELL + dy) * ratio) - reach;
      const from = Math.max(0, -x), to = Math.min(side, width - x);
      for (let v = Math.max(0, -y); v < Math.min(side, height - y); v++) {
        for (let u = from; u < to; u++) {
          const colour = colours[v * side + u], at = (y + v) * width + x + u;
          if (colour >>> 24 > pixels[at] >>> 24) pixels[at] = colour; // the more solid of two pixels is kept
        }
      }
      cells[cell] = 0;
    }
  },

  /** The rows shown within eight pixels of a place on the screen. */
  near(latlng) {
    const at = this._map.project(latlng), scale = 2 ** this._map.getZoom(), found = [];
    for (const i of this.rows || []) {
      if (Math.hypot(this.x[i] * scale - at.x, this.y[i] * scale - at.y) <= 8) found.push(i);
    }
    return found;
  },
});

/** A disc with a white rim as the colours (ABGR) of a square of 2 reach + 1 pixels. */
function stamp(radius) {
  const reach = Math.ceil(radius + 1), side = 2 * reach + 1, canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d");
  pen.arc(side / 2, side / 2, radius, 0, 2 * Math.PI);
  pen.fillStyle = POINT;
  pen.fill();
  pen.strokeStyle = "#fff";
  pen.stroke();
  return { reach, colours: new Uint32Array(pen.getImageData(0, 0, side, side).data.buffer) };
}

function visible(map) {
  const min = map.containerPointToLayerPoint([0, 0]);
  return L.bounds(min, min.add(map.getSize()));
}

/** Five classes with about as many areas in each, as [from, to]; fewer where the values are few. */
function classes(values) {
  const sorted = values.filter((v) => v > 0).sort((a, b) => a - b), out = [];
  if (!sorted.length) return out;
  for (let k = 1; k <= SHADES.length; k++) {
    const from = out.length ? out[out.length - 1][1] : 0;
    const to = sorted[Math.min(sorted.length, Math.ceil(sorted.length * k / SHADES.length)) - 1];
    if (to > from) out.push([from, to]);
  }
  return out;
}

class CrimeMap {
  constructor() {
    this.map = L.map("map", { preferCanvas: true, zoomSnap: 0.25, maxZoom: 18, minZoom: 6, attributionControl: false });
    this.map.createPane("points").style.cssText = "z-index: 450; pointer-events: none";
    L.control.scale().addTo(this.map);
    this.map.on("click", (e) => this.tell(e));
    this.layers = { areas: null, outlines: null, points: null, "hot-spots": null, "risk-zones": null };
  }

  async start() {
    say("map-state", "Fetching records.");
    const [data, shapes, districts] = await Promise.all([
      fetchJSON(page.dataset.counts), page.dataset.areas ? fetchJSON(page.dataset.areas) : { type: "FeatureCollection", features: [] },
      page.dataset.outlines ? fetchJSON(page.dataset.outlines) : null,
    ]);
    this.data = data;
    this.area = unpack(Uint32Array, data.counts.area);
    this.month = unpack(Uint16Array, data.counts.month);
    this.n = unpack(Uint32Array, data.counts.n);
    this.index = new Map(data.areas.map((a, i) => [a.code, i]));
    this.layers.areas = L.geoJSON(shapes, { filter: (feature) => this.index.has(feature.id), style: () => this.plain(), smoothFactor: 0.8 })
      .bindTooltip((layer) => plain(this.words(layer.feature.id)), { sticky: true })
      .on("click", (e) => { this.clicked = e.layer.feature.id; });
    this.layers.areas.addTo(this.map);
    if (districts) this.outline(districts);
    const bounds = data.areas.length ? this.layers.areas.getBounds() : data.bounds;
    this.map.fitBounds(bounds || [[49.9, -6.4], [55.8, 1.8]], { padding: [8, 8] });
    if (districts) { // names are there once the map has a view
      this.names();
      this.map.on("zoomend resize", () => this.names());
    }
    this.slider();
    this.controls();
    this.draw();
    document.documentElement.dataset.map = "ready";
  }

  outline(districts) {
    this.layers.outlines = L.geoJSON(districts, {
      interactive: false, style: { color: "#14202b", weight: 1.6, fill: false },
      onEachFeature: (feature, layer) => layer.bindTooltip(plain(feature.properties.name), {
        permanent: true, direction: "center", className: "place-name",
      }),
    }).addTo(this.map);
  }

  /** Of names that would cover each other only the first is shown. */
  names() {
    const shown = [];
    this.layers.outlines.eachLayer((layer) => {
      const name = layer.getTooltip().getElement(), box = name.getBoundingClientRect();
      const covered = shown.some((b) => box.left < b.right && b.left < box.right && box.top < b.bottom && b.top < box.bottom);
      name.style.visibility = covered ? "hidden" : "visible";
      if (!covered) shown.push(box);
    });
  }

  slider() {
    const slider = document.getElementById("month"), months = this.data.months;
    slider.max = months.length;
    slider.disabled = months.length < 2;
    const step = (by) => { slider.value = Number(slider.value) + by; slider.dispatchEvent(new Event("input")); slider.dispatchEvent(new Event("change")); };
    document.getElementById("earlier").addEventListener("click", () => step(-1));
    document.getElementById("later").addEventListener("click", () => step(1));
    slider.addEventListener("input", () => this.draw());
    slider.addEventListener("change", () => this.table());
    this.chosen = () => Number(slider.value) - 1; // -1 stands for the whole period
    this.span = () => (this.chosen() < 0 ? page.dataset.period : monthWords(months[this.chosen()]));
  }

  controls() {
    for (const box of document.querySelectorAll("[data-layer]")) {
      box.addEventListener("change", () => this.toggle(box.dataset.layer, box.checked, box));
      if (box.checked) this.toggle(box.dataset.layer, true, box);
    }
    for (const radio of document.querySelectorAll("[name=shade]")) radio.addEventListener("change", () => this.draw());
    const resize = () => this.map.invalidateSize({ animate: false });
    window.addEventListener("beforeprint", resize);
    window.addEventListener("afterprint", resize);
    window.matchMedia("print").addEventListener("change", resize);
  }

  async toggle(name, on, box) {
    if (!on) {
      if (this.layers[name]) this.layers[name].remove();
      this.legend();
      return;
    }
    if (!this.layers[name]) {
      say("map-state", "Working out " + box.parentElement.textContent.trim().toLowerCase() + ".");
      box.disabled = true;
      const made = await this.make(name).catch((error) => error);
      box.disabled = false;
      if (made instanceof Error || made.problem) {
        box.checked = false;
        if (made.problem) say("map-state", made.problem);
        else sorry(made);
        return;
      }
      this.layers[name] = made.layer;
      say("map-state", made.words);
    }
    this.layers[name].addTo(this.map);
    this.draw();
  }

  async make(name) {
    const told = await fetchJSON(page.dataset[name === "points" ? "points" : name === "hot-spots" ? "hotSpots" : "riskZones"]);
    if (told.problem) return told;
    if (name === "points") {
      this.points = { month: unpack(Uint16Array, told.month), category: unpack(Uint8Array, told.category), categories: told.categories };
      return { layer: new Points().load(unpack(Float32Array, told.lon), unpack(Float32Array, told.lat)), words: told.words };
    }
    const style = name === "hot-spots"
      ? (f) => ({ color: "#7a1508", weight: 2, fillColor: "#c8351f", fillOpacity: 0.15 + 0.45 * f.properties.strength })
      : () => ({ color: "#4b4f8a", weight: 2, dashArray: "5 4", fillColor: "#4b4f8a", fillOpacity: 0.12 });
    this.list(name, told.table);
    return { layer: L.geoJSON(told, { style }).bindTooltip((l) => plain(l.feature.properties.words), { sticky: true }), words: told.words };
  }

  /** The table of a layer, which stands below the map while the layer is shown. */
  list(name, told) {
    const table = document.createElement("table"), cells = (tag, row) => row.map((value, i) => {
      const cell = document.createElement(tag);
      if (tag === "th") cell.scope = "col";
      if (told.rows.length && typeof told.rows[0][i] === "number") cell.className = "n";
      cell.textContent = typeof value === "number" ? number(value) : value;
      return cell;
    });
    table.createCaption().textContent = told.caption;
    table.createTHead().insertRow().append(...cells("th", told.columns));
    const body = table.createTBody();
    for (const row of told.rows) body.insertRow().append(...cells("td", row));
    document.querySelector(`#list-${name} > div`).replaceChildren(table);
  }

  /** Count per area for the month chosen, and rate per 1,000 people where the population is known. */
  count() {
    const counts = new Float64Array(this.data.areas.length), month = this.chosen();
    for (let i = 0; i < this.n.length; i++) if (month < 0 || this.month[i] === month) counts[this.area[i]] += this.n[i];
    return counts;
  }

  draw() {
    const slider = document.getElementById("month");
    slider.setAttribute("aria-valuetext", this.span());
    say("month-words", this.span());
    this.counts = this.count();
    this.rate = this.data.areas.map((a, i) => (a.people ? this.counts[i] / a.people * 1000 : null));
    this.shade = document.querySelector("[name=shade]:checked").value;
    const values = this.shade === "rate" ? this.rate.map((v) => v || 0) : Array.from(this.counts);
    this.classes = this.shade === "none" ? [] : classes(values);
    this.layers.areas.setStyle((feature) => this.fill(values[this.index.get(feature.id)]));
    if (this.points && this.layers.points) {
      const month = this.chosen(), rows = [];
      for (let i = 0; i < this.points.month.length; i++) if (month < 0 || this.points.month[i] === month) rows.push(i);
      this.layers.points.show(Uint32Array.from(rows));
    }
    this.find();
    this.legend();
  }

  plain() { return { color: "#667481", weight: 0.6, fillColor: "#fff", fillOpacity: 1 }; }

  fill(value) {
    const k = this.classes.findIndex(([, to]) => value <= to);
    return { ...this.plain(), fillColor: value > 0 && k >= 0 ? SHADES[k] : "#fff" };
  }

  find() {
    const total = this.data.total[this.chosen() + 1], top = this.counts.indexOf(Math.max(...this.counts));
    let words = `${page.dataset.what}, ${this.span()}: ${number(total)} ${total === 1 ? "record" : "records"}`;
    if (this.counts[top] > 0) words += `; most in ${this.data.areas[top].name} (${number(this.counts[top])})`;
    say("finding", words + ".");
  }

  legend() {
    const unit = this.shade === "rate" ? "per 1,000 people" : "records";
    const show = (v) => (this.shade === "rate" ? v.toFixed(1) : number(v));
    const items = this.classes.map(([from, to], k) => [SHADES[k],
      this.shade === "rate" ? `${from ? "over " + show(from) : "0"} to ${show(to)} ${unit}` : from + 1 === to ? `${show(to)} ${to === 1 ? "record" : unit}` : `${show(from + 1)} to ${show(to)} ${unit}`]);
    if (this.shade !== "none") items.unshift(["#ffffff", this.shade === "rate" ? "no record, or population unknown" : "no record"]);
    const list = document.getElementById("legend");
    list.replaceChildren(...items.map(([colour, words]) => {
      const item = document.createElement("li"), swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.style.background = colour;
      item.append(swatch, words);
      return item;
    }));
    for (const box of document.querySelectorAll("[data-layer]")) {
      const key = document.getElementById("key-" + box.dataset.layer);
      if (key) key.hidden = !box.checked;
      const list = document.getElementById("list-" + box.dataset.layer);
      if (list) list.hidden = !(box.checked && list.querySelector("td"));
    }
  }

  words(code) {
    const i = this.index.get(code);
    const rate = this.rate[i] === null ? "" : `, ${this.rate[i].toFixed(1)} per 1,000 people`;
    return `${this.data.areas[i].name}: ${number(this.counts[i])} ${this.counts[i] === 1 ? "record" : "records"}${rate}`;
  }

  /** What stands at a place: the records of a point by category, or the area. */
  tell(event) {
    const layer = this.layers.points, on = layer && this.map.hasLayer(layer), found = on ? layer.near(event.latlng) : [];
    const box = document.createElement("div");
    if (found.length) {
      const by = new Map();
      for (const i of found) by.set(this.points.category[i], (by.get(this.points.category[i]) || 0) + 1);
      const head = document.createElement("b"), list = document.createElement("ul");
      head.textContent = `${number(found.length)} ${found.length === 1 ? "record" : "records"} here, ${this.span()}`;
      for (const [k, n] of [...by].sort((a, b) => b[1] - a[1])) {
        const item = document.createElement("li");
        item.textContent = `${this.points.categories[k]}: ${number(n)}`;
        list.append(item);
      }
      box.append(head, list);
    } else if (this.clicked) {
      const link = document.createElement("a");
      link.href = page.dataset.profile + "&area=" + encodeURIComponent(this.clicked);
      link.textContent = "Profile of this area";
      box.append(this.words(this.clicked), document.createElement("br"), link);
    } else return;
    this.clicked = null;
    L.popup().setLatLng(event.latlng).setContent(box).openOn(this.map);
  }

  async table() {
    const month = this.chosen() < 0 ? "" : "&month=" + this.data.months[this.chosen()];
    const answer = await fetch(page.dataset.table + month, { headers: { "X-Requested-With": "fetch" } });
    if (answer.ok) document.getElementById("table").innerHTML = await answer.text();
  }
}

/** A fault of ours in the words of a person; its own words go to the browser's console. */
function sorry(fault) {
  console.error(fault);
  say("map-state", "Peelian could not draw this. Load the page again; if it fails twice, tell your administrator. The table holds the same numbers.");
}

async function fetchJSON(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return answer.json();
}

if (page) {
  const map = new CrimeMap();
  window.crimeMap = map;
  map.start().then(() => say("map-state", ""), sorry);
}
