// The large view of a variant: kinds, zoom, and steps to the other variants.

import { panZoom } from "./pan_zoom.js";

const root = document.querySelector("#job, #shared"); // of a share link
const viewer = document.getElementById("viewer");
const stage = document.getElementById("viewer-stage");
const tabs = document.getElementById("viewer-tabs");
const title = document.getElementById("viewer-title");
const steps = document.getElementById("viewer-steps");
const download = document.getElementById("viewer-download");
const scaleShown = document.getElementById("viewer-scale");
const KINDS = ["sketch", "tile", "repeat2", "repeat3", "print"];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ZOOMS = { "+": "in", "=": "in", "-": "out", _: "out", 0: "fit" };

let variant;
let kind;
let opener;

const cards = () => [...root.querySelectorAll("[data-open]")];
const card = () => root.querySelector(`[data-open][data-variant="${variant}"]`);
const fileOf = (name) => (name.startsWith("repeat") ? "tile" : name);
const kindsOf = (each) => KINDS.filter((name) => each.dataset[fileOf(name)]);
const view = panZoom(stage, (scale) => { scaleShown.textContent = `${scale.toFixed(1)}×`; }, step);

function show() {
  const shown = card();
  const kinds = kindsOf(shown);
  if (!kinds.includes(kind)) kind = kinds[0];
  const url = shown.dataset[fileOf(kind)] ?? shown.href;
  const picture = kind?.startsWith("repeat") ? repeated(shown, url) : whole(shown, url);
  stage.replaceChildren(picture);
  view.show(picture);
  title.textContent = [shown.dataset.label, tabs.dataset[kind]].filter(Boolean).join(" · ");
  download.href = url;
  const suffix = kind === "sketch" ? shown.dataset.sketchSuffix : ".png";
  download.download = `${shown.dataset.name}-${fileOf(kind ?? "picture")}${suffix}`;
  showTabs(kinds);
  steps.hidden = cards().length < 2;
}

function whole(shown, url) {
  const small = shown.querySelector("img");
  const image = document.createElement("img");
  image.alt = small.alt;
  image.draggable = false;
  if (kind === "sketch") { // shown until the large one is there
    image.style.backgroundImage = `url("${small.currentSrc || small.src}")`;
    image.width = 768;
    image.height = 960;
  }
  image.src = url;
  return image;
}

function repeated(shown, url) {
  const count = Number(kind.slice(-1));
  const sheet = document.createElement("div");
  sheet.className = "sheet";
  sheet.setAttribute("role", "img");
  sheet.setAttribute("aria-label", `${shown.querySelector("img").alt} · ${tabs.dataset[kind]}`);
  sheet.style.backgroundImage = `url("${url}")`;
  sheet.style.backgroundSize = `${100 / count}% ${100 / count}%`;
  sheet.style.setProperty("--ratio", shown.dataset.tileRatio ?? "1");
  return sheet;
}

function showTabs(kinds) {
  const had = tabs.contains(document.activeElement);
  tabs.replaceChildren(...kinds.map((name) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet small";
    button.textContent = tabs.dataset[name];
    button.setAttribute("aria-pressed", String(name === kind));
    button.addEventListener("click", () => { kind = name; show(); });
    return button;
  }));
  if (had) tabs.querySelector('[aria-pressed="true"]')?.focus();
}

function step(direction) {
  const all = cards();
  const index = all.indexOf(card()) + direction;
  variant = all[(index + all.length) % all.length].dataset.variant;
  show();
}

function open(link, wantedKind, from) {
  variant = link.dataset.variant;
  kind = wantedKind;
  opener = from;
  show();
  viewer.showModal();
  stage.focus();
}

root.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open], [data-repeat]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !viewer.showModal) return;
  event.preventDefault();
  const repeats = link.hasAttribute("data-repeat");
  open(repeats ? link.closest("figure").querySelector("[data-open]") : link, repeats ? "repeat3" : "sketch", link);
});

viewer.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zoom], [data-step]");
  if (event.target === viewer) viewer.close();
  else if (button?.dataset.zoom) view.zoom(button.dataset.zoom);
  else if (button) step(Number(button.dataset.step));
});

viewer.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const arrow = ARROWS[event.key];
  if (arrow && view.isZoomed()) view.pan(...arrow);
  else if (arrow?.[0]) step(arrow[0]);
  else if (ZOOMS[event.key]) view.zoom(ZOOMS[event.key]);
  else return;
  event.preventDefault();
});

viewer.addEventListener("close", () => {
  stage.replaceChildren();
  if (opener?.isConnected) opener.focus();
  else card()?.focus();
});
