// The page: an expression becomes a mood, and the mood becomes songs.

import * as api from "./api.js";
import { Camera } from "./camera.js";
import { Filters } from "./filters.js";
import { MoodMap } from "./map.js";
import { Neutral } from "./neutral.js";
import { Player } from "./player.js";
import { Songs, shine } from "./songs.js";
import { Stage } from "./stage.js";
import { t } from "./texts.js";

const $ = (id) => document.getElementById(id);
const LISTS = 20; // kept in the history
const NEVER = 500; // songs that a request may leave out
const RETRY = 1000; // milliseconds before trying an absent or busy server again
const MESSAGE = 2.5; // seconds that a message about the neutral face stays
const SETTLED = 200; // milliseconds that a point or a slider rests before songs are requested

const stage = new Stage(
  { canvas: $("boxes"), ring: $("ring"), bars: $("bars"), faces: $("faces") },
  pickFace,
  sayEmotion,
);
const map = new MoodMap(
  $("map"),
  (valence, energy) => choose({ valence, energy, tempo: Number($("tempo").value) }),
  songsFirst,
);
const camera = new Camera($("video"), () => turnOff(t.cameraLost));
const songs = new Songs($("songs"), $("player"), () => player);
const player = new Player($("own-player"), showPlaying, moreSongs);
const neutral = new Neutral(
  { take: $("neutral"), anyway: $("neutral-anyway"), forget: $("neutral-forget"), state: $("neutral-state") },
  useNeutral,
  tell,
);
const filters = new Filters(
  () => wanted && findSongs(wanted),
  (text) => note(text, true),
);

let moment = null; // the last one of the camera's stream
let faceId = null; // the face that counts: a number, "room" for all, null for the largest
let photo = null; // { faces } of the photo on the stage
let mine = null; // the mood chosen by hand, which overrides the reading: { name, query, text }
let wanted = null; // the last request for songs: { name, query }
let seed = null; // other songs than the best
let requests = 0; // for songs, so that a late response is dropped
let photos = 0; // likewise
let quiet = 0; // the time of the stream until which a message stays
let coming = null; // the list whose first song plays next
let resting; // the timer of a point or a slider that is being moved
let shown = null; // the current list: { when, found, what, text, policy, to }
const lists = []; // newest first

// Messages

function say(text, wrong = false) {
  write($("status"), text, wrong);
}

function note(text, wrong = false) {
  write($("note"), text, wrong);
}

function write(element, text, wrong) {
  // An unchanged message is not announced again.
  if (element.textContent !== text) element.textContent = text;
  element.classList.toggle("wrong", wrong);
}

function pause(milliseconds) {
  return new Promise((resume) => setTimeout(resume, milliseconds));
}

/** From now on, the songs come first. Follows a press, so that nothing moves by itself. */
function songsFirst() {
  if (document.body.dataset.view === "songs") return;
  document.body.dataset.view = "songs";
  window.scrollTo(0, 0);
}

// Songs

async function findSongs(what) {
  clearTimeout(resting);
  wanted = what;
  const question = (requests += 1);
  $("songs").setAttribute("aria-busy", "true");
  let found = null;
  while (!found) {
    try {
      const others = seed === null ? {} : { seed };
      found = await api.recommend({ ...what.query, ...filters.query(), ...others });
    } catch (error) {
      if (question !== requests) return;
      note(error.message, true);
      if (!error.transient) break;
      await pause(RETRY);
    }
    if (question !== requests) return;
  }
  $("songs").removeAttribute("aria-busy");
  if (!found) return;
  const text = found.to ? t.journey(what.name, $("to").value) : t.songsFor(what.name);
  show(listOf(found, what, text));
}

function listOf(found, what, text) {
  return { when: clock(), found, what, text, policy: $("policy").value, to: $("to").value };
}

