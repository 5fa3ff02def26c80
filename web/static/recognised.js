// What the form recognises of the brief, and the choice of motifs.

const texts = JSON.parse(document.getElementById("words").textContent);
const byId = (id) => document.getElementById(id);
const language = document.documentElement.lang;

const chips = byId("chips");
let latestRequest = 0;
let timer;
let recognised = [];
let removed = new Set();
let added = [];
let lineLists = [];
let onChoice = () => {};
let swapped = null;
let foundTimer;
let latestSearch = 0;

function chipItem(chip, editable = true) {
  const item = document.createElement("li");
  item.className = chip.part === "unknown" || chip.part === "motif" ? `chip ${chip.part}` : "chip";
  if (chip.picture) item.append(motifPicture(chip));
  const part = document.createElement("span");
  part.className = "chip-part";
  part.textContent = chip.part_name;
  if (chip.part_name !== chip.name) item.append(part);
  if (chip.hex) {
    const dot = document.createElement("span");
    dot.className = "dot";
    dot.style.background = chip.hex;
    item.append(dot);
  }
  if (chip.part === "motif" && editable) item.append(...motifButtons(chip));
  else item.append(chip.name);
  return item;
}

function showChipsText(text) {
  lineLists = [];
  chips.replaceChildren(fineLine(text));
}

const inLines = () => byId("lines").checked;

// Return the chips of a brief; null if the server does not answer.
async function chipsOf(brief) {
  try {
    const response = await fetch("/api/v1/understand", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": language },
      body: JSON.stringify({ brief }),
    });
    return response.ok ? (await response.json()).chips : null;
  } catch {
    return null;
  }
}

export async function understand() {
  const brief = byId("brief").value;
  const requestNumber = ++latestRequest;
  if (inLines()) return understandLines(brief, requestNumber);
  lineLists = [];
  if (!brief.trim()) {
    recognised = [];
    return added.length ? showChips() : showChipsText(chips.dataset.empty);
  }
  const found = await chipsOf(brief);
  if (requestNumber !== latestRequest || !found) return;
  recognised = found;
  takeEarlierChoice();
  showChips();
}

// ---- each line is a brief of its own: chips for each, asked for once

const chipsOfLines = new Map();

async function understandLines(text, requestNumber) {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim()).slice(0, Number(chips.dataset.maxLines));
  recognised = [];
  takeEarlierChoice();
  if (!lines.length) return added.length ? showChips() : showChipsText(chips.dataset.empty);
  for (const known of [...chipsOfLines.keys()]) if (!lines.includes(known)) chipsOfLines.delete(known);
  showLines(lines);
  for (const line of lines) {
    if (chipsOfLines.has(line)) continue;
    const found = await chipsOf(line);
    if (requestNumber !== latestRequest) return;
    if (found) chipsOfLines.set(line, found);
    showLines(lines);
  }
}

// Lines that do not change keep their elements, so that screen readers do not read them again.
function showLines(lines) {
  byId("motif-search").hidden = false;
  lineLists = lines.map((line, index) => {
    const content = JSON.stringify([line, chipsOfLines.get(line), isChosen()]);
    return lineLists[index]?.content === content ? lineLists[index] : { content, line, item: lineItem(line) };
  });
  const list = chips.querySelector(".line-list") ?? document.createElement("ol");
  list.className = "line-list";
  const items = lineLists.map(({ item }) => item);
  for (const old of [...list.children]) if (!items.includes(old)) old.remove();
  items.forEach((item, index) => {
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
  });
  const everyLine = isChosen() ? [everyLineSection()] : [];
  for (const other of [...chips.children]) if (other !== list) other.remove();
  chips.prepend(...everyLine);
  if (!list.isConnected) chips.append(list);
}

function lineItem(line) {
  const item = document.createElement("li");
  const brief = document.createElement("p");
  Object.assign(brief, { className: "line-brief", textContent: line });
  item.append(brief);
  const found = chipsOfLines.get(line);
  if (!found) return item;
  const shown = found.filter((chip) => chip.part !== "motif" || !isChosen());
  const list = document.createElement("ul");
  list.className = "chip-list";
  list.append(...shown.map((chip) => chipItem(chip, false)));
  if (shown.length) item.append(list);
  else item.append(fineLine(texts.nothing));
  return item;
}

// Chosen motifs are drawn in every design of the batch, instead of those that its line names.
function everyLineSection() {
  const section = document.createElement("div");
  const list = document.createElement("ul");
  list.className = "chip-list";
  list.append(...motifs().map((chip) => chipItem(chip)));
  section.append(fineLine(texts.everyLine), list);
  return section;
}

