// All that the page says while it runs, in one place.

export const t = {
  cameraOn: "Turn the camera on",
  cameraOff: "Turn the camera off",
  starting: "Starting the camera…",
  start: "Turn the camera on, choose a photo, or press what you feel.",
  cameraRefused:
    "The browser may not use the camera. Allow it beside the address, or choose a photo or a mood.",
  cameraBusy: "The camera cannot be used; another program may have it. Close that and try again.",
  cameraMissing: "There is no camera here. Choose a photo, or say the mood yourself.",
  cameraLost: "The camera has gone. Plug it in and turn it on again, or choose a photo.",
  cameraInsecure:
    "Browsers give the camera only to pages over HTTPS, or on this machine itself. Choose a photo instead.",
  serverGone:
    "mien does not answer. Does “mien serve” still run? This page waits.",
  noToken: "mien asks for its token again: reload this page.",
  serverBusy: "mien is busy; trying again.",
  noFace: "No face in sight. Come closer, face the camera, or turn on a light.",
  noFaceInPhoto: "No face was found in this photo. Try one that shows a face from the front.",
  notShown: "The browser cannot show this photo. Choose a JPEG or PNG.",
  looking: "Looking…",
  reading: (label) => `You look ${ADJECTIVES[label]}.`,
  unsure: "No clear expression; the songs are for the mixture.",
  together: "The songs are for all of you together.",
  settling: "Getting to know your expression…",
  said: (label) => `You say: ${label}.`,
  chosen: "You chose this mood.",
  room: "Everybody",
  face: (number) => `Face ${number}`,
  noSongs: "No song fits all of these filters. Loosen one of them.",
  noGenre: (name) => `No genre is called “${name}” here. Choose one from the list.`,
  without: (genre) => `Leave out ${genre}`,
  active: (n) => (n ? `(${n} in use)` : ""),
  songsFor: (name, mood) =>
    `For ${name}: valence ${mood.valence.toFixed(2)}, energy ${mood.energy.toFixed(2)}, ` +
    `${Math.round(mood.tempo)} beats per minute.`,
  journey: (from, to) => `The way from ${from} to ${to}.`,
  yourMood: "your mood",
  about: (songs, name) => `of ${songs.toLocaleString("en")} (${name})`,
  stars: (n, title) => `${n} of 5 stars for ${title}`,
  rate: (title) => `Stars for ${title}`,
  like: (title) => `Like ${title}`,
  dislike: (title) => `Never again: ${title}`,
  liked: "More to come.",
  disliked: "Gone for good.",
  rated: (n) => `${n} of 5: noted.`,
  play: (title) => `Play ${title} in Spotify's player (asks Spotify)`,
  player: (title) => `Spotify's player: ${title}`,
  openIn: (place, title) => `${place}: ${title}`,
  kept: "These songs stay until you ask for others.",
  corrected: (label) => `You say: ${label}. Noted.`,
  back: (when, from, to) => `${when}, ${to ? `from ${from} to ${to}` : `for ${from}`}`,
  map: "Moods: valence from left to right, energy from bottom to top",
};

const ADJECTIVES = {
  angry: "angry",
  disgust: "disgusted",
  fear: "afraid",
  happy: "happy",
  sad: "sad",
  surprise: "surprised",
  neutral: "neutral",
};

/** A probability for people. One that is not certain never reads as 100 %. */
export function percent(p) {
  return `${p === 1 ? 100 : Math.min(Math.round(p * 100), 99)} %`;
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
