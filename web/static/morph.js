// Changes an element's content to that of newer HTML, and keeps what has not changed: focus,
// text that was typed, what was opened, pictures that are shown.

// Set by the visitor or by scripts; the server knows nothing of them.
const LOCAL = new Set(["open", "disabled", "data-sent"]);

export function morphInto(root, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  morphChildren(root, template.content);
}

const keyOf = (node) => node.dataset?.part ?? (node.id || undefined);
const isSame = (one, other) => one.nodeName === other.nodeName && keyOf(one) === keyOf(other);

function morphChildren(parent, wanted) {
  let current = parent.firstChild;
  for (const next of [...wanted.childNodes]) {
    const found = findSame(current, next);
    if (!found) {
      parent.insertBefore(next, current);
      continue;
    }
    while (current !== found) current = removed(current); // moving one would lose its focus
    morph(found, next);
    current = found.nextSibling;
  }
  while (current) current = removed(current);
}

function findSame(current, next) {
  if (current && isSame(current, next)) return current;
  if (keyOf(next) === undefined) return null;
  for (let node = current; node; node = node.nextSibling) if (isSame(node, next)) return node;
  return null;
}

function removed(node) {
  const following = node.nextSibling;
  node.remove();
  return following;
}

// Changes an element, or a text, to one of the same name.
export function morph(current, next) {
  if (current.nodeType !== Node.ELEMENT_NODE) {
    if (current.nodeValue !== next.nodeValue) current.nodeValue = next.nodeValue;
    return;
  }
  if (current.nodeName === "TIME" && current.dateTime === next.dateTime) return; // see page.js
  for (const { name, value } of [...next.attributes]) {
    if (!LOCAL.has(name) && current.getAttribute(name) !== value) current.setAttribute(name, value);
  }
  for (const { name } of [...current.attributes]) {
    if (!LOCAL.has(name) && !next.hasAttribute(name)) current.removeAttribute(name);
  }
  morphChildren(current, next);
}
