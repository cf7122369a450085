// Songs as cards: the reason, your rating, and where to listen.

import { rate } from "./api.js";
import { t } from "./texts.js";

const PLAYER = "https://open.spotify.com/embed/track/";

/** Give an element the light of a place on the map. */
export function shine({ style }, { valence, energy }) {
  style.setProperty("--valence", `${Math.round(valence * 100)}%`);
  style.setProperty("--energy", `${Math.round(energy * 100)}%`);
}

export class Songs {
  #opinions = new Map(); // by song, for when it is shown again

  /**
   * @param list an ol
   * @param player where Spotify's player goes; it outlives the list, so the music plays on
   * @param own the player of the listener's own files, or a function that gives it
   */
  constructor(list, player, own) {
    Object.assign(this, { list, player, own });
    player.querySelector("button").addEventListener("click", () => {
      const playing = this.playing;
      this.stop();
      this.#card(playing)?.querySelector(".play").focus();
    });
  }

  /** The id of the song in the player, or undefined. */
  get playing() {
    return this.player.querySelector("iframe")?.dataset.id;
  }

  /** Show the songs of a response; cards of songs that stay are kept. */
  show({ songs, ranking }) {
    this.songs = songs;
    const cards = songs.map((song) => {
      const card = this.#card(song.id) ?? this.#make(song, ranking);
      card.querySelector(".rank").textContent = song.rank;
      card.querySelector(".why").textContent = song.why.replaceAll(" %", "\u00a0%");
      return card;
    });
    const shown = [...this.list.children];
    if (cards.length !== shown.length || cards.some((card, i) => card !== shown[i])) {
      const focused = document.activeElement;
      this.list.replaceChildren(...cards);
      if (this.list.contains(focused)) focused.focus({ preventScroll: true });
    }
  }

  /** The ids of the songs shown, without hidden ones. */
  wanted() {
    const ids = [...this.list.children].map((card) => card.dataset.id);
    return ids.filter((id) => this.#opinions.get(id)?.said !== "dislike");
  }

  /** Show which song plays. */
  showPlaying() {
    this.#showPlaying();
  }

  stop() {
    this.player.querySelector("iframe")?.remove();
    this.player.hidden = true;
    this.#showPlaying();
  }

  #card(id) {
    return [...this.list.children].find((card) => card.dataset.id === id);
  }

  #make(song, ranking) {
    const card = document.getElementById("song").content.cloneNode(true).firstElementChild;
    card.dataset.id = song.id;
    const part = (name) => card.querySelector(`.${name}`);
    part("title").textContent = song.title;
    part("artists").textContent = song.artists.join(", ");
    const genres = song.genres.join(", ");
    part("genres").textContent = song.genres_estimated && genres ? t.byEar(genres) : genres;
    part("stars").setAttribute("aria-label", t.rate(song.title));
    for (let n = 1; n <= 5; n += 1) {
      const star = document.createElement("button");
      star.type = "button";
      star.textContent = "★";
      star.setAttribute("aria-label", t.stars(n, song.title));
      star.addEventListener("click", () => {
        this.#tell(card, { song: song.id, stars: n, ranking }, t.rated(n));
      });
      part("stars").append(star);
    }
    for (const [said, done] of [["like", t.liked], ["dislike", t.disliked]]) {
      part(said).setAttribute("aria-label", t[said](song.title));
      part(said).addEventListener("click", () => {
        const again = this.#opinions.get(song.id)?.said === said;
        if (again) this.#withdraw(card);
        else this.#tell(card, { song: song.id, said }, done);
      });
    }
    part("undo").setAttribute("aria-label", t.undoOf(song.title));
    part("undo").addEventListener("click", () => this.#withdraw(card));
    if (!this.#opinions.has(song.id)) this.#opinions.set(song.id, song);
    for (const [name, place] of [["spotify", "Spotify"], ["youtube", "YouTube"]]) {
      part(name).href = song.links[name];
      part(name).setAttribute("aria-label", t.openIn(place, song.title));
    }
    const known = /\/track\/([0-9A-Za-z]{22})$/.exec(song.links.spotify);
    part("play").hidden = !known && !song.audio;
    if (song.audio) part("play").dataset.own = "";
    part("play").setAttribute("aria-label", song.audio ? t.playOwn(song.title) : t.play(song.title));
    part("play").addEventListener("click", () => {
      if (song.audio) this.#playOwn(song);
      else this.#play(song, known[1], card);
    });
    for (const link of ["spotify", "youtube"]) part(link).hidden = Boolean(song.audio);
    this.#showCover(card, song);
    this.#showOpinion(card);
    this.#showPlaying(card);
    return card;
  }

  async #tell(card, opinion, done) {
    const noted = card.querySelector(".noted");
    try {
      await rate(opinion);
      const before = this.#opinions.get(opinion.song);
      const { stars, said } = opinion.said === "nothing" ? {} : { ...before, ...opinion };
      this.#opinions.set(opinion.song, { stars, said });
      noted.textContent = done;
      this.#showOpinion(card);
    } catch (error) {
      noted.textContent = error.message;
    }
  }

