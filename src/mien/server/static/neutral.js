// Your neutral face: numbers that this browser keeps, and that readings are relative to.

import * as api from "./api.js";
import { t } from "./texts.js";

const KEY = "mien.neutral"; // in the browser's storage
const SECONDS = 3;
const FRAMES = 15; // at most, evenly over that time

export class Neutral {
  #frames = null; // while it is being taken: [blob]
  #next = 0; // when the next frame is due, in seconds
  #begin = null;
  #refused = null; // what was refused, to be used anyway: [blob]

  /**
   * @param parts take, anyway, forget (buttons) and state (a text)
   * @param onChange called when it was taken or forgotten
   * @param say called with a message and whether it is an error
   */
  constructor(parts, onChange, say) {
    Object.assign(this, { ...parts, onChange, say });
    this.value = stored();
    this.anyway.addEventListener("click", () => this.#send(this.#refused, true));
    this.forget.addEventListener("click", () => this.drop(t.neutralForgotten));
    this.update(null);
  }

  /** Whether frames are being collected. */
  get busy() {
    return this.#frames !== null;
  }

  /** Begin to collect frames from the camera. */
  begin() {
    [this.#frames, this.#begin, this.#next] = [[], null, 0];
    this.#refused = null;
    this.show();
  }

  cancel() {
    this.#frames = null;
    this.#refused = null;
    this.show();
  }

  /** A frame of the camera at `time`, in seconds; true while more are needed. */
  frame(blob, time) {
    this.#begin ??= time;
    const passed = time - this.#begin;
    if (passed >= this.#next) {
      this.#frames.push(blob);
      this.#next = (this.#frames.length * SECONDS) / FRAMES;
    }
    this.say(t.neutralTaking(Math.max(1, Math.ceil(SECONDS - passed))));
    if (passed < SECONDS) return;
    const frames = this.#frames;
    this.#frames = null;
    this.#send(frames, false);
  }

  /** From a photo. */
  photo(file) {
    this.#send([file], false);
  }

  async #send(photos, anyway) {
    this.#refused = null;
    this.take.disabled = true;
    try {
      this.value = await api.takeNeutral(photos, anyway);
      this.say(keep(this.value) ? t.neutralTaken : t.neutralTakenHere);
      this.onChange();
    } catch (error) {
      if (error.code === "calibration") this.#refused = photos;
      this.say(error.message, true);
    }
    this.take.disabled = false;
    this.show();
  }

  drop(message) {
    this.value = null;
    keep(null);
    this.#refused = null;
    this.say(message);
    this.show();
    this.onChange();
  }

  /** `mode`: "camera", "photo" (of one face), or null where nobody is seen. */
  update(mode, used = true) {
    Object.assign(this, { mode, used });
    if (mode !== "camera") this.#frames = null;
    this.#refused = null;
    this.show();
  }

  show() {
    this.take.hidden = this.mode === null || this.busy;
    this.take.textContent = this.value ? t.neutralAgain : t.neutralTake[this.mode ?? "camera"];
    this.anyway.hidden = this.#refused === null;
    this.forget.hidden = this.value === null;
    this.state.textContent = !this.value ? t.neutralNone : this.used ? t.neutralUsed : t.neutralUnused;
  }
}

function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/** Whether the browser keeps it. */
function keep(value) {
  try {
    if (value) localStorage.setItem(KEY, JSON.stringify(value));
    else localStorage.removeItem(KEY);
    return true;
  } catch {
    return false;
  }
}
