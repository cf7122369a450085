// The page: what is seen becomes a mood, the mood becomes songs.

import * as api from "./api.js";
import { Camera } from "./camera.js";
import { Filters } from "./filters.js";
import { MoodMap } from "./map.js";
import { Songs } from "./songs.js";
import { Stage } from "./stage.js";
import { t } from "./texts.js";

const $ = (id) => document.getElementById(id);
const LISTS = 20; // that the history keeps
const AGAIN = 1000; // milliseconds until a server that was gone or busy is asked again
const SETTLED = 200; // milliseconds that a point or a slider rests before songs are looked for

const stage = new Stage(
  { canvas: $("boxes"), bars: $("bars"), faces: $("faces") },
  pickFace,
  sayEmotion,
);
const map = new MoodMap($("map"), (valence, energy) =>
  choose({ valence, energy, tempo: Number($("tempo").value) }),
);
const camera = new Camera($("video"), () => turnOff(t.cameraLost));
const songs = new Songs($("songs"), $("player"));
const filters = new Filters(
  () => wanted && findSongs(wanted),
  (text) => note(text, true),
);

let moment = null; // of the camera's stream, as the server answered it
let whom = null; // whose face counts: a number, "room", or null for the largest
let photo = null; // { faces } of the photo on the stage
let mine = null; // what the person said, which goes before what is seen: { name, wish, text }
let wanted = null; // what songs were last looked for: { name, wish }
let seed = null; // for others than the first songs that fit
let questions = 0; // for songs, so that a late answer is dropped
let photos = 0; // likewise
let resting; // the timer of a point or a slider that is being moved
let shown = null; // the list that is shown: { when, found, what, text, to }
const lists = []; // all of them, the newest first

// What is said to the person

function say(text, wrong = false) {
  write($("status"), text, wrong);
}

function note(text, wrong = false) {
  write($("note"), text, wrong);
}

function write(element, text, wrong) {
  // What did not change is not announced again.
  if (element.textContent !== text) element.textContent = text;
  element.classList.toggle("wrong", wrong);
}

function pause(milliseconds) {
  return new Promise((resume) => setTimeout(resume, milliseconds));
}

// Songs

async function findSongs(what) {
  clearTimeout(resting);
  wanted = what;
  const question = (questions += 1);
  $("songs").setAttribute("aria-busy", "true");
  let found = null;
  while (!found) {
    try {
      const others = seed === null ? {} : { seed };
      found = await api.recommend({ ...what.wish, ...filters.wish(), ...others });
    } catch (error) {
      if (question !== questions) return;
      note(error.message, true);
      if (!error.passing) break;
      await pause(AGAIN);
    }
    if (question !== questions) return;
  }
  $("songs").removeAttribute("aria-busy");
  if (!found) return;
  const when = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const text = found.to ? t.journey(what.name, $("to").value) : t.songsFor(what.name, found.mood);
  show({ when, found, what, text, to: $("to").value });
}

function show(list) {
  shown = list;
  const { found, text } = list;
  const none = found.songs.length === 0;
  note(none ? t.noSongs : text, none);
  songs.show(found);
  map.place(found.songs, found.to !== null);
  for (const id of ["others", "save-m3u8", "save-xspf", "save-csv"]) $(id).disabled = none;
  if (!none && !lists.includes(list)) lists.unshift(list);
  lists.length = Math.min(lists.length, LISTS);
  showHistory();
  if (!camera.stream || mine) showMood(found.mood);
}

function showHistory() {
  const earlier = lists.filter((list) => list !== shown);
  $("history").hidden = earlier.length === 0;
  $("lists").replaceChildren(
    ...earlier.map((list) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "small";
      button.textContent = t.back(list.when, list.what.name, list.to);
      const titles = document.createElement("span");
      titles.className = "quiet";
      titles.textContent = list.found.songs.map((song) => song.title).join(", ");
      button.addEventListener("click", () => goBack(list));
      item.append(button, " ", titles);
      return item;
    }),
  );
}

