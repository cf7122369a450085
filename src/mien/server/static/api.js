// Talking to the server that this page came from, and to nobody else.

import { t } from "./texts.js";

export class ApiError extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ApiError(t.serverGone, "gone");
  }
  if (response.ok) return response;
  if (response.status === 503) throw new ApiError(t.serverBusy, "busy");
  let error;
  try {
    ({ error } = await response.json());
  } catch {
    throw new ApiError(t.serverGone, "gone");
  }
  const text = [error.message, error.hint].filter(Boolean).join("; ");
  throw new ApiError(text.charAt(0).toUpperCase() + text.slice(1), error.code);
}

function post(path, body) {
  const json = { "Content-Type": "application/json" };
  return ask(path, { method: "POST", headers: json, body: JSON.stringify(body) });
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
