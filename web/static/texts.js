// Texts of the form in the visitor's language, and short helpers for elements.

export const texts = JSON.parse(document.getElementById("words").textContent);
export const language = document.documentElement.lang;
export const byId = (id) => document.getElementById(id);

export function setFieldError(field, message) {
  const line = document.querySelector(`[data-wrong="${CSS.escape(field)}"]`);
  if (!line) return;
  line.textContent = message;
  line.hidden = !message;
  byId(field)?.setAttribute("aria-invalid", message ? "true" : "false");
}

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function button(className, text, label, onClick) {
  const made = element("button", { type: "button", className, textContent: text });
  if (label) {
    made.title = label;
    made.setAttribute("aria-label", label);
  }
  made.addEventListener("click", onClick);
  return made;
}

export const fineLine = (text) => element("p", { className: "fine", textContent: text });

export function dot(hex) {
  const made = element("span", { className: "dot" });
  made.style.background = hex;
  return made;
}
