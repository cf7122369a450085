// The map of moods: valence from left to right, energy from bottom to top.

const SVG = "http://www.w3.org/2000/svg";
const TRAIL = 40; // past positions of the mood
const APART = 6.4; // the least distance between the numbers of songs, so that all can be read

export class MoodMap {
  #trail = [];

  /**
   * @param svg whose view box shows 0 to 100 both ways, with a margin
   * @param onDrag called with (valence, energy) while the point is dragged
   * @param onDrop called when it is let go
   */
  constructor(svg, onDrag, onDrop) {
    this.trail = add(svg, "polyline", { class: "trail" });
    this.way = add(svg, "polyline", { class: "way" });
    this.point = add(svg, "circle", { class: "mood", r: 4.4, visibility: "hidden" });
    this.songs = add(svg, "g", { class: "places" });
    const to = (event) => {
      const at = new DOMPoint(event.clientX, event.clientY);
      const { x, y } = at.matrixTransform(svg.getScreenCTM().inverse());
      onDrag(clamp(x) / 100, 1 - clamp(y) / 100);
    };
    svg.addEventListener("pointerdown", (event) => {
      svg.setPointerCapture(event.pointerId);
      to(event);
    });
    svg.addEventListener("pointermove", (event) => {
      if (svg.hasPointerCapture(event.pointerId)) to(event);
    });
    svg.addEventListener("pointerup", onDrop);
  }

  /** Move the point; `moving`: leave a trail. */
  show(valence, energy, moving = false) {
    const [x, y] = place(valence, energy);
    set(this.point, { cx: x, cy: y, visibility: "visible" });
    this.#trail = moving ? [...this.#trail, `${x.toFixed(1)},${y.toFixed(1)}`].slice(-TRAIL) : [];
    set(this.trail, { points: this.#trail.join(" ") });
  }

  /** Show songs by their numbers; `journey`: with the path through them. */
  place(songs, journey) {
    const exact = songs.map((song) => place(song.valence, song.energy));
    set(this.way, { points: journey ? exact.join(" ") : "" });
    const readable = spread(exact);
    this.songs.replaceChildren();
    songs.forEach((song, i) => {
      const group = add(this.songs, "g", { transform: `translate(${readable[i]})` });
      add(group, "circle", { r: 3 });
      add(group, "text", { y: 1.4 }).textContent = song.rank;
      add(group, "title", {}).textContent = song.title;
    });
  }
}

/** The points, moved apart where they would overlap. */
function spread(points) {
  const moved = points.map(([x, y], i) => [x + i / 100, y]); // no two coincide
  for (let round = 0; round < 40; round += 1) {
    for (let i = 0; i < moved.length; i += 1) {
      for (let j = 0; j < i; j += 1) {
        const [dx, dy] = [moved[i][0] - moved[j][0], moved[i][1] - moved[j][1]];
        const distance = Math.hypot(dx, dy);
        const push = Math.max(0, APART - distance) / distance / 2;
        moved[i] = [clamp(moved[i][0] + dx * push, 3), clamp(moved[i][1] + dy * push, 3)];
        moved[j] = [clamp(moved[j][0] - dx * push, 3), clamp(moved[j][1] - dy * push, 3)];
      }
    }
  }
  return moved;
}

function place(valence, energy) {
  return [valence * 100, (1 - energy) * 100];
}

function clamp(x, margin = 0) {
  return Math.min(100 + margin, Math.max(-margin, x));
}

function add(parent, name, attributes) {
  const element = document.createElementNS(SVG, name);
  set(element, attributes);
  return parent.appendChild(element);
}

function set(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
}
