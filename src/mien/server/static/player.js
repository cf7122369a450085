// Your own songs, one after another: a queue, two audio elements, and the keys of the keyboard.
//
// While one element plays, the other has loaded the next song and starts as the first one ends, so
// that nobody hears a gap.

import { t } from "./texts.js";

const STORED = "mien-player"; // volume and the switch, in this browser
const AHEAD = 0.05; // seconds before the end of a song at which the next one starts
const SOON = 15; // seconds before the end of the last song at which more are fetched
const AGAIN = 3; // seconds into a song after which "previous" starts it again
const STEP = 5; // seconds that an arrow key moves
const FAILURES = 5; // songs in a row that cannot be played, after which it stops

export class Player {
  #sounds = [new Audio(), new Audio()]; // one plays, the other waits with the next song
  #queue = []; // the songs of the list
  #chosen = 0; // how many of them were chosen, not fetched for afterwards
  #at = -1; // the place in the queue, or -1
  #failed = 0; // songs in a row
  #seeking = false;
  #ahead = null; // the timer of the next song
  #more = null; // the request for more songs, while it runs

  /**
   * @param bar the element of the player
   * @param changed called when another song plays, or none
   * @param more a function that resolves to more songs for the mood of now
   */
  constructor(bar, changed, more) {
    Object.assign(this, { bar, changed, more });
    this.#restore();
    for (const sound of this.#sounds) this.#listen(sound);
    const on = (name, act) => this.part(name).addEventListener("click", act);
    on("toggle", () => this.toggle());
    on("next", () => this.next());
    on("previous", () => this.previous());
    on("queue-button", () => this.#showQueue(this.part("queue").hidden));
    on("close", () => this.stop());
    this.part("seek").addEventListener("input", () => {
      this.#seeking = true;
      this.part("now").textContent = time(Number(this.part("seek").value));
    });
    this.part("seek").addEventListener("change", () => {
      this.#seeking = false;
      this.seek(Number(this.part("seek").value));
    });
    this.part("volume").addEventListener("input", () => this.#setVolume(this.part("volume").value));
    this.part("more").addEventListener("change", () => {
      // Songs that were fetched for afterwards are not wanted any more.
      if (!this.part("more").checked) this.#queue.length = Math.max(this.#at + 1, this.#chosen);
      this.#store();
    });
    document.addEventListener("keydown", (event) => this.#press(event));
    this.#takeKeys();
  }

  part(name) {
    return this.bar.querySelector(`.${name}`);
  }

  /** The song that plays or is paused, or null. */
  get song() {
    return this.#queue[this.#at] ?? null;
  }

  get paused() {
    return this.#sound.paused;
  }

  get #sound() {
    return this.#sounds[0];
  }

  /** Play songs in order, from the one with this id on, or from the first. Songs without a sound
   * are left out. */
  play(songs, id = null) {
    const queue = songs.filter((song) => song.audio);
    if (!queue.length) return;
    this.#queue = queue;
    this.#chosen = queue.length;
    this.#failed = 0;
    this.#start(Math.max(0, queue.findIndex((song) => song.id === id)));
  }

  toggle() {
    if (!this.song) return;
    if (this.#sound.paused) this.#resume();
    else this.#sound.pause();
  }

  async next() {
    if (this.#at + 1 < this.#queue.length) this.#start(this.#at + 1);
    else await this.#end();
  }

  previous() {
    if (this.#sound.currentTime > AGAIN || this.#at === 0) this.seek(0);
    else this.#start(this.#at - 1);
  }

  seek(seconds) {
    if (!this.song) return;
    this.#sound.currentTime = Math.max(0, Math.min(seconds, this.#sound.duration || seconds));
    this.#plan();
  }

  stop() {
    clearTimeout(this.#ahead);
    for (const sound of this.#sounds) {
      sound.pause();
      sound.removeAttribute("src");
      sound.load();
      delete sound.dataset.id;
    }
    [this.#queue, this.#at] = [[], -1];
    this.bar.hidden = true;
    this.#tell("");
    if ("mediaSession" in navigator) {
      navigator.mediaSession.metadata = null;
      navigator.mediaSession.playbackState = "none";
    }
    this.changed();
  }

  // Playing

  #start(at) {
    clearTimeout(this.#ahead);
    this.#at = at;
    const song = this.song;
    const [playing, waiting] = this.#sounds;
    if (waiting.dataset.id === song.id) {
      this.#sounds.reverse();
      playing.pause();
    } else {
      load(playing, song);
    }
    this.#show(song);
    this.changed();
    if (this.#sound.dataset.failed !== undefined) {
      this.#skip(this.#sound);
      return;
    }
    if (this.#sound.currentTime > 0) this.#sound.currentTime = 0;
    this.#resume();
  }

  async #resume() {
    try {
      await this.#sound.play();
    } catch (error) {
      // Another song was started meanwhile, or the browser wants a press first.
      if (error.name === "NotAllowedError") this.#tell(t.pressPlay);
    }
  }

  #listen(sound) {
    const now = (act) => () => sound === this.#sound && this.song && act();
    const on = (name, act) => sound.addEventListener(name, now(act));
    on("play", () => this.#showState());
    on("pause", () => this.#showState());
    on("playing", () => {
      this.#failed = 0;
      this.#tell("");
      this.#plan();
    });
    on("timeupdate", () => this.#showTime());
    on("durationchange", () => this.#showTime());
    on("canplaythrough", () => this.#prepare());
    on("ended", () => this.next());
    sound.addEventListener("error", () => {
      sound.dataset.failed = ""; // the next song may fail while it waits
      if (sound === this.#sound && this.song) this.#skip(sound);
    });
  }

  /** Load the next song while this one plays. */
  #prepare() {
    const next = this.#queue[this.#at + 1];
    const waiting = this.#sounds[1];
    if (next && waiting.dataset.id !== next.id) load(waiting, next);
  }

  /** Start the next song just before this one ends. */
  #plan() {
    clearTimeout(this.#ahead);
    const left = this.#sound.duration - this.#sound.currentTime - AHEAD;
    if (!Number.isFinite(left) || left > 3600) return;
    this.#ahead = setTimeout(() => {
      const waiting = this.#sounds[1];
      const next = this.#queue[this.#at + 1];
      const isNear = this.#sound.duration - this.#sound.currentTime < 2 * AHEAD + 0.2;
      if (this.#sound.paused || !next) return;
      if (!isNear) this.#plan();
      else if (waiting.dataset.id === next.id && waiting.readyState >= 3) this.next();
    }, Math.max(0, left * 1000));
  }

  /** A song that cannot be played, such as one whose file is gone, is skipped. */
  #skip(sound) {
    if (sound.dataset.wav === undefined && sound.error?.code === 4) {
      load(sound, this.song, true); // this browser does not play its format
      this.#resume();
      return;
    }
    const { title } = this.song;
    this.#failed += 1;
    if (this.#failed >= FAILURES || this.#failed >= this.#queue.length) {
      this.stop();
      this.bar.hidden = false;
      this.#tell(t.cannotPlayAny);
      return;
    }
    this.next().then(() => this.#tell(t.cannotPlay(title)));
  }

  /** After the last song: more for the mood of now, where the switch says so. */
  async #end() {
    if (!this.part("more").checked) {
      this.#sound.pause();
      this.#showState();
      return;
    }
    await this.#fetchMore();
    if (this.#at + 1 < this.#queue.length) this.#start(this.#at + 1);
    else this.#tell(t.noMore);
  }

  #fetchMore() {
    const queue = this.#queue;
    this.#more ??= this.more(queue.map((song) => song.id))
      .then((songs) => {
        if (queue !== this.#queue) return;
        const known = new Set(queue.map((song) => song.id));
        queue.push(...songs.filter((song) => song.audio && !known.has(song.id)));
        this.#show(this.song);
        this.#prepareNext();
      })
      .catch((error) => this.#tell(error.message))
      .finally(() => {
        this.#more = null;
      });
    return this.#more;
  }

  #prepareNext() {
    if (this.#queue[this.#at + 1]) this.#prepare();
  }

  // What is shown

  #show(song) {
    if (!song) return;
    this.bar.hidden = false;
    this.part("song-title").textContent = song.title;
    this.part("song-artists").textContent = song.artists.join(", ");
    const cover = this.part("cover");
    cover.hidden = true;
    cover.onload = () => (cover.hidden = false);
    cover.removeAttribute("src");
    if (song.cover) cover.src = song.cover;
    this.#showQueue(!this.part("queue").hidden);
    this.#showState();
    this.#showTime();
    if ("mediaSession" in navigator) {
      const artwork = song.cover ? [{ src: new URL(song.cover, location.href).href }] : [];
      navigator.mediaSession.metadata = new MediaMetadata({
        title: song.title,
        artist: song.artists.join(", "),
        album: song.album ?? "",
        artwork,
      });
    }
  }

  #showState() {
    const { paused } = this.#sound;
    const toggle = this.part("toggle");
    toggle.classList.toggle("paused", paused);
    toggle.setAttribute("aria-label", paused ? t.resume : t.pause);
    if ("mediaSession" in navigator) {
      navigator.mediaSession.playbackState = paused ? "paused" : "playing";
    }
    this.changed();
  }

  #showTime() {
    const { currentTime, duration } = this.#sound;
    const length = Number.isFinite(duration) ? duration : (this.song?.seconds ?? 0);
    const seek = this.part("seek");
    seek.max = String(Math.max(length, 1));
    this.part("length").textContent = time(length);
    const isLast = this.#at + 1 === this.#queue.length;
    if (isLast && length - currentTime < SOON && !this.paused && this.part("more").checked) {
      this.#fetchMore();
    }
    if (this.#seeking) return;
    seek.value = String(currentTime);
    seek.setAttribute("aria-valuetext", t.position(time(currentTime), time(length)));
    this.part("now").textContent = time(currentTime);
    if ("mediaSession" in navigator && Number.isFinite(duration) && duration > 0) {
      navigator.mediaSession.setPositionState?.({
        duration,
        position: Math.min(currentTime, duration),
      });
    }
  }

  #showQueue(visible) {
    const list = this.part("queue");
    list.hidden = !visible;
    this.part("queue-button").setAttribute("aria-expanded", String(visible));
    if (!visible) return;
    list.replaceChildren(
      ...this.#queue.map((song, i) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.className = "small";
        button.textContent = `${song.title} · ${song.artists.join(", ")}`;
        if (i === this.#at) button.setAttribute("aria-current", "true");
        button.addEventListener("click", () => this.#start(i));
        item.append(button);
        return item;
      }),
    );
  }

  #tell(text) {
    const message = this.part("told");
    if (message.textContent !== text) message.textContent = text;
  }

  // Keys

  #press(event) {
    if (!this.song || event.altKey || event.ctrlKey || event.metaKey) return;
    const { target } = event;
    // Keys of a control are its own, but for buttons only those that press it.
    if (target.closest?.("input, select, textarea, summary, a, [role=slider], #map")) return;
    const onButton = target.closest?.("button") !== null && target.closest?.("button") !== undefined;
    const acts = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.seek(this.#sound.currentTime - STEP),
      ArrowRight: () => this.seek(this.#sound.currentTime + STEP),
      n: () => this.next(),
      p: () => this.previous(),
    };
    const act = acts[event.key];
    if (!act || (onButton && event.key === " ")) return;
    event.preventDefault();
    act();
  }

  #takeKeys() {
    if (!("mediaSession" in navigator)) return;
    const acts = {
      play: () => this.#resume(),
      pause: () => this.#sound.pause(),
      stop: () => this.stop(),
      nexttrack: () => this.next(),
      previoustrack: () => this.previous(),
      seekto: ({ seekTime }) => this.seek(seekTime),
      seekbackward: ({ seekOffset }) => this.seek(this.#sound.currentTime - (seekOffset ?? 10)),
      seekforward: ({ seekOffset }) => this.seek(this.#sound.currentTime + (seekOffset ?? 10)),
    };
    for (const [name, act] of Object.entries(acts)) {
      try {
        navigator.mediaSession.setActionHandler(name, act);
      } catch {
        // a key that this browser does not know
      }
    }
  }

  // What is remembered

  #setVolume(value) {
    for (const sound of this.#sounds) sound.volume = Number(value);
    this.#store();
  }

  #restore() {
    let stored = {};
    try {
      stored = JSON.parse(localStorage.getItem(STORED)) ?? {};
    } catch {
      // storage is off, or holds something else
    }
    const volume = stored.volume >= 0 && stored.volume <= 1 ? stored.volume : 1;
    this.part("volume").value = String(volume);
    this.part("more").checked = stored.more !== false;
    for (const sound of this.#sounds) sound.volume = volume;
  }

  #store() {
    const { value } = this.part("volume");
    try {
      const kept = { volume: Number(value), more: this.part("more").checked };
      localStorage.setItem(STORED, JSON.stringify(kept));
    } catch {
      // storage is off
    }
  }
}

function load(sound, song, wav = false) {
  sound.preload = "auto";
  sound.src = wav ? `${song.audio}&wav=1` : song.audio;
  sound.dataset.id = song.id;
  delete sound.dataset.failed;
  if (wav) sound.dataset.wav = "";
  else delete sound.dataset.wav;
}

function time(seconds) {
  const whole = Math.floor(seconds || 0);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
