// The cards of the library: kept up to date, and appended page by page on scrolling.
// Only cards that changed are touched, and in place, so that focus, scroll and choice stay.

import { answered, onChange } from "./connection.js";
import { morph } from "./morph.js";

const root = document.getElementById("list");
const liveRegion = document.getElementById("spoken");
const ACTIVE_MS = 3000;
const IDLE_MS = 15000;
const MAX_MS = 60000;
const MAX_REFRESHED = 48;
const MAX_RESTORED = 20;

const list = () => document.getElementById("cards");
export const cards = (node = list()) => [...node.children];
export const cardOf = (id) => byId.get(id);
const byId = new Map();
const shownHtml = new Map();
const isActive = (card) => card.dataset.active === "true";
const watchers = [];

// Call `watcher` after cards came, changed or went.
export const onCards = (watcher) => watchers.push(watcher);

function remember(card) {
  byId.set(card.dataset.job, card);
  shownHtml.set(card.dataset.job, card.outerHTML);
  release(card);
}

// Only pages without scripts need it. A form finds the place of each control among all of its controls.
function release(card) {
  for (const control of card.querySelectorAll("[form]")) control.removeAttribute("form");
}

// The title of a card and its state, in words.
function spoken(card) {
  const { state } = card.dataset;
  const name = document.getElementById("texts").getAttribute(`data-state-${state}`);
  return `${card.querySelector(".title").textContent.trim()}: ${name}`;
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

async function load(url, headers = {}) {
  const response = await fetch(url, { headers, cache: "no-store" });
  return { response, content: response.ok ? parse(await response.text()) : null };
}

// ---- changes

function update(card, news) {
  const id = card.dataset.job;
  const html = card.outerHTML;
  const current = byId.get(id);
  if (shownHtml.get(id) === html) return;
  if (isActive(current) && !isActive(card)) news.push(spoken(card));
  shownHtml.set(id, html);
  release(card);
  morph(current, card);
}

export function remove(ids) {
  for (const id of ids) {
    byId.get(id)?.remove();
    byId.delete(id);
    shownHtml.delete(id);
  }
  for (const watcher of watchers) watcher();
}

// Show the first page as it is now. Cards that it should have before its last known one are gone.
function showFirst(content, news) {
  const fresh = [...content.querySelectorAll("#cards > li")];
  const ids = new Set(fresh.map((card) => card.dataset.job));
  const shown = cards();
  const hasMore = Boolean(content.querySelector('#paging [rel="next"]'));
  const last = hasMore ? shown.findLastIndex((card) => ids.has(card.dataset.job)) : shown.length;
  const gone = shown.slice(0, last).filter((card) => !ids.has(card.dataset.job));
  if (gone.length) remove(gone.map((card) => card.dataset.job));
  fresh.forEach((card, index) => {
    if (byId.has(card.dataset.job)) return update(card, news);
    remember(card);
    list().insertBefore(card, list().children[index] ?? null);
  });
}

function showRest(content) {
  const found = content.querySelector("#found");
  const current = document.getElementById("found");
  if (current.innerHTML !== found.innerHTML) current.innerHTML = found.innerHTML;
  const nothing = content.querySelector("#nothing");
  for (const id of ["nothing", "wrong"]) document.getElementById(id)?.remove();
  if (nothing) list().after(nothing);
  if (list().childElementCount <= content.querySelectorAll("#cards > li").length) {
    document.getElementById("paging").replaceWith(content.querySelector("#paging"));
    watchEnd();
  }
}

// Call `change` so that what is in view stays where it is: the focused card, or else the first one in view.
function keepingPlace(change) {
  const focused = document.activeElement.closest("#cards > li");
  const isInView = (card) => card && card.getBoundingClientRect().bottom > 0 && card.getBoundingClientRect().top < window.innerHeight;
  const place = window.scrollY > 0 && (isInView(focused) ? focused : cards().find(isInView));
  const top = place && place.getBoundingClientRect().top;
  change();
  const now = place && byId.get(place.dataset.job);
  if (now) window.scrollBy({ top: now.getBoundingClientRect().top - top, behavior: "instant" });
}

let etag;
let timer;
let delayMs;
let loading = false;
let again = false;
const pollMs = () => (cards().some(isActive) ? ACTIVE_MS : IDLE_MS);
const firstPage = () => {
  const query = new URLSearchParams(location.search);
  for (const name of ["before", "offset"]) query.delete(name);
  return isFirstPage ? `${root.dataset.parts}?${query}` : `${root.dataset.parts}${location.search}`;
};
const isFirstPage = !/[?&](before|offset)=/.test(location.search);

export async function refresh() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  clearTimeout(timer);
  let succeeded = false;
  try {
    const { response, content } = await load(firstPage(), etag ? { "If-None-Match": etag } : {});
    const isRefused = Boolean(document.getElementById("wrong")); // such as by a picture that no worker has looked at yet
    if ([404, 410, 422].includes(response.status) && !isRefused) return location.reload(); // the page says why
    succeeded = isRefused || response.status < 500;
    if (content) {
      etag = response.headers.get("ETag");
      const news = [];
      keepingPlace(() => {
        showFirst(content, news);
        showRest(content);
      });
      const first = new Set([...content.querySelectorAll("#cards > li")].map((card) => card.dataset.job));
      say(news);
      await refreshCards(cards().filter((card) => isActive(card) && !first.has(card.dataset.job)).map((card) => card.dataset.job));
    }
  } catch {
    succeeded = false;
  }
  answered(succeeded);
  delayMs = succeeded ? pollMs() : Math.min(MAX_MS, delayMs * 2);
  loading = false;
  for (const watcher of watchers) watcher();
  timer = setTimeout(poll, again ? 0 : delayMs);
  again = false;
}

