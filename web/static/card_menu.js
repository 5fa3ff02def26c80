// The menu of a card, and the dialog for its name, tags and judgements.

import { part, Refused, send } from "./api.js";
import { cardOf, refreshCards } from "./cards.js";
import { attempt, compareUrl, deleteJobs, tagsOf } from "./library_actions.js";
import { toggleHeart, watchReviews } from "./reviews.js";
import { text, toast } from "./toast.js";

const root = document.getElementById("list");
const menu = document.getElementById("card-menu");
const dialog = document.getElementById("entry-dialog");
const entryBody = document.getElementById("entry-body");
let opened; // id of the job whose menu or dialog is open

const item = (name) => menu.querySelector(`[data-item="${name}"]`);
const items = () => [...menu.querySelectorAll("[data-item]")].filter((each) => !each.hidden);
const entryUrl = (id) => root.dataset.entry.replace("JOB", id);

function openMenu(button, card) {
  opened = card.dataset.job;
  const variants = card.dataset.variants.split(" ").filter(Boolean);
  item("open").href = card.querySelector(".title a").href;
  item("entry").href = entryUrl(opened);
  item("like").href = `${location.pathname}?like=${opened}.${card.dataset.lead}`;
  item("like").hidden = card.dataset.state !== "succeeded";
  item("lineage").href = `/jobs/${opened}/lineage`;
  item("compare").href = compareUrl(variants.slice(0, 4).map((variant) => `${opened}.${variant}`));
  item("compare").hidden = variants.length < 2;
  item("zip").href = `/api/v1/jobs/zip?job=${opened}`;
  item("zip").hidden = !variants.length;
  if (item("share")) item("share").href = `/jobs/${opened}/share`;
  menu.showPopover();
  place(button.getBoundingClientRect());
  items()[0].focus({ preventScroll: true });
}

function place(around) {
  const { width, height } = menu.getBoundingClientRect();
  const below = around.bottom + 4 + height <= window.innerHeight;
  menu.style.left = `${Math.max(8, Math.min(around.right - width, window.innerWidth - width - 8))}px`;
  const top = Math.max(8, below ? around.bottom + 4 : around.top - height - 4);
  menu.style.top = `${window.scrollY + top}px`; // it scrolls with its card
}

root.addEventListener("click", async (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const more = event.target.closest(".more");
  const heart = event.target.closest(".heart");
  const card = event.target.closest("[data-job]");
  if (more) {
    event.preventDefault();
    openMenu(more, card);
  } else if (heart) {
    event.preventDefault();
    await attempt([card.dataset.job], () => toggleHeart(card));
    await refreshCards([card.dataset.job]);
  }
});

menu.addEventListener("keydown", (event) => {
  const all = items();
  const at = all.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    all[(at + step + all.length) % all.length].focus();
  }
});
menu.addEventListener("toggle", (event) => {
  if (event.newState === "closed" && !dialog.open) cardOf(opened)?.querySelector(".more")?.focus({ preventScroll: true });
});

item("share")?.addEventListener("click", () => menu.hidePopover());
item("delete").addEventListener("click", () => {
  menu.hidePopover();
  deleteJobs([opened]);
});
item("entry").addEventListener("click", async (event) => {
  if (event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  await attempt([opened], async () => {
    entryBody.innerHTML = await part(`${entryUrl(opened)}/parts`);
    dialog.showModal();
    entryBody.querySelector("#entry-name").focus();
  });
  menu.hidePopover();
});

entryBody.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-save]");
  if (!form) return;
  event.preventDefault();
  const wrong = form.querySelector("[data-wrong]");
  try {
    await send("PATCH", form.dataset.save, { name: form.elements.name.value, tags: tagsOf(form.elements.tags) });
    dialog.close();
    toast(text("saved"));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    wrong.textContent = error.gone ? text("gone") : error.message;
    wrong.hidden = false;
  }
});
dialog.addEventListener("close", async () => {
  await refreshCards([opened]);
  cardOf(opened)?.querySelector(".more")?.focus({ preventScroll: true });
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
watchReviews();
