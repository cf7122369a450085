// The camera: off until turned on, one frame in flight at a time.

import { t } from "./texts.js";

const WIDTH = 1280; // pixels of a frame; enough for people on the other side of a room
const QUALITY = 0.85;
const PAUSE = 30; // milliseconds between an answer and the next frame

export class Camera {
  #stream = null;

  /**
   * @param video the element that shows the picture
   * @param onLost called when the camera disconnects
   */
  constructor(video, onLost) {
    Object.assign(this, { video, onLost });
    this.canvas = document.createElement("canvas");
  }

  /** The running stream, or null; a new one each time the camera is turned on. */
  get stream() {
    return this.#stream;
  }

  /** Turn it on; throws an Error with a message for the page. */
  async start() {
    if (!navigator.mediaDevices?.getUserMedia) throw new Error(t.cameraInsecure);
    try {
      const wanted = { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" };
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
      this.video.srcObject = this.#stream;
      await this.video.play();
    } catch (error) {
      this.stop();
      const said = {
        NotAllowedError: t.cameraRefused,
        SecurityError: t.cameraRefused,
        NotFoundError: t.cameraMissing,
        OverconstrainedError: t.cameraMissing,
      };
      throw new Error(said[error.name] ?? t.cameraBusy);
    }
    this.#stream.getVideoTracks()[0].addEventListener("ended", this.onLost);
  }

  /** Seconds since frames are taken. */
  get time() {
    return (performance.now() - this.begin) / 1000;
  }

  stop() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.video.srcObject = null;
  }

  /** Call `look(frame, seconds)` for frame after frame until the camera is turned off. */
  async run(look) {
    const stream = this.#stream;
    this.begin = performance.now();
    while (this.#stream === stream) {
      const frame = document.hidden ? null : await this.#frame();
      if (frame && this.#stream === stream) await look(frame, this.time);
      await new Promise((resume) => setTimeout(resume, document.hidden ? 500 : PAUSE));
    }
  }

  async #frame() {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!width) return null;
    const scale = Math.min(1, WIDTH / width);
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    const context = this.canvas.getContext("2d");
    context.drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    return new Promise((made) => this.canvas.toBlob(made, "image/jpeg", QUALITY));
  }
}
