// Colours of the form: those of the brief, but for what is replaced or removed by hand, and what is added.

import { button, byId, onEnter, setFieldError, texts } from "./texts.js";

const MOST = 24;
const COLOUR_PARTS = ["colour", "ground"];
let named = []; // chips of the brief
let changed = new Map(); // key of the brief -> #RRGGBB, or null where it is removed
let added = [];
let edited = null; // chip whose colour is being replaced; null: a colour is added
let onChange = () => {};

export const isColour = (chip) => COLOUR_PARTS.includes(chip.part);
export const coloursChanged = () => changes().length > 0;

export function setNamedColours(chips) {
  named = chips;
}

const namedKeys = () => new Set(named.filter((chip) => isColour(chip) || chip.part === "area").map((chip) => chip.key));

// Return the changes that concern the brief as it is now.
export function changes() {
  const keys = namedKeys();
  const replaced = [...changed].filter(([key]) => keys.has(key)).map(([from, to]) => ({ from, to }));
  return [...replaced, ...added.map((to) => ({ from: null, to }))];
}

// Return a chip of the brief as it is after the changes; null if it is removed.
export function afterChanges(chip) {
  if (!changed.has(chip.key) || !(isColour(chip) || chip.part === "area")) return chip;
  const hex = changed.get(chip.key);
  if (hex === null) return null;
  const share = chip.part === "area" ? chip.name.match(/\s\d.*$/)?.[0] ?? "" : "";
  return { ...chip, hex, name: `${hex}${share}`, byHand: true };
}

export const addedChips = () =>
  added.map((hex) => ({ part: "colour", part_name: texts.byHand, key: null, name: hex, hex, byHand: true }));

// Return all colours as #RRGGBB, each once.
export function hexes() {
  const shown = [...named.map(afterChanges).filter((chip) => chip && isColour(chip)), ...addedChips()];
  return [...new Set(shown.map((chip) => chip.hex).filter(Boolean))];
}

export function colourChoice(taken) {
  if (taken) {
    changed = new Map(taken.changed);
    added = taken.added;
  }
  return { changed: [...changed], added };
}

export function forgetColours() {
  changed = new Map();
  added = [];
  closeEditor();
}

export function onColoursChanged(callback) {
  onChange = callback;
}

// Of the job that the form is filled in from.
export function takeEarlierColours() {
  const earlier = byId("colour_changes").value;
  if (!earlier) return;
  for (const { from, to } of JSON.parse(earlier)) {
    if (from === null) added.push(to);
    else changed.set(from, to);
  }
}

export function colourButtons(chip) {
  const open = () => openEditor(chip);
  return [
    button("chip-swap", chip.name, texts.replaceColour.replace("%", chip.name), open),
    button("chip-remove", "×", texts.removeColour.replace("%", chip.name), () => {
      setColour(chip, null);
      byId("colour-add").focus();
    }),
  ];
}

function setColour(chip, hex) {
  if (chip === null) {
    if (!hexes().includes(hex)) added.push(hex);
  } else if (chip.key === null) {
    added = added.flatMap((other) => (other !== chip.hex ? [other] : hex ? [hex] : []));
  } else {
    changed.set(chip.key, hex);
  }
  closeEditor();
  onChange();
}

function openEditor(chip) {
  edited = chip;
  const label = chip ? texts.replaceColourBy.replace("%", chip.name) : texts.addColour;
  byId("colour-label").textContent = label;
  byId("colour-editor").hidden = false;
  byId("colour-pick").value = chip?.hex?.toLowerCase() ?? byId("colour-pick").value;
  byId("colour-hex").value = byId("colour-pick").value.toUpperCase();
  setFieldError("colour_changes", "");
  byId("colour-hex").focus();
  byId("colour-hex").select();
}

function closeEditor() {
  byId("colour-editor").hidden = true;
  setFieldError("colour_changes", "");
}

// Return what is typed as #RRGGBB; null if it is no colour.
function typedHex() {
  const found = byId("colour-hex").value.trim().match(/^#?([0-9a-f]{6})$/i);
  return found && `#${found[1].toUpperCase()}`;
}

function use() {
  const hex = typedHex();
  if (!hex) {
    setFieldError("colour_changes", texts.badHex);
    return byId("colour-hex").focus();
  }
  if (edited === null && changes().length >= MOST) return setFieldError("colour_changes", texts.tooManyColours);
  setColour(edited, hex);
  byId("colour-add").focus();
}

byId("colour-add").addEventListener("click", () => openEditor(null));
byId("colour-use").addEventListener("click", use);
byId("colour-cancel").addEventListener("click", () => {
  closeEditor();
  byId("colour-add").focus();
});
byId("colour-pick").addEventListener("input", () => {
  byId("colour-hex").value = byId("colour-pick").value.toUpperCase();
});
byId("colour-hex").addEventListener("input", () => {
  if (typedHex()) byId("colour-pick").value = typedHex().toLowerCase();
});
byId("colour-editor").addEventListener("keydown", (event) => {
  if (event.key === "Escape") byId("colour-cancel").click();
});
for (const id of ["colour-hex", "colour-pick"]) onEnter(byId(id), use);
