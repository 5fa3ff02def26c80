// A job's page: follows the events, falls back to polling, and shows designs large.

const root = document.getElementById("job");
const spoken = document.getElementById("spoken");
const viewer = document.getElementById("viewer");
const ENDED = ["succeeded", "failed", "cancelled"];
const POLL_MS = 1500;
const SLOWEST_MS = 15000;

// ---- keeping the page up to date

const state = () => root.querySelector('[data-part="head"]').dataset.state;
const ended = () => ENDED.includes(state());
const served = new Map();
for (const part of root.children) served.set(part.dataset.part, part.outerHTML);

let loading = false;
let again = false;
let etag;

async function refresh() {
  if (loading) {
    again = true;
    return true;
  }
  loading = true;
  let reached = false;
  try {
    const headers = etag ? { "If-None-Match": etag } : {};
    const response = await fetch(root.dataset.parts, { headers, cache: "no-store" });
    reached = response.ok || response.status === 304;
    if (response.ok) {
      etag = response.headers.get("ETag");
      replaceParts(await response.text());
    } else if (response.status === 404 || response.status === 410) {
      location.reload();
    }
  } catch {
    reached = false;
  }
  loading = false;
  if (again) {
    again = false;
    setTimeout(refresh, 150);
  }
  return reached;
}

function replaceParts(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const fresh = [...box.content.children];
  const before = state();
  const names = new Set(fresh.map((part) => part.dataset.part));
  for (const part of [...root.children]) if (!names.has(part.dataset.part)) part.remove();
  fresh.forEach((part, place) => {
    const name = part.dataset.part;
    const text = part.outerHTML;
    const present = root.querySelector(`:scope > [data-part="${name}"]`);
    if (present && served.get(name) === text) return;
    served.set(name, text);
    if (!present) {
      root.insertBefore(part, root.children[place] ?? null);
    } else {
      const open = present.querySelector("details")?.open;
      present.replaceWith(part);
      if (open) part.querySelector("details").open = true;
    }
  });
  decorate();
  if (state() !== before) spoken.textContent = root.querySelector(".badge").textContent;
}

function decorate() {
  for (const paper of root.querySelectorAll("[data-wallpaper]:not(.repeated)")) {
    paper.style.backgroundImage = `url("${paper.dataset.wallpaper}")`;
    paper.classList.add("repeated");
  }
}

let source;
let polling;

function follow() {
  if (ended() || !window.EventSource) return ended() || poll();
  source = new EventSource(root.dataset.events);
  const kinds = ["snapshot", "job.submitted", "job.succeeded", "job.failed", "job.cancelled", "stage.started",
    "stage.progress", "stage.checkpoint", "stage.done", "stage.retry", "stage.released", "stage.expired", "stage.dead"];
  for (const kind of kinds) source.addEventListener(kind, onEvent);
  source.addEventListener("error", () => {
    // A closed source will not come back by itself: too many streams, or the job has ended.
    if (source.readyState === EventSource.CLOSED && !ended()) poll();
  });
  watchQueue();
}

async function onEvent() {
  await refresh();
  if (ended()) source.close();
}

// The place in line changes without an event of this job.
async function watchQueue() {
  while (!ended() && !polling) {
    await new Promise((done) => setTimeout(done, 5000));
    if (!ended() && !polling && !document.hidden) await refresh();
  }
  if (ended()) source?.close();
}

async function poll() {
  if (polling) return;
  polling = true;
  let pause = POLL_MS;
  while (!ended()) {
    await new Promise((done) => setTimeout(done, pause));
    pause = (await refresh()) ? POLL_MS : Math.min(pause * 2, SLOWEST_MS);
  }
}

// A print file is drawn by a job of its own, after this one has ended.
async function watchPrints() {
  let pause = POLL_MS;
  while (root.querySelector("[data-printing]")) {
    await new Promise((done) => setTimeout(done, pause));
    if (!document.hidden) pause = (await refresh()) ? POLL_MS : Math.min(pause * 2, SLOWEST_MS);
  }
}

// ---- a design, large

function show(kind, card) {
  const stage = document.getElementById("viewer-stage");
  const url = kind === "repeat" ? card.dataset.tile : card.dataset[kind];
  stage.classList.toggle("repeated", kind === "repeat");
  stage.style.backgroundImage = kind === "repeat" ? `url("${url}")` : "";
  stage.replaceChildren();
  if (kind !== "repeat") {
    const image = document.createElement("img");
    image.src = url;
    image.alt = card.querySelector("img").alt;
    stage.append(image);
  }
  tabs(kind, url, card);
}

function tabs(kind, url, card) {
  const bar = document.getElementById("viewer-tabs");
  const kinds = ["sketch", "tile", "repeat", "print"].filter((each) => card.dataset[each === "repeat" ? "tile" : each]);
  const buttons = kinds.map((each) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet";
    button.textContent = bar.dataset[each];
    button.setAttribute("aria-pressed", String(each === kind));
    button.addEventListener("click", () => show(each, card));
    return button;
  });
  const link = document.createElement("a");
  link.className = "button";
  link.href = url;
  link.download = `${card.dataset.name}-${kind === "repeat" ? "tile" : kind}.png`;
  link.textContent = bar.dataset.download;
  bar.replaceChildren(...buttons, link);
}

root.addEventListener("click", (event) => {
  const card = event.target.closest("[data-open]");
  if (!card || !viewer) return;
  show(["sketch", "tile", "print"].find((kind) => card.dataset[kind]) ?? "tile", card);
  viewer.showModal();
});
viewer?.addEventListener("click", (event) => {
  if (event.target === viewer) viewer.close();
});

decorate();
follow();
watchPrints();
