// Directions of a brief that leaves much open: four completed briefs, each with a first look.

import { Refused, send } from "./api.js";
import { isColour } from "./colours.js";
import { button, byId, dot, element, language, texts } from "./texts.js";

const WAIT_S = 20;
const FIRST_LOOK = { variants: 1, size: 128, ttl_s: 86400, listed: false, seeds: [1] };
const section = byId("directions");
const list = byId("directions-list");
let ownBrief = ""; // that the directions shown are of
let latest = 0;
let batch = null; // links of the first looks that are being drawn

const say = (text) => { byId("directions-status").textContent = text; };

// Offer directions for a brief, or hide them; those that are shown stay while one of them is looked at.
export function offerDirections(brief, open) {
  const isOneOfThem = [...list.querySelectorAll("[data-brief]")].some((each) => each.dataset.brief === brief);
  if (isOneOfThem || (list.children.length && brief === ownBrief)) return;
  forget();
  section.hidden = !open.length;
}

function forget() {
  latest += 1;
  if (batch) cancel(batch);
  batch = null;
  list.replaceChildren();
  byId("directions-back").hidden = true;
  byId("directions-show").hidden = false;
  say("");
}

// Nobody waits for these pictures any more: where this fails, they are drawn all the same.
const cancel = (links) => send("POST", links.cancel).catch(() => {});

async function show() {
  const request = ++latest;
  const brief = byId("brief").value;
  byId("directions-show").disabled = true;
  try {
    const { directions } = await send("POST", "/api/v1/directions", { brief });
    if (request !== latest) return;
    ownBrief = brief;
    list.replaceChildren(...directions.map(card));
    byId("directions-show").hidden = directions.length > 0;
    say(directions.length ? texts.directionsLook : texts.directionsNone);
    if (directions.length) await drawn(request, directions);
  } catch (error) {
    if (request !== latest) return;
    const reason = error instanceof Refused ? error.message : texts.unreachable;
    say(list.children.length ? texts.directionsNoLook.replace("%", reason) : reason);
    for (const picture of list.querySelectorAll(".first-look")) stopWaiting(picture);
  } finally {
    byId("directions-show").disabled = false;
  }
}

// Submit the first looks and show each as soon as it is there.
async function drawn(request, directions) {
  const product = byId("design").elements.namedItem("product").value || null;
  const briefs = directions.map((direction) => direction.brief);
  let found = await send("POST", "/api/v1/batches", { ...FIRST_LOOK, briefs, product });
  if (request !== latest) return cancel(found.links);
  batch = found.links;
  let etag = null;
  while (request === latest) {
    for (const job of found.jobs) showLook(job);
    if (found.state === "ended") break;
    [found, etag] = await following(found, etag);
  }
  if (request !== latest) return;
  batch = null;
  say(texts.directionsDone);
}

// Return the batch once it has changed, or after a while, and its ETag.
async function following(found, etag) {
  const response = await fetch(found.links.self, {
    headers: { "Accept-Language": language, Prefer: `wait=${WAIT_S}`, ...(etag ? { "If-None-Match": etag } : {}) },
  });
  if (response.status === 304) return [found, etag];
  const answer = await response.json();
  if (!response.ok) throw new Refused(answer.detail, response.status);
  const pause = Number(response.headers.get("Retry-After") ?? 0);
  if (answer.state !== "ended") await new Promise((resolve) => { setTimeout(resolve, Math.min(pause, 2) * 1000); });
  return [answer, response.headers.get("ETag")];
}

function showLook(job) {
  const picture = list.children[job.index]?.querySelector(".first-look");
  if (!picture || picture.querySelector("img")) return;
  const title = list.children[job.index].querySelector("h3").textContent;
  if (job.thumbnails.length) {
    const alt = texts.firstLook.replace("%", title);
    picture.replaceChildren(element("img", { src: job.thumbnails[0], alt, width: 256, height: 256 }));
    picture.removeAttribute("aria-busy");
  } else if (["failed", "cancelled"].includes(job.state)) {
    stopWaiting(picture);
  }
}

function stopWaiting(picture) {
  if (picture.querySelector("img")) return;
  picture.removeAttribute("aria-busy");
  picture.replaceChildren(element("span", { className: "fine", textContent: texts.directionFailed }));
}

function card({ title, brief, chips }) {
  const picture = element("div", { className: "first-look" });
  picture.setAttribute("aria-busy", "true");
  const dots = element("span", { className: "dots" }, ...chips.filter(isColour).map((chip) => dot(chip.hex)));
  const use = button("button quiet", texts.directionUse, `${texts.directionUse}: ${title}`, () => take(brief, use));
  use.dataset.brief = brief;
  use.setAttribute("aria-pressed", "false");
  const text = element("p", { className: "direction-brief", dir: "auto", textContent: brief });
  return element("li", { className: "direction" }, picture, element("h3", { textContent: title }), dots, text, use);
}

function take(brief, pressed) {
  for (const each of list.querySelectorAll("[data-brief]")) each.setAttribute("aria-pressed", String(each === pressed));
  byId("directions-back").hidden = !pressed;
  byId("brief").value = brief;
  byId("brief").dispatchEvent(new Event("input", { bubbles: true }));
}

byId("directions-show").addEventListener("click", show);
byId("directions-back").addEventListener("click", () => {
  take(ownBrief, null);
  byId("brief").focus();
});
