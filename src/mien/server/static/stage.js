// The picture with a box around each face, the seven bars, and the choice of a face.

import { percent, t } from "./texts.js";

const COLOURS = {
  happy: "#e9a820",
  surprise: "#e2733d",
  angry: "#d1495b",
  disgust: "#7a8b2a",
  fear: "#8a5fb8",
  sad: "#3d6cc9",
  neutral: "#9a9aa3",
};

export class Stage {
  #bars = {};

  /**
   * @param parts canvas (over the picture), ring (around it), bars (a list with a row for each emotion), faces (a group of buttons)
   * @param onFace called with a face's number or "room" when it is pressed
   * @param onEmotion called with an emotion when it is pressed
   */
  constructor({ canvas, ring, bars, faces }, onFace, onEmotion) {
    Object.assign(this, { canvas, ring, faces, onFace });
    for (const row of bars.children) {
      const [button, fill, share] = row.querySelectorAll("button, .bar span, .share");
      const emotion = button.textContent;
      button.addEventListener("click", () => onEmotion(emotion));
      this.#bars[emotion] = { button, fill, share };
    }
  }

  get emotions() {
    return Object.keys(this.#bars);
  }

  /** Seven probabilities by emotion, or null for none. */
  bars(expression) {
    for (const [emotion, { fill, share }] of Object.entries(this.#bars)) {
      const p = expression?.[emotion] ?? 0;
      fill.style.transform = `scaleX(${p.toFixed(3)})`;
      share.textContent = expression ? percent(p) : "";
    }
    let end = 0;
    const arcs = Object.keys(COLOURS).map((emotion) => {
      const start = end;
      end += 100 * (expression?.[emotion] ?? 0);
      return `${COLOURS[emotion]} ${start.toFixed(1)}% ${end.toFixed(1)}%`;
    });
    this.ring.style.setProperty("--ring", expression ? `conic-gradient(${arcs})` : "transparent");
  }

  /** The emotion chosen by hand, or null. */
  said(emotion) {
    for (const [name, { button }] of Object.entries(this.#bars)) {
      button.setAttribute("aria-pressed", String(name === emotion));
    }
  }

  /** Boxes in pixels of a picture of `width` x `height`; `mirrored` as in a mirror. */
  boxes(faces, width, height, counts, mirrored) {
    const context = this.canvas.getContext("2d");
    [this.canvas.width, this.canvas.height] = [width, height];
    const style = getComputedStyle(this.canvas);
    const unit = Math.max(width, (height * 4) / 3) / 640; // of a picture of any size on the stage
    context.lineWidth = 3 * unit;
    context.font = `600 ${20 * unit}px system-ui, sans-serif`;
    for (const face of faces) {
      const [x, y, w, h] = face.box;
      const left = mirrored ? width - x - w : x;
      context.globalAlpha = counts(face) ? 1 : 0.5;
      context.strokeStyle = context.fillStyle = style.getPropertyValue("--box");
      context.strokeRect(left, y, w, h);
      const number = faces.length > 1 ? `${face.number}  ` : "";
      const text = `${number}${face.label ?? "?"}`;
      const top = y > 30 * unit ? y - 28 * unit : y;
      context.fillRect(left - 1.5 * unit, top, context.measureText(text).width + 14 * unit, 28 * unit);
      context.fillStyle = style.getPropertyValue("--on-box");
      context.fillText(text, left + 6 * unit, top + 21 * unit);
    }
    context.globalAlpha = 1;
  }

  clear() {
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.bars(null);
    this.choice([], null);
  }

  /** Buttons to choose a face, where there are several. */
  choice(faces, faceId) {
    const numbers = faces.map((face) => face.number).sort((a, b) => a - b);
    const wanted = faces.length > 1 || faceId === "room" ? ["room", ...numbers] : [];
    if (this.faces.dataset.shown !== wanted.join()) {
      this.faces.dataset.shown = wanted.join();
      this.faces.replaceChildren();
      for (const who of wanted) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "small";
        button.dataset.who = who;
        button.textContent = who === "room" ? t.room : t.face(who);
        button.addEventListener("click", () => this.onFace(who));
        this.faces.append(button);
      }
      this.faces.hidden = wanted.length === 0;
    }
    for (const button of this.faces.children) {
      button.setAttribute("aria-pressed", String(button.dataset.who === String(faceId)));
    }
  }
}
