// The form above the songs: filters, policy and journey.

import { t } from "./texts.js";

const $ = (id) => document.getElementById(id);

export class Filters {
  #genres = { genres: new Set(), without: new Set() };
  #known = new Set();

  /**
   * @param onChange called when songs should be requested again
   * @param say called with an error message
   */
  constructor(onChange, say) {
    Object.assign(this, { onChange, say });
    $("filters").addEventListener("submit", (event) => event.preventDefault());
    $("filters").addEventListener("change", (event) => {
      if (event.target.id in this.#genres) this.#choose(event.target);
      else if (event.target.id !== "pin") this.#changed();
    });
    $("clear").addEventListener("click", () => {
      for (const input of $("filters").querySelectorAll(".fields input")) {
        if (input.type === "checkbox") input.checked = false;
        else input.value = "";
      }
      $("familiarity").value = "balanced";
      $("languages").value = "mine";
      for (const name of Object.keys(this.#genres)) {
        this.#genres[name].clear();
        this.#showChosen(name);
      }
      this.#changed();
    });
  }

  /** The catalogue's genres. */
  offer(genres) {
    this.#known = new Set(genres);
    $("all-genres").replaceChildren(...genres.map((genre) => new Option(genre)));
  }

  /** The form's part of a query. */
  query() {
    const query = this.#limits();
    if ($("languages").value === "mine") query.languages = this.#languages();
    return $("to").value
      ? { ...query, to: $("to").value }
      : { ...query, policy: $("policy").value };
  }

  /** The reader's languages, as ISO 639-1 codes. */
  #languages() {
    const codes = navigator.languages.map((tag) => tag.split("-")[0]);
    return [...new Set(codes.filter((code) => code.length === 2))].slice(0, 20);
  }

  #limits() {
    const limits = {};
    if ($("familiarity").value !== "balanced") limits.familiarity = $("familiarity").value;
    for (const [name, chosen] of Object.entries(this.#genres)) {
      if (chosen.size) limits[name] = [...chosen];
    }
    if ($("clean").checked) limits.clean = true;
    for (const name of ["popularity", "minutes"]) {
      const [from, to] = [$(`${name}-from`), $(`${name}-to`)];
      if (!from.value && !to.value) continue;
      limits[name] = [Number(from.value), to.value ? Number(to.value) : Number(to.max)];
    }
    return limits;
  }

  #changed() {
    $("policy").disabled = $("to").value !== "";
    $("active").textContent = t.active(Object.keys(this.#limits()).length);
    this.onChange();
  }

  #choose(input) {
    const genre = input.value.trim().toLowerCase();
    if (genre && !this.#known.has(genre)) {
      this.say(t.noGenre(genre));
      return;
    }
    input.value = "";
    if (!genre) return;
    this.#genres[input.id].add(genre);
    this.#showChosen(input.id);
    this.#changed();
  }

  #showChosen(name) {
    const buttons = [...this.#genres[name]].map((genre) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "small";
      button.textContent = `${genre} ×`;
      button.setAttribute("aria-label", t.without(genre));
      button.addEventListener("click", () => {
        this.#genres[name].delete(genre);
        this.#showChosen(name);
        $(name).focus();
        this.#changed();
      });
      return button;
    });
    $(`${name}-chosen`).replaceChildren(...buttons);
  }
}
