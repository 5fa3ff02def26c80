// A batch's page: asks for what has changed until every job has ended.

const root = document.getElementById("batch");
const spoken = document.getElementById("spoken");
const POLL_MS = 1500;
const SLOWEST_MS = 15000;
const state = () => root.querySelector("[data-state]").dataset.state;

let etag;
let wait = POLL_MS;

async function refresh() {
  try {
    const headers = etag ? { "If-None-Match": etag } : {};
    const response = await fetch(root.dataset.parts, { headers, cache: "no-store" });
    if (response.status === 404 || response.status === 410) return location.reload();
    if (response.ok) {
      etag = response.headers.get("ETag");
      show(await response.text());
    }
    wait = response.ok || response.status === 304 ? POLL_MS : Math.min(SLOWEST_MS, wait * 2);
  } catch {
    wait = Math.min(SLOWEST_MS, wait * 2);
  }
  if (state() !== "ended") setTimeout(refresh, wait);
}

function show(html) {
  const focused = document.activeElement?.closest("a, button");
  const place = focused ? [...root.querySelectorAll("a, button")].indexOf(focused) : -1;
  root.innerHTML = html;
  if (place >= 0) root.querySelectorAll("a, button")[place]?.focus();
  if (state() === "ended") spoken.textContent = root.querySelector("#counts").textContent;
}

if (state() !== "ended") setTimeout(refresh, POLL_MS);
