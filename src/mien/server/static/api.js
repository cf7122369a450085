// Talking to the server that this page came from, and to nobody else.

import { sentences, t } from "./texts.js";

const PATIENCE = 20_000; // milliseconds for an answer

export class ApiError extends Error {
  /** @param passing whether the same may succeed if it is tried again */
  constructor(message, passing = false) {
    super(message);
    this.passing = passing;
  }
}

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    throw new ApiError(t.serverGone, true);
  }
  if (response.ok) return response;
  if (response.status === 401) throw new ApiError(t.noToken, true);
  if (response.status === 503) throw new ApiError(t.serverBusy, true);
  let error;
  try {
    ({ error } = await response.json());
  } catch {
    throw new ApiError(t.serverGone, true);
  }
  throw new ApiError(sentences(error.message, error.hint));
}

function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** The next moment of a stream; `before` is the answer to the last frame, or null. */
export async function nextMoment(frame, time, before, whom) {
  const form = new FormData();
  form.append("photo", frame, "frame.jpg");
  form.append("time", String(time));
  if (before) form.append("before", JSON.stringify(before));
  if (whom !== null) form.append("whom", String(whom));
  return (await ask("/api/v1/moments", { method: "POST", body: form })).json();
}

/** The faces in one photo. */
export async function readPhoto(file) {
  const form = new FormData();
  form.append("photo", file, "photo");
  return (await (await ask("/api/v1/expression", { method: "POST", body: form })).json()).faces;
}

export async function recommend(wish) {
  return (await post("/api/v1/recommendations", wish)).json();
}

export async function rate(rating) {
  await post("/api/v1/ratings", rating);
}

export async function correct(expression, emotion) {
  await post("/api/v1/corrections", { expression, emotion });
}

export async function catalogue() {
  return (await ask("/api/v1/catalogue")).json();
}

/** The songs as a file to keep. */
export async function playlist(form, songs) {
  return (await post(`/api/v1/playlists/${form}`, { songs })).blob();
}
