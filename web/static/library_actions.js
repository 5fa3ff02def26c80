// What is done with chosen designs: collect, tag, delete and restore, compare, download.

import { Refused, send } from "./api.js";
import { cardOf, refresh, refreshCards, remove } from "./cards.js";
import { chosen } from "./choice.js";
import { answered, onBack } from "./connection.js";
import { text, toast } from "./toast.js";

const MAX_ZIP = 100;
const MAX_AT_ONCE = 500;
const DELETED = "deleted-designs";
const form = document.getElementById("bulk");
const problem = document.getElementById("problem");
const busy = new Set(); // ids of designs that something is done with

export function complain(message) {
  problem.textContent = message;
  problem.hidden = !message;
  if (message) problem.scrollIntoView({ block: "nearest" });
}

// Say why something was refused; that the server does not answer is said until it does again.
export function explain(error) {
  if (!(error instanceof Refused)) throw error;
  complain(error.gone ? text("gone") : error.message);
  if (!error.status) answered(false);
}

onBack(() => { if (problem.textContent === text("lost")) complain(""); });

// Do something with designs, for each one thing at a time; if one is gone, bring them up to date.
export async function attempt(jobs, action) {
  if (jobs.some((id) => busy.has(id))) return false;
  for (const id of jobs) busy.add(id);
  complain("");
  try {
    await action();
    return true;
  } catch (error) {
    explain(error);
    if (error.gone) await refreshCards(jobs);
    return false;
  } finally {
    for (const id of jobs) busy.delete(id);
  }
}

const bulk = (body) => send("POST", "/api/v1/jobs/bulk", body);

// ---- deletion

function offerUndo(jobs, untilMs) {
  const stored = JSON.stringify({ jobs, untilMs });
  sessionStorage.setItem(DELETED, stored);
  const forget = () => { if (sessionStorage.getItem(DELETED) === stored) sessionStorage.removeItem(DELETED); };
  toast(text("deleted", { count: jobs.length }), { undo: () => restore(jobs), untilMs, onClose: forget });
}

function restore(jobs) {
  return attempt(jobs, async () => {
    const done = await bulk({ jobs, restore: true });
    sessionStorage.removeItem(DELETED);
    setTimeout(() => toast(text("restored", { count: done.jobs.length })));
    location.search.includes("before=") ? location.reload() : await refresh();
  });
}

export function deleteJobs(jobs) {
  return attempt(jobs, async () => {
    const done = await bulk({ jobs, delete: true });
    remove(jobs);
    offerUndo(done.jobs, Date.now() + done.undo_s * 1000);
    refresh();
  });
}

function offerEarlierUndo() {
  const { jobs, untilMs } = JSON.parse(sessionStorage.getItem(DELETED) ?? "{}");
  if (jobs && untilMs > Date.now()) offerUndo(jobs, untilMs);
}

// ---- collections and tags

function showSize(collection) {
  const link = document.querySelector(`[data-collection="${collection.id}"]`);
  if (link) link.querySelector("[data-size]").textContent = collection.size.toLocaleString();
}

export function collect(jobs, id, name) {
  return attempt(jobs, async () => {
    await bulk({ jobs, add_to: id });
    showSize(await send("GET", `/api/v1/collections/${id}`));
    toast(text("collected", { name, count: jobs.length }));
    refreshCards(jobs);
  });
}

function addShelf(collection) {
  const url = new URL(location.pathname, location.href);
  url.searchParams.set("collection", collection.id);
  const icon = document.getElementById("folder").content.cloneNode(true);
  const link = document.createElement("a");
  link.href = url;
  link.dataset.collection = collection.id;
  link.draggable = false;
  const name = Object.assign(document.createElement("span"), { dir: "auto", textContent: collection.name });
  const size = Object.assign(document.createElement("span"), { className: "size", textContent: "0" });
  size.dataset.size = "";
  link.append(icon, name, size);
  const item = document.createElement("li");
  item.append(link);
  document.getElementById("collections").append(item);
  form.elements.add_to.append(new Option(collection.name, collection.id));
}

async function collectChosen(jobs) {
  const select = form.elements.add_to;
  if (select.value) return collect(jobs, select.value, select.selectedOptions[0].text);
  const name = form.elements.new_collection.value.trim();
  if (!name) {
    complain(text("name"));
    form.elements.new_collection.focus();
    return false;
  }
  let made;
  const created = await attempt(jobs, async () => {
    made = await send("POST", "/api/v1/collections", { name });
    addShelf(made);
  });
  if (!created) return false;
  form.elements.new_collection.value = "";
  return collect(jobs, made.id, made.name);
}

// The tags that were typed into a field.
export const tagsOf = (field) => field.value.split(/[,，、;；]/).map((tag) => tag.trim()).filter(Boolean);

function tagChosen(jobs, field) {
  const tags = tagsOf(form.elements.tags);
  if (!tags.length) {
    complain(text("tags"));
    form.elements.tags.focus();
    return false;
  }
  return attempt(jobs, async () => {
    await bulk({ jobs, [field]: tags });
    form.elements.tags.value = "";
    toast(text("tagged", { count: jobs.length }));
    await refreshCards(jobs);
  });
}

function takeOut(jobs) {
  return attempt(jobs, async () => {
    await bulk({ jobs, remove_from: form.elements.collection.value });
    showSize(await send("GET", `/api/v1/collections/${form.elements.collection.value}`));
    remove(jobs);
    toast(text("takenOut", { count: jobs.length }));
    refresh();
  });
}

// ---- links

const leads = (jobs) => jobs.map((id) => `${id}.${cardOf(id).dataset.lead}`);

export function compareUrl(designs) {
  return `/compare?${new URLSearchParams(designs.map((design) => ["design", design]))}`;
}

function compare(jobs) {
  if (jobs.length < 2 || jobs.length > 4) return complain(text("compare"));
  location.href = compareUrl(leads(jobs));
}

function download(jobs) {
  if (jobs.length > MAX_ZIP) return complain(text("zip"));
  location.href = `/api/v1/jobs/zip?${new URLSearchParams(jobs.map((id) => ["job", id]))}`;
}

const ACTIONS = {
  collect: collectChosen,
  tag: (jobs) => tagChosen(jobs, "add_tags"),
  untag: (jobs) => tagChosen(jobs, "remove_tags"),
  take_out: takeOut,
  compare,
  download,
  delete: deleteJobs,
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const jobs = chosen();
  const action = event.submitter?.value;
  if (!jobs.length || !ACTIONS[action]) return;
  if (jobs.length > MAX_AT_ONCE) complain(text("many"));
  else ACTIONS[action](jobs);
});

// Enter in a field of the bar presses the button beside it.
for (const field of form.querySelectorAll(".bar input")) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.requestSubmit(field.parentElement.querySelector("button"));
  });
}

const select = form.elements.add_to;
const showNewName = () => { form.elements.new_collection.hidden = Boolean(select.value); };
select.addEventListener("change", showNewName);
showNewName();
offerEarlierUndo();

