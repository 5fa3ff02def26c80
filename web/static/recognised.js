// What the form recognises of the brief, and what was changed of it by hand.

import { send } from "./api.js";
import {
  addedChips, afterChanges, colourButtons, colourChoice, coloursChanged, forgetColours, isColour, onColoursChanged,
  setNamedColours,
} from "./colours.js";
import {
  forgetMotifs, isChosen, lookFor, motifButtons, motifChoice, motifPicture, motifs, onMotifsChanged, setNamed,
} from "./motifs.js";
import { button, byId, dot, element, fineLine, texts } from "./texts.js";

const chips = byId("chips");
let latestRequest = 0;
let timer;
let recognised = [];
let lineLists = [];
let onChoice = () => {};
let onUnderstood = () => {};

function chipItem(chip, editable = true) {
  const item = element("li", { className: chip.part === "unknown" || chip.part === "motif" ? `chip ${chip.part}` : "chip" });
  if (chip.byHand) item.classList.add("by-hand");
  if (chip.picture) item.append(motifPicture(chip));
  if (chip.part_name !== chip.name) item.append(element("span", { className: "chip-part", textContent: chip.part_name }));
  if (chip.hex) item.append(dot(chip.hex));
  if (chip.part === "motif" && editable) item.append(...motifButtons(chip));
  else if (isColour(chip) && editable) item.append(...colourButtons(chip));
  else item.append(element("bdi", { textContent: chip.name }));
  return item;
}

function showChipsText(text) {
  lineLists = [];
  chips.replaceChildren(fineLine(text));
}

const inLines = () => byId("lines").checked;

// Return what is understood of a brief; null if that is not known, and show why.
async function understood(brief, requestNumber) {
  try {
    return await send("POST", "/api/v1/understand", { brief });
  } catch (error) {
    if (requestNumber === latestRequest) showInstead([], error.message);
    return null;
  }
}

function take(found) {
  recognised = found;
  setNamed(found);
  setNamedColours(found);
}

export async function understand() {
  const brief = byId("brief").value;
  const requestNumber = ++latestRequest;
  if (inLines()) return understandLines(brief, requestNumber);
  lineLists = [];
  if (!brief.trim()) {
    take([]);
    showInstead([]);
    onUnderstood(brief, []);
    return hasChoice() ? showChips() : showChipsText(chips.dataset.empty);
  }
  const found = await understood(brief, requestNumber);
  if (requestNumber !== latestRequest || !found) return;
  take(found.chips);
  showInstead(found.instead);
  onUnderstood(brief, hasChoice() ? [] : found.open);
  showChips();
}

// ---- each line is a brief of its own: chips for each, asked for once

const chipsOfLines = new Map();

async function understandLines(text, requestNumber) {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim()).slice(0, Number(chips.dataset.maxLines));
  take([]);
  showInstead([]);
  onUnderstood(text, []);
  if (!lines.length) return hasChoice() ? showChips() : showChipsText(chips.dataset.empty);
  for (const known of [...chipsOfLines.keys()]) if (!lines.includes(known)) chipsOfLines.delete(known);
  showLines(lines);
  for (const line of lines) {
    if (chipsOfLines.has(line)) continue;
    const found = await understood(line, requestNumber);
    if (requestNumber !== latestRequest) return;
    if (found) chipsOfLines.set(line, found.chips);
    showLines(lines);
  }
}

// Lines that do not change keep their elements, so that screen readers do not read them again.
function showLines(lines) {
  showTools();
  setNamedColours(lines.flatMap((line) => chipsOfLines.get(line) ?? []));
  lineLists = lines.map((line, index) => {
    const content = JSON.stringify([line, chipsOfLines.get(line), isChosen(), colourChoice()]);
    return lineLists[index]?.content === content ? lineLists[index] : { content, line, item: lineItem(line) };
  });
  const list = chips.querySelector(".line-list") ?? element("ol", { className: "line-list" });
  const items = lineLists.map(({ item }) => item);
  for (const old of [...list.children]) if (!items.includes(old)) old.remove();
  items.forEach((item, index) => {
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
  });
  const everyLine = hasChoice() ? [everyLineSection()] : [];
  for (const other of [...chips.children]) if (other !== list) other.remove();
  chips.prepend(...everyLine);
  if (!list.isConnected) chips.append(list);
}

