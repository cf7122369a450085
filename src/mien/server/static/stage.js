// The picture with a box around each face, the seven bars, and whose face counts.

import { EMOTIONS, percent, t } from "./texts.js";

export class Stage {
  #bars = {};

  /**
   * @param parts canvas (over the picture), bars (a dl), faces (a group of buttons)
   * @param onWhom called with a face's number, "room", or null for the largest
   */
  constructor({ canvas, bars, faces }, onWhom) {
    Object.assign(this, { canvas, faces, onWhom });
    for (const emotion of EMOTIONS) {
      const name = document.createElement("dt");
      name.textContent = emotion;
      const row = document.createElement("dd");
      const meter = document.createElement("span");
      meter.className = "bar";
      const fill = meter.appendChild(document.createElement("span"));
      const share = document.createElement("span");
      share.className = "share";
      row.append(meter, share);
      bars.append(name, row);
      this.#bars[emotion] = { fill, share };
    }
    this.bars(null);
  }

  /** Seven probabilities by emotion, or null for none. */
  bars(expression) {
    for (const [emotion, { fill, share }] of Object.entries(this.#bars)) {
      const p = expression?.[emotion] ?? 0;
      fill.style.width = `${(p * 100).toFixed(1)}%`;
      share.textContent = expression ? percent(p) : "";
    }
  }

  /** Boxes in pixels of a picture of `width` x `height`; `mirrored` as in a mirror. */
  boxes(faces, width, height, counts, mirrored) {
    const context = this.canvas.getContext("2d");
    [this.canvas.width, this.canvas.height] = [width, height];
    const style = getComputedStyle(this.canvas);
    context.lineWidth = Math.max(2, width / 200);
    context.font = `600 ${Math.max(14, width / 32)}px system-ui, sans-serif`;
    for (const face of faces) {
      const [x, y, w, h] = face.box;
      const left = mirrored ? width - x - w : x;
      context.globalAlpha = counts(face) ? 1 : 0.5;
      context.strokeStyle = style.getPropertyValue("--box");
      context.strokeRect(left, y, w, h);
      const label = faces.length > 1 && face.number ? `${face.number}  ` : "";
      const text = `${label}${face.label ?? "?"}`;
      const room = context.measureText(text).width + 12;
      const above = y > 30 ? y - 28 : y + 4;
      context.fillStyle = style.getPropertyValue("--box");
      context.fillRect(left, above, room, 26);
      context.fillStyle = style.getPropertyValue("--on-box");
      context.fillText(text, left + 6, above + 20);
    }
    context.globalAlpha = 1;
  }

  clear() {
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.bars(null);
    this.choice([], null);
  }

  /** Buttons for whose face counts, where there are several. */
  choice(faces, whom) {
    const numbers = faces.map((face) => face.number).sort((a, b) => a - b);
    const wanted = faces.length > 1 || whom === "room" ? ["room", ...numbers] : [];
    const key = wanted.join();
    if (this.faces.dataset.shown !== key) {
      this.faces.dataset.shown = key;
      this.faces.replaceChildren(
        ...wanted.map((who) => {
          const button = document.createElement("button");
          button.type = "button";
          button.dataset.who = who;
          button.textContent = who === "room" ? t.room : t.face(who);
          button.addEventListener("click", () => this.onWhom(who));
          return button;
        }),
      );
      this.faces.hidden = wanted.length === 0;
    }
    for (const button of this.faces.children) {
      button.setAttribute("aria-pressed", String(button.dataset.who === String(whom)));
    }
  }
}
