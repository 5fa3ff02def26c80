// All pages: times in the visitor's zone, and forms that are sent once.

const language = document.documentElement.lang;
const region = navigator.languages.find((each) => each.split("-")[0] === language.split("-")[0]) ?? language;
const format = new Intl.DateTimeFormat(region, { dateStyle: "medium", timeStyle: "short" });

// Without this script a time is in UTC and says so; with it that stays as the title.
const TIMES = "time[datetime]:not([title])";

function localise(root) {
  for (const time of [...(root.matches?.(TIMES) ? [root] : []), ...root.querySelectorAll(TIMES)]) {
    time.title = time.textContent;
    time.textContent = format.format(new Date(time.dateTime));
  }
}

localise(document);
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) localise(node);
  }
}).observe(document.body, { childList: true, subtree: true });

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "true";
  setTimeout(() => { // a disabled button would not be sent
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.disabled = false;
  }
});
