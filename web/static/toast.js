// Short messages at the bottom of the page, with an undo button where something can be undone.

const root = document.getElementById("toasts");
const SHOWN_MS = 6000;

export function text(name, values = {}) {
  const template = document.getElementById("texts").dataset[name];
  return template.replace(/\{(\w+)\}/g, (_all, key) => String(values[key]));
}

// Show a message in place of the last; with `undo`, a function, it stays until `untilMs` (Date.now()).
export function toast(message, { undo, untilMs, onClose } = {}) {
  const item = document.createElement("div");
  item.className = undo ? "toast lasting" : "toast";
  const words = document.createElement("p");
  words.setAttribute("role", "status");
  item.append(words);
  const close = () => {
    clearTimeout(timer);
    item.remove();
    onClose?.();
  };
  if (undo) {
    const button = addButton(item, "button quiet small", root.dataset.undo);
    button.addEventListener("click", async () => {
      button.disabled = true;
      item.classList.remove("lasting");
      if (await undo()) return close();
      item.classList.add("lasting");
      button.disabled = false;
    });
  }
  const closing = addButton(item, "round", "✕");
  closing.setAttribute("aria-label", root.dataset.close);
  closing.addEventListener("click", close);
  for (const old of root.querySelectorAll(undo ? ".toast" : ".toast:not(.lasting)")) old.remove();
  root.append(item);
  words.textContent = message; // after the live region is there, so that it is spoken
  const timer = setTimeout(close, untilMs ? untilMs - Date.now() : SHOWN_MS);
}

function addButton(item, className, label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = className;
  button.textContent = label;
  item.append(button);
  return button;
}
