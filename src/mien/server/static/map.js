// The map of moods: valence from left to right, energy from bottom to top.

const SVG = "http://www.w3.org/2000/svg";
const TRAIL = 40; // points that are kept of where the mood was

export class MoodMap {
  #trail = [];

  /**
   * @param svg with the view box 0 0 100 100
   * @param onDrag called with (valence, energy) when the point was put somewhere else
   */
  constructor(svg, onDrag) {
    this.svg = svg;
    this.trail = add(svg, "polyline", { class: "trail" });
    this.songs = add(svg, "g", { class: "places" });
    this.point = add(svg, "circle", { class: "mood", r: 3.4, visibility: "hidden" });
    let dragged = false;
    const to = (event) => {
      const box = svg.getBoundingClientRect();
      const valence = clamp((event.clientX - box.left) / box.width);
      const energy = clamp(1 - (event.clientY - box.top) / box.height);
      this.show(valence, energy);
      return [valence, energy];
    };
    svg.addEventListener("pointerdown", (event) => {
      dragged = true;
      svg.setPointerCapture(event.pointerId);
      to(event);
    });
    svg.addEventListener("pointermove", (event) => dragged && to(event));
    svg.addEventListener("pointerup", (event) => {
      if (dragged) onDrag(...to(event));
      dragged = false;
    });
    svg.addEventListener("pointercancel", () => (dragged = false));
  }

  /** Put the point somewhere; `moving`: leave a trail behind it. */
  show(valence, energy, moving = false) {
    const [x, y] = [valence * 100, (1 - energy) * 100];
    set(this.point, { cx: x, cy: y, visibility: "visible" });
    this.#trail = moving ? [...this.#trail, `${x.toFixed(1)},${y.toFixed(1)}`].slice(-TRAIL) : [];
    set(this.trail, { points: this.#trail.join(" ") });
  }

  /** Show songs by their numbers. */
  place(songs) {
    this.songs.replaceChildren();
    for (const song of songs) {
      const at = { transform: `translate(${song.valence * 100} ${(1 - song.energy) * 100})` };
      const group = add(this.songs, "g", at);
      add(group, "circle", { r: 2.6 });
      add(group, "text", { y: 1.3 }).textContent = song.rank;
    }
  }
}

function add(parent, name, attributes) {
  const element = document.createElementNS(SVG, name);
  set(element, attributes);
  return parent.appendChild(element);
}

function set(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
}

function clamp(x) {
  return Math.min(1, Math.max(0, x));
}
