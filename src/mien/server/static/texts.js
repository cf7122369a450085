// Every text that the page shows while it runs, in one place.

export const t = {
  cameraOn: "Turn the camera on",
  cameraOff: "Turn the camera off",
  starting: "Starting the camera…",
  start: "Turn the camera on, choose a photo, or choose what you feel.",
  cameraRefused:
    "The browser blocked the camera. Allow it in the address bar, or choose a photo or a mood.",
  cameraBusy: "The camera is not available; another program may be using it. Close it and try again.",
  cameraMissing: "No camera was found. Choose a photo, or pick a mood yourself.",
  cameraLost: "The camera was disconnected. Plug it in and turn it on again, or choose a photo.",
  cameraInsecure:
    "Browsers allow the camera only over HTTPS or on this computer. Choose a photo instead.",
  serverGone: "mien is not responding. Is it still running? This page keeps trying.",
  noToken: "mien needs its token again. Reload this page.",
  serverBusy: "mien is busy. Trying again…",
  noFace: "No face in view. Come closer, face the camera, or turn on a light.",
  noFaceInPhoto: "No face was found in this photo. Try one that shows a face from the front.",
  notShown: "The browser cannot show this photo. Choose a JPEG or PNG.",
  looking: "Looking…",
  reading: (label, second) =>
    `You look ${ADJECTIVES[label]}${second ? `, perhaps ${ADJECTIVES[second]}` : ""}.`,
  neutralTake: { camera: "Take my neutral face", photo: "Use this as my neutral face" },
  neutralAgain: "Take it again",
  neutralTaking: (seconds) => `Look at the camera and relax your face… ${seconds}`,
  neutralTaken: "Your neutral face is kept. Readings are now relative to it.",
  neutralTakenHere: "Readings are relative to your neutral face until you close this page.",
  neutralForgotten: "Your neutral face is forgotten.",
  neutralOld: "mien's network has changed since. Take your neutral face again.",
  neutralNone: "Do you look sad or stern at rest, or smile with closed lips? Three seconds of your neutral face help.",
  neutralUsed: "Relative to your neutral face: 8 numbers in this browser, no picture.",
  neutralUnused: "Your neutral face is not used here, as there are several faces.",
  unsure: "Hard to tell, so these suit a blend of what I see.",
  together: "These songs suit all of you together.",
  settling: "Reading your expression…",
  said: (label) => `You feel ${ADJECTIVES[label]}.`,
  chosen: "You chose this mood.",
  room: "Everyone",
  face: (number) => `Face ${number}`,
  noSongs: "No songs match all of these filters. Try removing one.",
  noGenre: (name) => `There is no genre “${name}” in this catalogue. Choose one from the list.`,
  without: (genre) => `Remove ${genre}`,
  active: (n) => (n ? `(${n} active)` : ""),
  songsFor: (name) => `For ${name}.`,
  journey: (from, to) => `A journey from ${from} to ${to}.`,
  yourMood: "your mood",
  /** A name for a list: of its journey, of what it does, of its emotion, else of its place on the map. */
  listName: (name, policy, to, { valence, energy }) =>
    (to && NAMES.journey) ||
    NAMES[policy] ||
    (policy === "match" && name === "fear" && NAMES.shadows) ||
    NAMES[name] ||
    MOODS[third(energy)][third(valence)],
  about: (songs, name) => `from ${songs.toLocaleString("en")} in “${name}”`,
  stars: (n, title) => `${n} of 5 stars for ${title}`,
  rate: (title) => `Rating for ${title}`,
  like: (title) => `Like ${title}`,
  dislike: (title) => `Hide ${title}`,
  liked: "You'll hear more like this.",
  disliked: "Hidden.",
  withdrawn: "Taken back.",
  undoOf: (title) => `Undo what you said of ${title}`,
  rated: (n) => `Rated ${n} ${n === 1 ? "star" : "stars"}.`,
  play: (title) => `Play ${title} in Spotify's player (connects to Spotify)`,
  byEar: (genres) => `sounds like ${genres}`,
  playAll: "▶ Play",
  pauseAll: "❚❚ Pause",
  playOwn: (title) => `Play ${title}`,
  pauseOwn: (title) => `Pause ${title}`,
  pause: "Pause",
  resume: "Play",
  pressPlay: "The browser waits for you: press Play.",
  cannotPlay: (title) => `${title} could not be played and was skipped.`,
  cannotPlayAny: "These songs could not be played. Is mien still running, and are their files there?",
  noMore: "That was the last song for this mood.",
  offline: "Spotify's player needs the Internet, and this device is offline.",
  position: (now, length) => `${now} of ${length}`,
  player: (title) => `Spotify's player: ${title}`,
  openIn: (place, title) => `${place}: ${title}`,
  kept: "These songs stay until you choose others.",
  corrected: (label) => `You feel ${ADJECTIVES[label]}. Correction saved.`,
  back: (when, from, to) => `${when}, ${to ? `from ${from} to ${to}` : `for ${from}`}`,
  map: "Mood map: valence from left to right, energy from bottom to top",
};

const NAMES = {
  happy: "Bright and driving",
  sad: "Late-night blue",
  angry: "Storm and thunder",
  disgust: "Clearing the air",
  fear: "Safe and quiet",
  shadows: "Long shadows",
  surprise: "Wide awake",
  neutral: "Easy going",
  lift: "Towards the light",
  calm: "Winding down",
  energise: "Picking up speed",
  journey: "From here to there",
};

// By energy, from low to high; each by valence.
const MOODS = [
  ["Late-night blue", "Quiet hours", "Late-night calm"],
  ["Under clouds", "Easy going", "Warm and sunny"],
  ["Storm and thunder", "Restless and driving", "Bright and driving"],
];

const third = (share) => (share < 0.4 ? 0 : share < 0.6 ? 1 : 2);

const ADJECTIVES = {
  angry: "angry",
  disgust: "disgusted",
  fear: "afraid",
  happy: "happy",
  sad: "sad",
  surprise: "surprised",
  neutral: "neutral",
  contempt: "contemptuous",
};

/** A probability for people. One that is not certain never reads as 100 %. */
export function percent(p) {
  return `${p === 1 ? 100 : Math.min(Math.round(p * 100), 99)} %`;
}

/** Clauses, such as an error's message and hint, as sentences. */
export function sentences(...clauses) {
  const sentence = (text) =>
    text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?…]$/.test(text) ? "" : ".");
  return clauses.filter(Boolean).map(sentence).join(" ");
}
