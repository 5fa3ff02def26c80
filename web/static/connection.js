// Says in #connection that the server does not answer, and when it answers again.

const BACK_SHOWN_MS = 4000;
const line = document.getElementById("connection");
const watchers = [];
let lost = false;

// Call with whether the last request was answered.
export function answered(isAnswered) {
  if (isAnswered === !lost) return;
  lost = !isAnswered;
  line.textContent = lost ? line.dataset.lost : line.dataset.back;
  line.classList.toggle("lost-connection", lost);
  if (lost) return;
  for (const watcher of watchers) watcher();
  setTimeout(() => { if (!lost) line.textContent = ""; }, BACK_SHOWN_MS);
}

// Call `watcher` when the server answers again.
export const onBack = (watcher) => watchers.push(watcher);

export const isLost = () => lost;

// Call `refresh` when the network goes or comes, or the page is shown again.
export function onChange(refresh) {
  window.addEventListener("offline", refresh);
  window.addEventListener("online", refresh);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) refresh(); });
}