function goBack(list) {
  questions += 1; // an answer that is on its way would replace it
  $("songs").removeAttribute("aria-busy");
  wanted = list.what;
  $("pin").checked = true;
  show(list);
  note(`${list.text} ${t.kept}`);
  $("songs-section").focus();
}

function showMood(mood, moving = false) {
  map.show(mood.valence, mood.energy, moving);
  for (const name of ["valence", "energy", "tempo"]) $(name).value = mood[name];
}

// What the person says

async function sayEmotion(emotion) {
  const seen = expressionSeen();
  seed = null;
  const said = { name: emotion, wish: { emotion }, text: t.said(emotion) };
  follow(said);
  findSongs(said);
  if (!seen) return;
  try {
    await api.correct(seen, emotion);
    said.text = t.corrected(emotion);
  } catch (error) {
    said.text = error.message;
  }
  if (mine === said) say(said.text);
}

function choose(mood) {
  seed = null;
  follow({ name: t.yourMood, wish: { mood }, text: t.chosen });
  showMood(mood);
  clearTimeout(resting);
  resting = setTimeout(() => findSongs(mine), SETTLED);
}

/** From now on what was said counts; with null, what is seen. */
function follow(said) {
  mine = said;
  if (said) say(said.text);
  else clearTimeout(resting);
  stage.said(said?.wish.emotion ?? null);
  $("follow").hidden = !(said && (camera.stream || photo?.faces.length));
}

/** The expression that is shown now, or null. */
function expressionSeen() {
  if (camera.stream) return moment?.expression?.expression ?? null;
  return photo?.faces.length ? inPhoto().expression : null;
}

// The camera

function turnOff(why = "") {
  camera.stop();
  stage.clear();
  moment = null;
  showStage("nothing");
  say(why || t.start, why !== "");
}

async function turnOn() {
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
  photos += 1;
  stage.clear();
  follow(null);
  showStage("camera");
  say(t.looking);
  camera.run(look);
}

async function look(frame, time) {
  const [stream, asked] = [camera.stream, whom];
  let next;
  try {
    next = await api.nextMoment(frame, time, moment, asked);
  } catch (error) {
    if (camera.stream !== stream) return;
    say(error.message, true);
    if (!error.passing) moment = null;
    await pause(AGAIN);
    return;
  }
  if (camera.stream !== stream) return;
  moment = next;
  if (whom === asked) whom = next.whom; // else another was picked meanwhile
  const here = next.faces.filter((face) => face.seen === next.time);
  const counts = (face) => whom === "room" || face.number === (whom ?? here[0].number);
  stage.boxes(here, camera.canvas.width, camera.canvas.height, counts, true);
  stage.choice(next.faces, whom); // also those that were not seen for a moment
  stage.bars(next.expression?.expression);
  if (mine) return say(mine.text); // after an error, too
  sayMoment(next);
  if (next.expression) showMood(next.expression.mood, true);
  if (next.changed) followFace();
}

/** Songs for the face in the camera, unless those that are shown shall stay. */
function followFace() {
  if ($("pin").checked && shown) return;
  seed = null;
  findSongs(seen(moment.steady));
}

function sayMoment({ expression, steady }) {
  if (!expression) say(t.noFace);
  else if (!steady) say(t.settling);
  else if (whom === "room") say(t.together);
  else sayReading(expression.label);
}

function sayReading(label) {
  say(label ? t.reading(label) : t.unsure);
}

function seen(reading) {
  return { name: reading.label ?? t.yourMood, wish: { expression: reading.expression } };
}

function pickFace(who) {
  whom = who === whom && !photo ? null : who;
  if (photo) showPhoto();
}

// Photos

