// All that the page says, in one place.

export const EMOTIONS = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"];

export const t = {
  cameraOn: "Turn the camera on",
  cameraOff: "Turn the camera off",
  starting: "Starting the camera…",
  cameraRefused:
    "The browser may not use the camera. Allow it beside the address, or choose a photo or a mood.",
  cameraBusy: "The camera cannot be used; another program may have it. Close that and try again.",
  cameraMissing: "There is no camera here. Choose a photo, or say the mood yourself.",
  cameraInsecure:
    "Browsers give the camera only to pages over HTTPS, or on this machine itself. Choose a photo instead.",
  serverGone: "mien does not answer. See that `mien serve` still runs; the page goes on by itself.",
  serverBusy: "mien is busy; trying again.",
  noFace: "No face in sight. Come closer, face the camera, or turn on a light.",
  noFaceInPhoto: "No face was found in this photo. Try one that shows a face from the front.",
  looking: "Looking…",
  reading: (label, sure) => `${capital(label)}, ${sure} sure`,
  unsure: "No clear expression; the songs are for the mixture.",
  settling: "Getting to know your expression…",
  said: (label) => `You say: ${label}`,
  chosen: "You chose this mood",
  room: "Everybody",
  face: (number) => `Face ${number}`,
  noSongs: "No song fits all of these filters. Loosen one of them.",
  songsFor: (name, mood) =>
    `For ${name}: valence ${mood.valence.toFixed(2)}, energy ${mood.energy.toFixed(2)}, ` +
    `${Math.round(mood.tempo)} beats per minute.`,
  journey: (from, to) => `The way from ${from} to ${to}.`,
  yourMood: "your mood",
  stars: (n, title) => `${n} of 5 stars for ${title}`,
  rate: (title) => `Stars for ${title}`,
  like: (title) => `Like ${title}`,
  dislike: (title) => `Never play ${title} again`,
  liked: "Liked: more of that kind will come.",
  disliked: "It will not come again.",
  rated: (n) => `${n} of 5: noted on this machine.`,
  play: (title) => `Play ${title} in Spotify's player (asks Spotify)`,
  player: (title) => `Spotify's player: ${title}`,
  openIn: (place) => `Open in ${place}`,
  kept: "These songs stay until you ask for others.",
  corrected: "Noted on this machine. Songs for what you say.",
  back: (when, name) => `Back to the songs of ${when}, for ${name}`,
  map: "Moods: valence from left to right, energy from bottom to top",
};

export function percent(p) {
  return `${p === 1 ? 100 : Math.min(Math.round(p * 100), 99)} %`;
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
