// Songs as cards: the reason, your rating, and where to listen.

import { rate } from "./api.js";
import { t } from "./texts.js";

const PLAYER = "https://open.spotify.com/embed/track/";

export class Songs {
  #opinions = new Map(); // by song, for when it is shown again

  /**
   * @param list an ol
   * @param player where Spotify's player goes; it outlives the list, so the music plays on
   */
  constructor(list, player) {
    Object.assign(this, { list, player });
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
    part("genres").textContent = song.genres.join(", ");
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
        this.#tell(card, { song: song.id, said }, done);
      });
    }
    for (const [name, place] of [["spotify", "Spotify"], ["youtube", "YouTube"]]) {
      part(name).href = song.links[name];
      part(name).setAttribute("aria-label", t.openIn(place, song.title));
    }
    const known = /\/track\/([0-9A-Za-z]{22})$/.exec(song.links.spotify);
    part("play").hidden = !known;
    part("play").setAttribute("aria-label", t.play(song.title));
    part("play").addEventListener("click", () => this.#play(song, known[1]));
    this.#showOpinion(card);
    this.#showPlaying(card);
    return card;
  }

  async #tell(card, opinion, done) {
    const noted = card.querySelector(".noted");
    try {
      await rate(opinion);
      const { stars, said } = { ...this.#opinions.get(opinion.song), ...opinion };
      this.#opinions.set(opinion.song, { stars, said });
      noted.textContent = done;
      this.#showOpinion(card);
    } catch (error) {
      noted.textContent = error.message;
    }
  }

  #showOpinion(card) {
    const { stars = 0, said } = this.#opinions.get(card.dataset.id) ?? {};
    [...card.querySelector(".stars").children].forEach((star, i) => {
      star.classList.toggle("given", i < stars);
      star.setAttribute("aria-pressed", String(i === stars - 1));
    });
    for (const name of ["like", "dislike"]) {
      card.querySelector(`.${name}`).setAttribute("aria-pressed", String(name === said));
    }
    card.classList.toggle("unwanted", said === "dislike");
  }

  #play(song, track) {
    if (this.playing === song.id) {
      this.stop();
      return;
    }
    this.stop();
    const frame = document.createElement("iframe");
    frame.dataset.id = song.id;
    frame.src = PLAYER + track;
    frame.title = t.player(song.title);
    frame.allow = "encrypted-media";
    frame.sandbox = "allow-scripts allow-same-origin allow-popups";
    this.player.prepend(frame);
    this.player.hidden = false;
    this.#showPlaying();
  }

  #showPlaying(...cards) {
    for (const card of cards.length ? cards : this.list.children) {
      const pressed = card.dataset.id === this.playing;
      card.querySelector(".play").setAttribute("aria-pressed", String(pressed));
    }
  }
}
