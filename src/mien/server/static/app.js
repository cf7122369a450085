// The page: what is seen becomes a mood, the mood becomes songs.

import * as api from "./api.js";
import { Camera } from "./camera.js";
import { MoodMap } from "./map.js";
import { showSongs } from "./songs.js";
import { Stage } from "./stage.js";
import { EMOTIONS, capital, percent, t } from "./texts.js";

const $ = (id) => document.getElementById(id);
const LISTS = 20; // that the history keeps
const AGAIN = 1000; // milliseconds until a server that was gone or busy is asked again

const camera = new Camera($("video"));
const map = new MoodMap($("map"), (valence, energy) => choose(valence, energy));
const stage = new Stage({ canvas: $("boxes"), bars: $("bars"), faces: $("faces") }, pickFace);

let moment = null; // of the camera's stream, as the server answered it
let whom = null; // whose face counts: a number, "room", or null for the largest
let photo = null; // { faces, width, height } of a photo
let mine = null; // what the person said, which goes before what is seen: { name, wish }
let asked = null; // what the songs that are shown are for: { name, wish }
let answer = null;
let seed = null;
let counter = 0; // of questions for songs, so that a late answer is dropped
const history = [];

// What is said to the person

function say(text, wrong = false) {
  $("status").textContent = text;
  $("status").classList.toggle("wrong", wrong);
}

function note(text, wrong = false) {
  $("note").textContent = text;
  $("note").classList.toggle("wrong", wrong);
}

// Songs

function wish(what) {
  const filters = {};
  const list = (id) => [...$(id).selectedOptions].map((option) => option.value);
  if (list("genres").length) filters.genres = list("genres");
  if (list("without").length) filters.without = list("without");
  if ($("clean").checked) filters.clean = true;
  for (const name of ["popularity", "minutes"]) {
    const [from, to] = [$(`${name}-from`), $(`${name}-to`)].map((input) => input.value);
    const least = from === "" ? 0 : Number(from);
    const most = to === "" ? Number($(`${name}-to`).max) : Number(to);
    if (from !== "" || to !== "") filters[name] = [least, most];
  }
  const where = $("to").value ? { to: $("to").value } : { policy: $("policy").value };
  return { ...what, ...filters, ...where, ...(seed === null ? {} : { seed }) };
}

async function findSongs(what) {
  const number = (counter += 1);
  $("songs").setAttribute("aria-busy", "true");
  try {
    const found = await api.recommend(wish(what.wish));
    if (number !== counter) return;
    show(found, what);
    remember();
  } catch (error) {
    if (number === counter) note(error.message, true);
  } finally {
    if (number === counter) $("songs").removeAttribute("aria-busy");
  }
}

function show(found, what) {
  [answer, asked] = [found, what];
  const goal = $("to").value;
  note(
    found.songs.length === 0
      ? t.noSongs
      : found.to
        ? t.journey(what.name, goal)
        : t.songsFor(what.name, found.mood),
    found.songs.length === 0,
  );
  showSongs($("songs"), found, note);
  map.place(found.songs);
  $("export").hidden = $("others").hidden = found.songs.length === 0;
  if (camera.on && !mine) return; // the point follows the face
  map.show(found.mood.valence, found.mood.energy);
  sliders(found.mood);
}

function remember() {
  if (!answer.songs.length) return;
  const when = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  history.unshift({ when, answer, asked });
  history.length = Math.min(history.length, LISTS);
  $("history").hidden = history.length < 2;
  $("lists").replaceChildren(
    ...history.slice(1).map((list) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = t.back(list.when, list.asked.name);
      button.addEventListener("click", () => {
        $("pin").checked = true;
        show(list.answer, list.asked);
        note(t.kept);
      });
      item.append(button);
      return item;
    }),
  );
}

function sliders(mood) {
  $("valence").value = mood.valence;
  $("energy").value = mood.energy;
}

// What the person says

async function sayEmotion(emotion) {
  const seen = seenNow();
  follow({ name: emotion, wish: { emotion } });
  say(t.said(emotion));
  await findSongs(mine);
  if (seen) {
    try {
      await api.correct(seen, emotion);
      say(t.corrected);
    } catch (error) {
      say(error.message, true);
    }
  }
}

function choose(valence, energy) {
  const tempo = answer?.mood.tempo ?? 60 + 100 * energy;
  follow({ name: t.yourMood, wish: { mood: { valence, energy, tempo } } });
  map.show(valence, energy);
  sliders({ valence, energy });
  say(t.chosen);
  findSongs(mine);
}

/** From now on what was said counts, or what is seen if nothing was. */
function follow(said) {
  mine = said;
  $("follow").hidden = !(said && (camera.on || photo));
  const emotion = said?.wish.emotion;
  for (const button of $("emotions").children) {
    button.setAttribute("aria-pressed", String(button.dataset.emotion === emotion));
  }
}

/** The expression that is shown now, or null. */
function seenNow() {
  if (camera.on) return moment?.expression?.expression ?? null;
  return photo?.faces.length ? photo.faces[photo.at].expression : null;
}

// The camera

async function toggleCamera() {
  if (camera.on) {
    camera.stop();
    stage.clear();
    moment = null;
    show_mode("nothing");
    say("");
    return;
  }
  say(t.starting);
  $("camera").disabled = true;
  try {
    await camera.start();
  } catch (error) {
    say(error.message, true);
    return;
  } finally {
    $("camera").disabled = false;
  }
  [moment, photo, whom] = [null, null, null];
  follow(null);
  show_mode("camera");
  say(t.looking);
  camera.run(look);
}

