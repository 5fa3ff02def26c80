// Saved palettes of the form: choose, save and remove.

import { send } from "./api.js";
import { hexes } from "./colours.js";
import { button, byId, element, onEnter, setFieldError, texts } from "./texts.js";

const SVG = "http://www.w3.org/2000/svg";
const list = byId("saved-list");

const radios = () => [...list.querySelectorAll("input[type=radio]")];

// Return the colours of the chosen saved palette as #rrggbb; none without one.
export function savedColours() {
  return radios().find((radio) => radio.checked)?.dataset.colours?.split(" ") ?? [];
}

export function showKeep() {
  byId("palette-save").hidden = !byId("palette").files.length && !hexes().length;
}

function swatches(colours) {
  const picture = document.createElementNS(SVG, "svg");
  picture.classList.add("swatches");
  const attributes = { viewBox: `0 0 ${colours.length * 10} 10`, preserveAspectRatio: "none", "aria-hidden": "true" };
  for (const [name, value] of Object.entries(attributes)) picture.setAttribute(name, value);
  colours.forEach((colour, index) => {
    const part = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ x: index * 10, width: 10, height: 10, fill: colour })) part.setAttribute(name, value);
    picture.append(part);
  });
  return picture;
}

function row({ id, name, colours }) {
  const radio = element("input", { type: "radio", name: "palette_saved", value: id });
  radio.dataset.colours = colours.join(" ");
  const text = element("span", { className: "saved-name", dir: "auto", textContent: name });
  return element("div", { className: "saved-row" }, element("label", {}, radio, " ", text, " ", swatches(colours)));
}

function addRemove(made) {
  const radio = made.querySelector("input");
  const name = made.querySelector(".saved-name").textContent;
  made.append(button("chip-remove", "×", texts.removePalette.replace("%", name), () => remove(made, radio.value)));
}

async function remove(made, id) {
  try {
    await send("DELETE", `/api/v1/palettes/${id}`);
  } catch (error) {
    if (!error.gone) return say(error.message);
  }
  if (made.querySelector("input").checked) choose("");
  made.remove();
  byId("saved-palettes").hidden = radios().length < 2;
  (radios()[0] ?? byId("palette")).focus();
}

function choose(id) {
  for (const radio of radios()) radio.checked = radio.value === id;
  list.dispatchEvent(new Event("change", { bubbles: true }));
}

const say = (text) => { byId("palette-status").textContent = text; };

function body(name) {
  const fields = new FormData();
  const file = byId("palette").files[0];
  fields.append("name", name);
  fields.append("palette", file ?? new Blob([JSON.stringify(hexes())]), file?.name ?? "palette.json");
  return fields;
}

async function save() {
  const name = byId("palette-name").value.trim();
  setFieldError("name", "");
  say("");
  let saved;
  try {
    saved = await send("POST", "/api/v1/palettes", body(name));
  } catch (error) {
    return setFieldError("name", error.message);
  }
  for (const radio of radios()) if (radio.value === saved.id) radio.closest(".saved-row").remove();
  const made = row(saved);
  addRemove(made);
  list.append(made);
  byId("saved-palettes").hidden = false;
  byId("palette-name").value = "";
  say(texts.keptPalette);
}

for (const made of list.querySelectorAll("div.saved-row")) addRemove(made);
byId("palette-keep").addEventListener("click", save);
onEnter(byId("palette-name"), save);
byId("palette").addEventListener("change", showKeep);
