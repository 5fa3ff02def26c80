// Which cards are chosen: by their boxes, by Shift+click for a range, by Ctrl+A; Escape chooses none.

import { cards, onCards } from "./cards.js";
import { text } from "./toast.js";

const root = document.getElementById("list");
const bar = document.getElementById("bar");
const count = document.getElementById("bar-count");
let anchor;

const boxes = () => [...root.querySelectorAll(".pick")];
export const chosen = () => boxes().filter((box) => box.checked).map((box) => box.value);
const isTyping = (element) => element?.matches?.("input:not(.pick), textarea, select");

export function show() {
  const number = chosen().length;
  bar.classList.toggle("shown", number > 0);
  root.classList.toggle("picking", number > 0);
  document.getElementById("toasts").classList.toggle("raised", number > 0);
  count.textContent = number ? text("chosen", { count: number }) : "";
}

export function chooseNone() {
  for (const box of boxes()) box.checked = false;
  show();
}

root.addEventListener("click", (event) => {
  const box = event.target.closest(".pick");
  if (!box) return;
  const all = boxes();
  const from = all.findIndex((each) => each.value === anchor);
  const to = all.indexOf(box);
  if (event.shiftKey && from >= 0) {
    for (const each of all.slice(Math.min(from, to), Math.max(from, to) + 1)) each.checked = box.checked;
  }
  anchor = box.value;
  show();
});

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open], :popover-open")) return;
  if (event.key === "Escape" && chosen().length) {
    chooseNone();
  } else if (event.key === "a" && (event.ctrlKey || event.metaKey) && !isTyping(document.activeElement)) {
    const active = document.activeElement;
    if (active !== document.body && !root.contains(active) && !bar.contains(active)) return;
    event.preventDefault();
    for (const box of boxes()) box.checked = true;
    show();
  }
});

document.getElementById("clear-choice").addEventListener("click", () => {
  chooseNone();
  cards()[0]?.querySelector(".pick, a")?.focus({ preventScroll: true });
});
onCards(show);
window.addEventListener("pageshow", show); // the browser restores boxes by itself
show();