function fineLine(text) {
  const line = document.createElement("p");
  Object.assign(line, { className: "fine", textContent: text });
  return line;
}

function showChips() {
  onChoice();
  if (inLines() && byId("brief").value.trim()) return showLines(lineLists.map(({ line }) => line));
  const shown = [...motifs(), ...recognised.filter((chip) => chip.part !== "motif")];
  byId("motif-search").hidden = false;
  if (!shown.some((chip) => chip.part !== "unknown")) showChipsText(texts.nothing);
  else chips.replaceChildren();
  if (!shown.length) return;
  const list = document.createElement("ul");
  list.className = "chip-list";
  list.append(...shown.map((chip) => chipItem(chip)));
  chips.append(list);
}

// ---- motifs: those of the brief, but for what is removed or swapped, and what is added

const named = () => recognised.filter((chip) => chip.part === "motif");
export const isChosen = () => added.length > 0 || named().some((chip) => removed.has(chip.key));

export function motifs() {
  const kept = named().filter((chip) => !removed.has(chip.key));
  return [...kept, ...added.filter((chip) => !kept.some((other) => other.key === chip.key))];
}

// Return what was removed and added; with a choice, take it instead.
export function choice(taken) {
  if (taken) {
    removed = new Set(taken.removed);
    added = taken.added;
    delete chips.dataset.motifs;
  }
  return { removed: [...removed], added };
}

export function onChoiceChanged(callback) {
  onChoice = callback;
}

// Of the job that the form is filled in from: chosen instead of what its brief names.
function takeEarlierChoice() {
  if (!chips.dataset.motifs) return;
  const chosen = JSON.parse(chips.dataset.motifs);
  delete chips.dataset.motifs;
  const keys = new Set(chosen.map((chip) => chip.key));
  for (const chip of named()) if (!keys.has(chip.key)) removed.add(chip.key);
  added.push(...chosen.filter((chip) => !named().some((other) => other.key === chip.key)));
}

function motifPicture(chip) {
  const picture = document.createElement("img");
  Object.assign(picture, { className: "chip-picture", src: chip.picture, width: 28, height: 28 });
  picture.alt = texts.motifPicture.replace("%", chip.name);
  return picture;
}

function button(className, text, label, onClick) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className, textContent: text, title: label });
  made.setAttribute("aria-label", label);
  made.addEventListener("click", onClick);
  return made;
}

function motifButtons(chip) {
  const swap = () => {
    swapped = chip;
    byId("motif-label").textContent = texts.swapMotif.replace("%", chip.name);
    byId("motif-words").focus();
  };
  const remove = () => {
    removeMotif(chip);
    endSearch();
    showChips();
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
    const { id: key, name, picture } = motif;
    added.push({ part: "motif", part_name: texts.chosenMotif, key, name, picture });
  }
  endSearch();
  byId("motif-words").dispatchEvent(new CustomEvent("chosen", { bubbles: true }));
  showChips();
}

function endSearch() {
  latestSearch += 1;
  swapped = null;
  byId("motif-words").value = "";
  byId("motif-label").textContent = texts.addMotif;
  byId("motif-found").replaceChildren();
}

function foundItem(motif) {
  const item = document.createElement("li");
  const made = button("chip motif", "", motif.name, () => addMotif(motif));
  made.append(motifPicture(motif), motif.name);
  item.append(made);
  return item;
}

async function searchMotifs() {
  const words = byId("motif-words").value.trim();
  const searchNumber = ++latestSearch;
  if (!words) return byId("motif-found").replaceChildren();
  let response;
  try {
    const query = new URLSearchParams({ q: words, limit: 12 });
    response = await fetch(`/api/v1/motifs?${query}`, { headers: { "Accept-Language": language } });
  } catch {
    return;
  }
  if (searchNumber !== latestSearch || !response.ok) return;
  const found = (await response.json()).motifs;
  if (found.length) return byId("motif-found").replaceChildren(...found.map(foundItem));
  const none = document.createElement("li");
  Object.assign(none, { className: "fine", textContent: texts.noMotif });
  byId("motif-found").replaceChildren(none);
}

byId("motif-words").addEventListener("input", () => {
  clearTimeout(foundTimer);
  foundTimer = setTimeout(searchMotifs, 200);
});
byId("motif-words").addEventListener("keydown", (event) => {
  if (event.key === "Escape") endSearch();
  if (event.key !== "Enter") return;
  event.preventDefault(); // it does not submit the form
  byId("motif-found").querySelector("button")?.click();
});


byId("brief").addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(understand, 250);
});
byId("lines").addEventListener("change", understand);
