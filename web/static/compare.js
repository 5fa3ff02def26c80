// Compare page: all panes are zoomed and moved together, and one design is wiped over the other.

import { watchReviews } from "./reviews.js";

watchReviews();

const root = document.getElementById("main");
const zoom = document.getElementById("zoom");
const shown = document.getElementById("zoom-shown");
const panes = [...document.querySelectorAll("[data-pane]")];
const state = { scale: 1, x: 0, y: 0 }; // x and y as shares of a pane's width and height

function show() {
  const room = (state.scale - 1) / 2;
  state.x = Math.max(-room, Math.min(room, state.x));
  state.y = Math.max(-room, Math.min(room, state.y));
  root.style.setProperty("--zoom", state.scale);
  root.style.setProperty("--x", `${state.x * 100}%`);
  root.style.setProperty("--y", `${state.y * 100}%`);
  shown.textContent = `${state.scale.toFixed(1).replace(".0", "")}×`;
  root.classList.toggle("zoomed", state.scale > 1);
}

if (zoom) {
  zoom.addEventListener("input", () => {
    state.scale = Number(zoom.value);
    show();
  });
}

for (const pane of panes) {
  pane.tabIndex = pane.closest(".wipe") ? -1 : 0;
  pane.addEventListener("pointerdown", (event) => {
    if (state.scale > 1) pane.setPointerCapture(event.pointerId);
  });
  pane.addEventListener("pointermove", (event) => {
    if (!pane.hasPointerCapture(event.pointerId)) return;
    state.x += event.movementX / pane.clientWidth;
    state.y += event.movementY / pane.clientHeight;
    show();
  });
  pane.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0.1, 0], ArrowRight: [-0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[event.key];
    const by = { "+": 0.5, "=": 0.5, "-": -0.5 }[event.key];
    if ((!step || state.scale === 1) && !by) return;
    event.preventDefault();
    if (step) [state.x, state.y] = [state.x + step[0], state.y + step[1]];
    if (by) zoom.value = state.scale = Math.max(1, Math.min(8, state.scale + by));
    show();
  });
}

const range = document.getElementById("wipe-range");
if (range) {
  const wipe = () => range.parentElement.style.setProperty("--split", `${range.value}%`);
  range.addEventListener("input", wipe);
  wipe();
}
