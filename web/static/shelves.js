// Collections at the side: cards are dragged onto them; deleting one is confirmed.

import { cardOf } from "./cards.js";
import { chosen } from "./choice.js";
import { collect } from "./library_actions.js";

const root = document.getElementById("list");
const shelves = document.getElementById("collections");
const KIND = "application/x-codesigner-designs";
let dragged = [];

// Only a card that the pointer is on can be dragged: `draggable` on all would slow down large lists.
root.addEventListener("pointerdown", (event) => {
  const card = event.target.closest("[data-lead]");
  if (card && event.pointerType === "mouse") card.draggable = !event.target.closest("input, button");
});
root.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.("[data-lead]");
  if (!card) return;
  const ids = chosen();
  dragged = ids.includes(card.dataset.job) ? ids : [card.dataset.job];
  event.dataTransfer.setData(KIND, dragged.join(" "));
  event.dataTransfer.effectAllowed = "copy";
  for (const id of dragged) cardOf(id).classList.add("dragging");
});
root.addEventListener("dragend", () => {
  for (const id of dragged) cardOf(id)?.classList.remove("dragging");
  dragged = [];
});

const shelfOf = (event) => (event.dataTransfer.types.includes(KIND) ? event.target.closest?.("[data-collection]") : null);

for (const kind of ["dragenter", "dragover"]) {
  shelves.addEventListener(kind, (event) => {
    const shelf = shelfOf(event);
    if (!shelf) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    shelf.classList.add("over");
  });
}
shelves.addEventListener("dragleave", (event) => {
  const shelf = event.target.closest?.("[data-collection]");
  if (shelf && !shelf.contains(event.relatedTarget)) shelf.classList.remove("over");
});
shelves.addEventListener("drop", (event) => {
  const shelf = shelfOf(event);
  if (!shelf) return;
  event.preventDefault();
  shelf.classList.remove("over");
  const ids = event.dataTransfer.getData(KIND).split(" ").filter(Boolean);
  if (ids.length) collect(ids, shelf.dataset.collection, shelf.querySelector('[dir="auto"]').textContent);
});

const confirming = document.getElementById("confirm");
for (const form of document.querySelectorAll("form[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.confirmed) return;
    event.preventDefault();
    document.getElementById("confirm-text").textContent = form.dataset.confirm;
    confirming.returnValue = "";
    confirming.showModal();
    confirming.addEventListener("close", () => {
      if (confirming.returnValue !== "yes") return;
      form.dataset.confirmed = "true";
      form.requestSubmit();
    }, { once: true });
  });
}
