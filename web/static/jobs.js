// List of designs: polls its fragment and replaces the entries that changed, so that focus and scroll stay.

import { answered, onChange } from "./connection.js";

const root = document.getElementById("jobs");
const liveRegion = document.getElementById("spoken");
const ACTIVE_MS = 3000;
const IDLE_MS = 15000;
const MAX_MS = 60000;

const entries = (node) => [...node.querySelectorAll("[data-job]")];
const isActive = () => Boolean(root.querySelector('[data-job][data-active="true"]'));
const shownHtml = new Map(entries(root).map((entry) => [entry.dataset.job, entry.outerHTML]));
const pollMs = () => (isActive() ? ACTIVE_MS : IDLE_MS);

let etag;
let timer;
let delayMs = pollMs();
let loading = false;

async function refresh() {
  if (loading) return;
  loading = true;
  clearTimeout(timer);
  let succeeded = false;
  try {
    const headers = etag ? { "If-None-Match": etag } : {};
    const response = await fetch(root.dataset.parts, { headers, cache: "no-store" });
    succeeded = response.ok || response.status === 304;
    if (response.ok) {
      etag = response.headers.get("ETag");
      show(await response.text());
    }
  } catch {
    succeeded = false;
  }
  answered(succeeded);
  delayMs = succeeded ? pollMs() : Math.min(MAX_MS, delayMs * 2);
  loading = false;
  timer = setTimeout(poll, delayMs);
}

function poll() {
  if (!document.hidden) refresh(); // a page that is shown again refreshes at once
}

function show(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const list = root.querySelector(".past");
  const newList = template.content.querySelector(".past");
  if (!list || !newList) return root.replaceChildren(template.content);
  const news = [];
  const newEntries = entries(newList);
  const ids = new Set(newEntries.map((entry) => entry.dataset.job));
  for (const entry of entries(list)) if (!ids.has(entry.dataset.job)) entry.remove();
  newEntries.forEach((entry, index) => showEntry(list, entry, index, news));
  const paging = root.querySelector(".paging");
  const newPaging = template.content.querySelector(".paging");
  if (paging.innerHTML !== newPaging.innerHTML) paging.replaceWith(newPaging);
  if (news.length) liveRegion.textContent = news.join("; ");
}

function showEntry(list, entry, index, news) {
  const id = entry.dataset.job;
  const html = entry.outerHTML;
  const current = entries(list).find((other) => other.dataset.job === id);
  if (!current) list.insertBefore(entry, list.children[index] ?? null);
  else if (shownHtml.get(id) !== html) {
    const focused = current.contains(document.activeElement);
    if (current.dataset.active === "true" && entry.dataset.active !== "true") news.push(spoken(entry));
    current.replaceWith(entry);
    if (focused) entry.querySelector("a").focus({ preventScroll: true });
  }
  shownHtml.set(id, html);
}

const spoken = (entry) => `${entry.querySelector(".past-brief").textContent}: ${entry.querySelector(".badge").textContent}`;

timer = setTimeout(poll, delayMs);
onChange(refresh);
