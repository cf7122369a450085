// Six songs as cards: why they are there, what you think of them, where to hear them.

import { rate } from "./api.js";
import { t } from "./texts.js";

const PLAYER = "https://open.spotify.com/embed/track/";

/**
 * Show the songs of an answer.
 *
 * @param list an ol
 * @param answer of the server
 * @param say called with a line for the status, or an error
 */
export function showSongs(list, answer, say) {
  list.replaceChildren(...answer.songs.map((song) => card(song, answer.ranking, say)));
}

function card(song, ranking, say) {
  const item = document.getElementById("song").content.cloneNode(true).firstElementChild;
  item.dataset.id = song.id;
  const part = (name) => item.querySelector(`.${name}`);
  part("rank").textContent = song.rank;
  part("title").textContent = song.title;
  part("artists").textContent = song.artists.join(", ");
  part("genres").textContent = song.genres.join(", ");
  part("why").textContent = song.why;
  stars(part("stars"), song, ranking, say);
  for (const [kind, done] of [["like", t.liked], ["dislike", t.disliked]]) {
    const button = part(kind);
    button.setAttribute("aria-label", t[kind](song.title));
    button.addEventListener("click", async () => {
      if (!(await tell({ song: song.id, said: kind }, say, done))) return;
      for (const other of item.querySelectorAll(".like, .dislike")) {
        other.setAttribute("aria-pressed", String(other === button));
      }
    });
  }
  for (const [name, place] of [["spotify", "Spotify"], ["youtube", "YouTube"]]) {
    const link = part(name);
    link.href = song.links[name];
    link.setAttribute("aria-label", `${t.openIn(place)}: ${song.title}`);
  }
  const play = part("play");
  const known = /\/track\/([0-9A-Za-z]{22})$/.exec(song.links.spotify);
  if (known) {
    play.setAttribute("aria-label", t.play(song.title));
    play.addEventListener("click", () => {
      const frame = document.createElement("iframe");
      frame.src = PLAYER + known[1];
      frame.title = t.player(song.title);
      frame.allow = "encrypted-media";
      frame.sandbox = "allow-scripts allow-same-origin allow-popups";
      part("player").replaceChildren(frame);
      play.hidden = true;
    });
  } else {
    play.hidden = true;
  }
  return item;
}

function stars(group, song, ranking, say) {
  group.setAttribute("aria-label", t.rate(song.title));
  for (let n = 1; n <= 5; n += 1) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "★";
    button.setAttribute("aria-label", t.stars(n, song.title));
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", async () => {
      if (!(await tell({ song: song.id, stars: n, ranking }, say, t.rated(n)))) return;
      [...group.children].forEach((star, i) => {
        star.classList.toggle("given", i < n);
        star.setAttribute("aria-pressed", String(i === n - 1));
      });
    });
    group.append(button);
  }
}

async function tell(rating, say, done) {
  try {
    await rate(rating);
    say(done);
    return true;
  } catch (error) {
    say(error.message, true);
    return false;
  }
}
