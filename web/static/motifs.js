// Motifs of the form: those of the brief, but for what is removed or swapped, and what is added.

import { send } from "./api.js";
import { button, byId, element, fineItem, language, onEnter, texts } from "./texts.js";

const inChinese = language.startsWith("zh");
let named = []; // chips of the brief
let removed = new Set();
let added = [];
let swapped = null;
let timer;
let latestSearch = 0;
let onChange = () => {};

const nameOf = (chip) => chip.names?.[inChinese ? "zh" : "en"] ?? chip.name;
export const isChosen = () =>
  byId("motifs_only").checked || added.length > 0 || named.some((chip) => removed.has(chip.key));

export function setNamed(chips) {
  named = chips.filter((chip) => chip.part === "motif");
  takeEarlierChoice();
  byId("motifs-only-label").hidden = !motifs().length && !byId("motifs_only").checked;
}

export function motifs() {
  const kept = named.filter((chip) => !removed.has(chip.key));
  const own = added.filter((chip) => !kept.some((other) => other.key === chip.key));
  return [...kept, ...own.map((chip) => ({ ...chip, name: nameOf(chip), part_name: texts.chosenMotif }))];
}

// Return what was removed and added; with a choice, take it instead.
export function motifChoice(taken) {
  if (taken) {
    removed = new Set(taken.removed);
    added = taken.added;
    byId("motifs_only").checked = Boolean(taken.only);
    delete byId("chips").dataset.motifs;
  }
  return { removed: [...removed], added, only: byId("motifs_only").checked };
}

export function forgetMotifs() {
  removed = new Set();
  added = [];
  byId("motifs_only").checked = false;
  endSearch();
}

export function onMotifsChanged(callback) {
  onChange = callback;
}

// Of the job that the form is filled in from: chosen instead of what its brief names.
function takeEarlierChoice() {
  const earlier = byId("chips").dataset.motifs;
  if (!earlier) return;
  delete byId("chips").dataset.motifs;
  const chosen = JSON.parse(earlier);
  const keys = new Set(chosen.map((chip) => chip.key));
  for (const chip of named) if (!keys.has(chip.key)) removed.add(chip.key);
  added.push(...chosen.filter((chip) => !named.some((other) => other.key === chip.key)));
}

export function motifPicture(chip) {
  const picture = element("img", { className: "chip-picture", src: chip.picture, width: 28, height: 28 });
  picture.alt = texts.motifPicture.replace("%", chip.name);
  return picture;
}

export function motifButtons(chip) {
  const swap = () => {
    swapped = chip;
    byId("motif-label").textContent = texts.swapMotif.replace("%", chip.name);
    byId("motif-words").focus();
  };
  const remove = () => {
    removeMotif(chip);
    endSearch();
    onChange();
    byId("motif-words").focus();
  };
  return [
    button("chip-swap", chip.name, texts.swapButton.replace("%", chip.name), swap),
    button("chip-remove", "×", texts.removeMotif.replace("%", chip.name), remove),
  ];
}

function removeMotif(chip) {
  removed.add(chip.key);
  const place = added.findIndex((other) => other.key === chip.key);
  if (place >= 0) added.splice(place, 1);
}

function addMotif(motif) {
  if (swapped) removeMotif(swapped);
  removed.delete(motif.id);
  if (!motifs().some((chip) => chip.key === motif.id)) {
    const { id: key, name, names, picture } = motif;
    added.push({ part: "motif", key, name, names, picture });
  }
  endSearch();
  byId("motif-words").dispatchEvent(new CustomEvent("chosen", { bubbles: true }));
  onChange();
}

function endSearch() {
  latestSearch += 1;
  swapped = null;
  byId("motif-words").value = "";
  byId("motif-label").textContent = texts.addMotif;
  byId("motif-found").replaceChildren();
}

function foundItem(motif) {
  const made = button("chip motif", "", motif.name, () => addMotif(motif));
  made.append(motifPicture(motif), motif.name);
  return element("li", {}, made);
}

async function searchMotifs() {
  const words = byId("motif-words").value.trim();
  const searchNumber = ++latestSearch;
  if (!words) return byId("motif-found").replaceChildren();
  let items;
  try {
    const { motifs: found } = await send("GET", `/api/v1/motifs?${new URLSearchParams({ q: words, limit: 12 })}`);
    items = found.length ? found.map(foundItem) : [fineItem(texts.noMotif)];
  } catch (error) {
    items = [fineItem(error.message)];
  }
  if (searchNumber === latestSearch) byId("motif-found").replaceChildren(...items);
}

// Search for words, as if they were typed.
export function lookFor(words) {
  byId("motif-words").value = words;
  byId("motif-words").focus();
  searchMotifs();
}

byId("motifs_only").addEventListener("change", () => onChange());
byId("motif-words").addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(searchMotifs, 200);
});
byId("motif-words").addEventListener("keydown", (event) => {
  if (event.key === "Escape") endSearch();
});
onEnter(byId("motif-words"), () => byId("motif-found").querySelector("button")?.click());