/** More songs for the mood of now, without these; the list appears once the first of them plays. */
async function moreSongs(ids) {
  const follows = camera.stream && !mine && moment?.steady && !$("pin").checked;
  const what = follows ? seen(moment.steady) : wanted;
  const never = { never: ids.slice(-NEVER) };
  const found = await api.recommend({ ...what.query, ...filters.query(), ...never });
  const text = t.songsFor(what.name);
  coming = listOf(found, what, text);
  return found.songs;
}

function showPlaying() {
  const { song, paused } = player;
  if (song && coming?.found.songs.some(({ id }) => id === song.id)) {
    const list = coming;
    coming = null;
    wanted = list.what;
    show(list);
  }
  const button = $("play-all");
  button.hidden = !shown?.found.songs.some((each) => each.audio);
  const isShown = song && shown?.found.songs.some(({ id }) => id === song.id);
  button.textContent = isShown && !paused ? t.pauseAll : t.playAll;
  songs.showPlaying();
}

function playAll() {
  const list = shown.found.songs;
  if (player.song && list.some(({ id }) => id === player.song.id)) player.toggle();
  else songs.playFirst();
}

function clock() {
  return new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function show(list) {
  shown = list;
  const { found, text } = list;
  const none = found.songs.length === 0;
  note(none ? t.noSongs : text, none);
  songs.show(found);
  showLight(list);
  showPlaying();
  map.place(found.songs, found.to !== null);
  for (const id of ["others", "save-m3u8", "save-xspf", "save-csv"]) $(id).disabled = none;
  $("save-m3u8").hidden = !found.songs.some((song) => song.audio); // players open files alone
  if (!none && !lists.includes(list)) lists.unshift(list);
  lists.length = Math.min(lists.length, LISTS);
  showHistory();
  if (!camera.stream || mine) showMood(found.mood);
}

/** The name and the colours of the list's mood. */
function showLight({ found, what, policy, to }) {
  $("music").textContent = t.listName(what.name, policy, to, found.mood);
  shine(document.body, found.mood);
  document.body.style.setProperty("--pace", `${Math.round(50 - 35 * found.mood.energy)}s`);
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
  requests += 1; // a response on its way would replace it
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

// Moods chosen by hand

async function sayEmotion(emotion) {
  songsFirst();
  const seen = expressionSeen();
  seed = null;
  const said = { name: emotion, query: { emotion }, text: t.said(emotion) };
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
  follow({ name: t.yourMood, query: { mood }, text: t.chosen });
  showMood(mood);
  clearTimeout(resting);
  resting = setTimeout(() => findSongs(mine), SETTLED);
}

/** Follow a mood chosen by hand; with null, follow the reading again. */
function follow(said) {
  mine = said;
  if (said) say(said.text);
  else clearTimeout(resting);
  stage.said(said?.query.emotion ?? null);
  $("follow").hidden = !(said && (camera.stream || photo?.faces.length));
}

/** The current expression, or null. */
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
  songsFirst();
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
  [moment, photo, faceId] = [null, null, null];
  photos += 1;
  stage.clear();
  follow(null);
  showStage("camera");
  say(t.looking);
  camera.run(look);
}

async function look(frame, time) {
  const [stream, requested] = [camera.stream, faceId];
  let next;
  try {
    next = await api.nextMoment(frame, time, moment, requested, neutral.value);
  } catch (error) {
    if (camera.stream !== stream) return;
    if (error.code === "neutral_face") return neutral.drop(t.neutralOld);
    say(error.message, true);
    if (!error.transient) moment = null;
    await pause(RETRY);
    return;
  }
  if (camera.stream !== stream) return;
  moment = next;
  if (faceId === requested) faceId = next.whom; // else another face was chosen meanwhile
  const here = next.faces.filter((face) => face.seen === next.time);
  const counts = (face) => faceId === "room" || face.number === (faceId ?? here[0].number);
  stage.boxes(here, camera.canvas.width, camera.canvas.height, counts, true);
  stage.choice(next.faces, faceId); // including faces lost a moment ago
  stage.bars(next.expression?.expression);
  if (neutral.busy) return neutral.frame(frame, time);
  if (mine) {
    if (time >= quiet) say(mine.text); // also after an error
    return;
  }
  if (time >= quiet) sayMoment(next);
  if (next.expression) showMood(next.expression.mood, true);
  if (next.changed) followFace();
}

/** Songs for the face before the camera, unless the list is kept. */
function followFace() {
  if ($("pin").checked && shown) return;
  seed = null;
  findSongs(seen(moment.steady));
}

function sayMoment({ expression, steady }) {
  if (!expression) say(t.noFace);
  else if (!steady) say(t.settling);
  else if (faceId === "room") say(t.together);
  else sayReading(expression);
}

function sayReading({ label, second }) {
  say(label ? t.reading(label, second) : t.unsure);
}

function seen({ label, expression, contempt }) {
  return { name: label ?? t.yourMood, query: { expression, contempt } };
}

function pickFace(who) {
  faceId = who === faceId && !photo ? null : who;
  if (photo) showPhoto();
}

// Photos

async function usePhoto(file) {
  if (!file) return;
  songsFirst();
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
    faces = await readPhoto(file);
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
  photo = { file, faces: faces.map((face, i) => ({ ...face, number: i + 1 })) };
  faceId = 1;
  if (faces.length) showPhoto();
  else say(t.noFaceInPhoto, true);
  showNeutral();
}

async function readPhoto(file) {
  try {
    return await api.readPhoto(file, neutral.value);
  } catch (error) {
    if (error.code !== "neutral_face") throw error;
    neutral.drop(t.neutralOld);
    return api.readPhoto(file, null);
  }
}

function showPhoto() {
  const { naturalWidth: width, naturalHeight: height } = $("photo");
  const counts = (face) => faceId === "room" || face.number === faceId;
  const reading = inPhoto();
  stage.boxes(photo.faces, width, height, counts, false);
  stage.choice(photo.faces, faceId);
  stage.bars(reading.expression);
  if (faceId === "room") say(t.together);
  else sayReading(reading);
  follow(null);
  seed = null;
  findSongs(seen(reading));
}

/** The reading of the chosen face in the photo, or the mean of all. */
function inPhoto() {
  const { faces } = photo;
  if (faceId !== "room") return faces.find((face) => face.number === faceId);
  const mean = (emotion) =>
    faces.reduce((sum, face) => sum + face.expression[emotion], 0) / faces.length;
  const expression = Object.fromEntries(stage.emotions.map((e) => [e, mean(e)]));
  return { label: null, expression, contempt: 0 };
}

// The neutral face

function takeNeutral() {
  if (camera.stream) neutral.begin();
  else if (photo) neutral.photo(photo.file);
}

/** Read anew, now that the neutral face was taken or forgotten. */
function useNeutral() {
  if (camera.stream) moment = null;
  else if (photo) usePhoto(photo.file);
}

/** Say something that the camera's next frames do not replace at once. */
function tell(text, wrong = false) {
  if (camera.stream) quiet = camera.time + (wrong ? 3 : 1) * MESSAGE;
  say(text, wrong);
}

function showNeutral() {
  const count = photo?.faces.length;
  neutral.update(camera.stream ? "camera" : count === 1 ? "photo" : null, !(count > 1));
}

function showStage(mode) {
  $("stage").dataset.mode = mode;
  $("camera").textContent = mode === "camera" ? t.cameraOff : t.cameraOn;
  if (mode === "nothing") $("follow").hidden = true;
  showNeutral();
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

$("neutral").addEventListener("click", takeNeutral);
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
  $(id).addEventListener("change", songsFirst);
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
$("play-all").addEventListener("click", playAll);
$("others").addEventListener("click", () => {
  seed = (seed ?? 0) + 1;
  findSongs(wanted);
});
for (const form of ["m3u8", "xspf", "csv"]) {
  $(`save-${form}`).addEventListener("click", () => save(form));
}
// On a small screen, what chooses the songs may be a screen away from them.
const away = ([entry]) => $("see").classList.toggle("needed", !entry.isIntersecting);
new IntersectionObserver(away, { rootMargin: "0px 0px -96px" }).observe($("songs-section"));
fillCatalogue();