async function usePhoto(file) {
  if (!file) return;
  if (camera.stream) turnOff();
  const number = (photos += 1);
  const picture = $("photo");
  URL.revokeObjectURL(picture.src);
  picture.src = URL.createObjectURL(file);
  photo = null;
  stage.clear();
  follow(null);
  showStage("photo");
  say(t.looking);
  let faces;
  try {
    faces = await api.readPhoto(file);
    await picture.decode().catch(() => {
      throw new Error(t.notShown);
    });
  } catch (error) {
    if (number !== photos) return;
    showStage("nothing");
    say(error.message, true);
    return;
  }
  if (number !== photos) return;
  photo = { faces: faces.map((face, i) => ({ ...face, number: i + 1 })) };
  whom = 1;
  if (faces.length) showPhoto();
  else say(t.noFaceInPhoto, true);
}

function showPhoto() {
  const { naturalWidth: width, naturalHeight: height } = $("photo");
  const counts = (face) => whom === "room" || face.number === whom;
  const reading = inPhoto();
  stage.boxes(photo.faces, width, height, counts, false);
  stage.choice(photo.faces, whom);
  stage.bars(reading.expression);
  if (whom === "room") say(t.together);
  else sayReading(reading.label);
  follow(null);
  seed = null;
  findSongs(seen(reading));
}

/** The reading of the photo's face that counts, or the mean of all. */
function inPhoto() {
  const { faces } = photo;
  if (whom !== "room") return faces.find((face) => face.number === whom);
  const mean = (emotion) =>
    faces.reduce((sum, face) => sum + face.expression[emotion], 0) / faces.length;
  return { label: null, expression: Object.fromEntries(stage.emotions.map((e) => [e, mean(e)])) };
}

function showStage(mode) {
  $("stage").dataset.mode = mode;
  $("camera").textContent = mode === "camera" ? t.cameraOff : t.cameraOn;
  if (mode === "nothing") $("follow").hidden = true;
}

// The rest of the page

async function save(form) {
  try {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await api.playlist(form, songs.wanted()));
    link.download = `mien.${form}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  } catch (error) {
    note(error.message, true);
  }
}

async function fillCatalogue() {
  try {
    const { genres, name, songs: count } = await api.catalogue();
    filters.offer(Object.keys(genres).sort());
    $("about").textContent = t.about(count, name);
  } catch (error) {
    note(error.message, true);
  }
}

$("map-title").textContent = t.map;
$("camera").addEventListener("click", () => (camera.stream ? turnOff() : turnOn()));
$("file").addEventListener("change", () => {
  usePhoto($("file").files[0]);
  $("file").value = "";
});
const dropping = (is) => $("stage").classList.toggle("dropping", is);
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  dropping(true);
});
document.addEventListener("dragleave", (event) => event.relatedTarget ?? dropping(false));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  dropping(false);
  usePhoto(event.dataTransfer.files[0]);
});
document.addEventListener("paste", (event) => usePhoto(event.clipboardData.files[0]));
for (const id of ["valence", "energy", "tempo"]) {
  $(id).addEventListener("input", () => {
    const values = ["valence", "energy", "tempo"].map((name) => [name, Number($(name).value)]);
    choose(Object.fromEntries(values));
  });
}
$("follow").addEventListener("click", () => {
  if (photo) return showPhoto();
  follow(null);
  if (moment?.steady) followFace();
});
$("pin").addEventListener("change", () => {
  if ($("pin").checked) {
    if (shown) note(t.kept);
  } else if (camera.stream && !mine && moment?.steady) followFace();
  else if (shown) note(shown.text);
});
$("others").addEventListener("click", () => {
  seed = (seed ?? 0) + 1;
  findSongs(wanted);
});
for (const form of ["m3u8", "xspf", "csv"]) {
  $(`save-${form}`).addEventListener("click", () => save(form));
}
// On a small screen the songs arrive below its edge.
const below = ([entry]) => {
  $("see").classList.toggle("needed", !entry.isIntersecting && entry.boundingClientRect.top > 0);
};
new IntersectionObserver(below, { rootMargin: "0px 0px -96px" }).observe($("songs-section"));
fillCatalogue();