function lineItem(line) {
  const item = element("li", {}, element("p", { className: "line-brief", dir: "auto", textContent: line }));
  const found = chipsOfLines.get(line);
  if (!found) return item;
  const shown = found.filter((chip) => chip.part !== "motif" || !isChosen()).map(afterChanges).filter(Boolean);
  if (shown.length) item.append(chipList(shown.map((chip) => chipItem(chip, false))));
  else item.append(fineLine(texts.nothing));
  return item;
}

const chipList = (items) => element("ul", { className: "chip-list" }, ...items);

// Chosen motifs and added colours are drawn in every design of the batch.
function everyLineSection() {
  const shown = [...(isChosen() ? motifs() : []), ...addedChips()];
  return element("div", {}, fineLine(texts.everyLine), chipList(shown.map((chip) => chipItem(chip))));
}

function showTools() {
  byId("as-brief").hidden = !hasChoice();
}

function showChips() {
  if (inLines() && byId("brief").value.trim()) return showLines(lineLists.map(({ line }) => line));
  showTools();
  const others = recognised.filter((chip) => chip.part !== "motif").map(afterChanges).filter(Boolean);
  const shown = [...motifs(), ...others.filter(isColour), ...addedChips(), ...others.filter((chip) => !isColour(chip))];
  if (!shown.some((chip) => chip.part !== "unknown")) showChipsText(texts.nothing);
  else chips.replaceChildren();
  if (shown.length) chips.append(chipList(shown.map((chip) => chipItem(chip))));
}

// ---- words that are not understood, and what to write instead

// reason: why nothing is known of the brief.
function showInstead(found, reason = "") {
  byId("instead").hidden = !found.length && !reason;
  byId("instead").replaceChildren(...found.map(insteadLine), ...(reason ? [fineLine(reason)] : []));
}

const MAX_WORD = 40; // shown of a word, which may be any text

function insteadLine({ word, suggestions }) {
  const shown = word.length > MAX_WORD ? `${word.slice(0, MAX_WORD)}…` : word;
  const text = suggestions.length ? texts.notUnderstood : `${texts.notUnderstoodAtAll} ${texts.noSuggestion}`;
  const line = element("div", { className: "instead-line" }, element("p", { className: "fine", dir: "auto", textContent: text.replace("%", () => shown) }));
  const offers = suggestions.map((suggestion) => {
    const made = button("chip offer", "", "", () => replaceWord(word, suggestion.text));
    if (suggestion.picture) made.append(element("img", { className: "chip-picture", src: suggestion.picture, alt: "", width: 28, height: 28 }));
    if (suggestion.hex) made.append(dot(suggestion.hex));
    made.append(suggestion.text);
    return element("li", {}, made);
  });
  offers.push(element("li", {}, button("link", texts.findMotif, "", () => lookFor(word))));
  line.append(chipList(offers));
  return line;
}

function replaceWord(word, text) {
  const brief = byId("brief");
  const place = brief.value.indexOf(word);
  if (place >= 0) brief.setRangeText(text, place, place + word.length, "end");
  brief.focus();
  brief.dispatchEvent(new Event("input", { bubbles: true }));
}

// ---- what was changed by hand

export const hasChoice = () => isChosen() || coloursChanged();

export function choice(taken) {
  return { ...motifChoice(taken), colours: colourChoice(taken?.colours) };
}

export function onChoiceChanged(callback) {
  onChoice = callback;
}

export function onBriefUnderstood(callback) {
  onUnderstood = callback;
}

function changed() {
  onChoice();
  showChips();
}

byId("motif-search").hidden = false; // useless without this script
byId("colour-tools").hidden = false;
onMotifsChanged(changed);
onColoursChanged(changed);
byId("as-brief").addEventListener("click", () => {
  forgetMotifs();
  forgetColours();
  changed();
  byId("brief").focus();
});
byId("brief").addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(understand, 250);
});
byId("lines").addEventListener("change", understand);