async function look(frame, time) {
  let next;
  try {
    next = await api.nextMoment(frame, time, moment, whom);
  } catch (error) {
    say(error.message, true);
    if (error.code !== "gone" && error.code !== "busy") moment = null;
    await new Promise((resume) => setTimeout(resume, AGAIN));
    return;
  }
  if (!camera.on) return;
  moment = next;
  whom = next.whom;
  const here = next.faces.filter((face) => face.seen === next.time);
  const first = here[0]?.number;
  const counts = (face) => whom === "room" || face.number === (whom ?? first);
  stage.boxes(here, camera.canvas.width, camera.canvas.height, counts, true);
  stage.choice(here, whom);
  stage.bars(next.expression?.expression);
  sayMoment(next);
  if (mine) return;
  if (next.expression) {
    map.show(next.expression.mood.valence, next.expression.mood.energy, true);
  }
  if (next.changed && !($("pin").checked && answer)) {
    seed = null;
    findSongs(seen(next.steady));
  }
}

function sayMoment(next) {
  const { expression } = next;
  if (!expression) say(t.noFace);
  else if (!next.steady) say(t.settling);
  else if (expression.label) say(t.reading(expression.label, percent(expression.confidence)));
  else say(t.unsure);
}

function seen(shown) {
  return { name: shown.label ?? t.yourMood, wish: { expression: shown.expression } };
}

function pickFace(who) {
  whom = who === whom ? null : who;
  if (photo) {
    photo.at = Math.max(0, photo.faces.findIndex((face) => face.number === who));
    showPhoto();
  }
}

// Photos

async function usePhoto(file) {
  if (!file) return;
  if (camera.on) await toggleCamera();
  say(t.looking);
  const picture = $("photo");
  URL.revokeObjectURL(picture.src);
  picture.src = URL.createObjectURL(file);
  show_mode("photo");
  stage.clear();
  photo = null;
  follow(null);
  try {
    const faces = await api.readPhoto(file);
    await picture.decode();
    photo = { faces: faces.map((face, i) => ({ ...face, number: i + 1 })), at: 0 };
  } catch (error) {
    show_mode("nothing");
    say(error.message, true);
    return;
  }
  if (photo.faces.length === 0) {
    say(t.noFaceInPhoto, true);
    return;
  }
  showPhoto();
}

function showPhoto() {
  const picture = $("photo");
  const face = photo.faces[photo.at];
  const counts = (other) => other === face;
  stage.boxes(photo.faces, picture.naturalWidth, picture.naturalHeight, counts, false);
  stage.choice(photo.faces, face.number);
  stage.bars(face.expression);
  say(face.label ? t.reading(face.label, percent(face.confidence)) : t.unsure);
  follow(null);
  seed = null;
  findSongs(seen(face));
}

function show_mode(mode) {
  $("stage").dataset.mode = mode;
  $("camera").textContent = mode === "camera" ? t.cameraOff : t.cameraOn;
  $("follow").hidden = !(mine && mode !== "nothing");
}

// The rest of the page

async function save(form) {
  try {
    const blob = await api.playlist(form, answer.songs.map((song) => song.id));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `mien.${form}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  } catch (error) {
    note(error.message, true);
  }
}

function again() {
  if (asked) findSongs(mine ?? asked);
}

async function fillGenres() {
  try {
    const { genres, name, songs } = await api.catalogue();
    for (const id of ["genres", "without"]) {
      $(id).replaceChildren(...Object.keys(genres).sort().map((genre) => new Option(genre, genre)));
    }
    $("about").textContent = `${songs.toLocaleString()} songs (${name})`;
  } catch (error) {
    note(error.message, true);
  }
}

for (const emotion of EMOTIONS) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = emotion;
  button.dataset.emotion = emotion;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    seed = null;
    sayEmotion(emotion);
  });
  $("emotions").append(button);
  $("to").append(new Option(capital(emotion), emotion));
}
$("map-title").textContent = t.map;
$("camera").textContent = t.cameraOn;
$("camera").addEventListener("click", toggleCamera);
$("file").addEventListener("change", () => {
  usePhoto($("file").files[0]);
  $("file").value = "";
});
for (const event of ["dragover", "drop"]) {
  document.addEventListener(event, (happened) => {
    happened.preventDefault();
    if (event === "drop") usePhoto(happened.dataTransfer.files[0]);
  });
}
document.addEventListener("paste", (happened) => usePhoto(happened.clipboardData.files[0]));
for (const id of ["valence", "energy"]) {
  $(id).addEventListener("change", () => {
    seed = null;
    choose(Number($("valence").value), Number($("energy").value));
  });
}
$("follow").addEventListener("click", () => {
  follow(null);
  if (photo) showPhoto();
  else if (moment?.steady) findSongs(seen(moment.steady));
});
$("others").addEventListener("click", () => {
  seed = (seed ?? 0) + 1;
  again();
});
$("filters").addEventListener("change", again);
$("to").addEventListener("change", () => {
  $("policy").disabled = $("to").value !== "";
});
for (const form of ["m3u8", "xspf", "csv"]) {
  $(`save-${form}`).addEventListener("click", () => save(form));
}
$("clear").addEventListener("click", () => {
  $("filters").reset();
  $("policy").disabled = false;
  again();
});
fillGenres();