  async #withdraw(card) {
    const song = card.dataset.id;
    await this.#tell(card, { song, said: "nothing" }, t.withdrawn);
    if (card.querySelector(".undo").hidden) card.querySelector(".like").focus();
  }

  #showOpinion(card) {
    const opinion = this.#opinions.get(card.dataset.id) ?? {};
    const { said } = opinion;
    const stars = opinion.stars ?? 0;
    card.querySelector(".undo").hidden = !stars && !said;
    [...card.querySelector(".stars").children].forEach((star, i) => {
      star.classList.toggle("given", i < stars);
      star.setAttribute("aria-pressed", String(i === stars - 1));
    });
    for (const name of ["like", "dislike"]) {
      card.querySelector(`.${name}`).setAttribute("aria-pressed", String(name === said));
    }
    card.classList.toggle("unwanted", said === "dislike");
  }

  /** The first song of the list that has a file, and those after it. */
  playFirst() {
    this.stop();
    this.own().play(this.songs.filter((song) => !this.#isHidden(song.id)));
  }

  /** Own files: this song and those after it. */
  #playOwn(song) {
    this.stop();
    if (this.own().song?.id === song.id) this.own().toggle();
    else this.own().play(this.songs.filter((other) => !this.#isHidden(other.id)), song.id);
  }

  #isHidden(id) {
    return this.#opinions.get(id)?.said === "dislike";
  }

  #showCover(card, song) {
    const made = card.querySelector(".made");
    const cover = card.querySelector("img.cover");
    shine(made, song);
    made.style.setProperty("--turn", song.title.length % 6);
    if (!song.cover) return;
    cover.addEventListener("load", () => {
      cover.hidden = false;
      made.hidden = true;
    });
    cover.src = song.cover;
  }

  #play(song, track, card) {
    if (this.playing === song.id) {
      this.stop();
      return;
    }
    if (!navigator.onLine) {
      card.querySelector(".noted").textContent = t.offline;
      return;
    }
    this.stop();
    this.own().stop();
    const frame = document.createElement("iframe");
    frame.dataset.id = song.id;
    frame.src = PLAYER + track;
    frame.title = t.player(song.title);
    // Subscribers hear whole songs where the frame may decode protected sound and start by itself.
    frame.allow = "autoplay; clipboard-write; encrypted-media; fullscreen; picture-in-picture";
    frame.sandbox = "allow-scripts allow-same-origin allow-popups";
    this.player.prepend(frame);
    this.player.hidden = false;
    this.#showPlaying();
  }

  #showPlaying(...cards) {
    for (const card of cards.length ? cards : this.list.children) {
      const { id } = card.dataset;
      const own = this.own();
      const isOwn = own?.song?.id === id && !own.paused;
      const play = card.querySelector(".play");
      play.setAttribute("aria-pressed", String(id === this.playing || isOwn));
      if (play.dataset.own !== undefined) play.textContent = isOwn ? "Pause" : "Play";
      card.classList.toggle("playing", own?.song?.id === id);
    }
  }
}