function poll() {
  if (!document.hidden) refresh(); // a page that is shown again refreshes at once
}

function say(news) {
  if (news.length) liveRegion.textContent = news.join("; ");
}

// Bring some cards up to date; those that are gone are removed.
export async function refreshCards(ids) {
  const wanted = ids.filter((id) => byId.has(id) && !byId.get(id).classList.contains("batch")).slice(0, MAX_REFRESHED);
  if (!wanted.length) return;
  const query = new URLSearchParams(wanted.map((id) => ["job", id]));
  const { content } = await load(`${root.dataset.cards}?${query}`).catch(() => ({ content: null }));
  if (!content) return; // the next poll reports a server that does not answer
  const news = [];
  const fresh = [...content.querySelectorAll("#cards > li")];
  for (const card of fresh) update(card, news);
  const there = new Set(fresh.map((card) => card.dataset.job));
  const gone = wanted.filter((id) => !there.has(id));
  if (gone.length) remove(gone);
  say(news);
}

// ---- further pages

let appending = false;
let pages = 1;
const end = new IntersectionObserver((entries) => {
  if (entries.some((entry) => entry.isIntersecting)) append();
}, { rootMargin: "1200px 0px" });

function watchEnd() {
  end.disconnect();
  const next = document.querySelector('#paging [rel="next"]');
  if (next) end.observe(next);
}

async function append() {
  const next = document.querySelector('#paging [rel="next"]');
  if (appending || !next) return false;
  appending = true;
  let content = null;
  try {
    ({ content } = await load(root.dataset.parts + new URL(next.href).search));
  } catch {
    content = null;
  }
  answered(content !== null);
  if (content) {
    const fresh = document.createDocumentFragment();
    for (const card of [...content.querySelectorAll("#cards > li")]) {
      if (byId.has(card.dataset.job)) continue;
      remember(card);
      fresh.append(card);
    }
    const hadFocus = document.activeElement === next;
    const first = fresh.firstElementChild;
    list().append(fresh);
    if (hadFocus) first?.querySelector("a").focus({ preventScroll: true });
    document.getElementById("paging").replaceWith(content.querySelector("#paging"));
    pages += 1;
    history.replaceState({ ...history.state, pages }, "");
    for (const watcher of watchers) watcher();
  }
  appending = false;
  if (content) watchEnd();
  return content !== null;
}

root.addEventListener("click", (event) => {
  const next = event.target.closest('[rel="next"]');
  if (!next || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  append();
});

// A page that is opened again, by Back or by a reload, has as many cards as before.
async function restore() {
  const { pages: before = 1, top = 0 } = history.state ?? {};
  for (let page = 1; page < Math.min(before, MAX_RESTORED); page += 1) if (!(await append())) break;
  if (before > 1) window.scrollTo({ top, behavior: "instant" });
  watchEnd();
}

window.addEventListener("pagehide", () => history.replaceState({ ...history.state, pages, top: window.scrollY }, ""));

for (const card of cards()) remember(card);
delayMs = pollMs();
timer = setTimeout(poll, delayMs);
onChange(refresh);
restore();
