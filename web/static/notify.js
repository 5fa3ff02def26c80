// Progress in the title, and a notification at the end if the visitor asked for one.

import { hasEnded, head, onParts } from "./live.js";

const root = document.getElementById("job");
const WANTED = "codesigner.notify";
const canNotify = "Notification" in window && window.isSecureContext && canConstruct();
let sawActive = false;

const wanted = () => canNotify && Notification.permission === "granted" && localStorage.getItem(WANTED) === "1";

function showTitle() {
  const { state, percent, title } = head();
  if (!hasEnded()) document.title = `(${percent} %) ${title}`;
  else if (sawActive) document.title = `${state === "succeeded" ? "✓" : "✕"} ${title}`;
  else document.title = title;
}

function notifyOnce() {
  if (!hasEnded()) sawActive = true;
  else if (sawActive && !notifyOnce.done) {
    notifyOnce.done = true;
    if (document.hidden && wanted()) notify(head().state);
  }
}

function notify(state) {
  if (state === "cancelled") return;
  const text = state === "succeeded" ? root.dataset.ended : root.dataset.failed;
  try {
    const notice = new Notification(text, { body: head().title, icon: root.dataset.icon, tag: location.pathname });
    notice.addEventListener("click", () => { window.focus(); notice.close(); });
  } catch {
    // See canConstruct; the title says it, too.
  }
}

// Some browsers of phones allow notifications to service workers only; they are offered none.
function canConstruct() {
  if (Notification.permission === "granted") return true;
  try {
    new Notification(""); // shows nothing without the permission
    return true;
  } catch {
    return false;
  }
}

function showButton() {
  const button = root.querySelector("[data-notify]");
  if (!button || !canNotify) return;
  const blocked = Notification.permission === "denied";
  button.hidden = false;
  button.disabled = blocked;
  button.setAttribute("aria-pressed", String(wanted()));
  const text = blocked ? button.dataset.blocked : wanted() ? button.dataset.on : button.dataset.off;
  button.querySelector(".notify-text").textContent = text;
  button.title = text;
}

async function toggle() {
  if (wanted()) localStorage.removeItem(WANTED);
  else if ((await Notification.requestPermission()) === "granted") localStorage.setItem(WANTED, "1");
  showButton();
}

export function startNotices() {
  onParts(() => { notifyOnce(); showTitle(); showButton(); });
  root.addEventListener("click", (event) => { if (event.target.closest("[data-notify]")) toggle(); });
}
