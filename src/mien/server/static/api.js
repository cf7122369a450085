// Requests to the server that this page came from, and to no other.

import { sentences, t } from "./texts.js";

const TIMEOUT = 20_000; // milliseconds

export class ApiError extends Error {
  /**
   * @param transient whether a retry may succeed
   * @param code the cause, as the server names it
   */
  constructor(message, transient = false, code = "") {
    super(message);
    Object.assign(this, { transient, code });
  }
}

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, signal: AbortSignal.timeout(TIMEOUT) });
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
  throw new ApiError(sentences(error.message, error.hint), false, error.code);
}

function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** The next moment of a stream; `before` is the response to the last frame, or null. */
export async function nextMoment(frame, time, before, faceId, neutral) {
  const form = new FormData();
  form.append("photo", frame, "frame.jpg");
  form.append("time", String(time));
  if (before) form.append("before", JSON.stringify(before));
  if (faceId !== null) form.append("whom", String(faceId));
  if (neutral) form.append("neutral", JSON.stringify(neutral));
  return (await ask("/api/v1/moments", { method: "POST", body: form })).json();
}

/** The faces in one photo. */
export async function readPhoto(file, neutral) {
  const form = new FormData();
  form.append("photo", file, "photo");
  if (neutral) form.append("neutral", JSON.stringify(neutral));
  return (await (await ask("/api/v1/expression", { method: "POST", body: form })).json()).faces;
}

/** The neutral face in photos of it; `anyway`: also where it moves or shows an emotion. */
export async function takeNeutral(photos, anyway) {
  const form = new FormData();
  photos.forEach((photo, i) => form.append("photo", photo, `photo-${i}`));
  form.append("anyway", String(anyway));
  return (await ask("/api/v1/neutral", { method: "POST", body: form })).json();
}

export async function recommend(query) {
  return (await post("/api/v1/recommendations", query)).json();
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

/** The songs as a playlist file. */
export async function playlist(form, songs) {
  return (await post(`/api/v1/playlists/${form}`, { songs })).blob();
}
