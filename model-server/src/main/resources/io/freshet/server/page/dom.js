/** Returns a new element with attributes, whose content is texts and elements. */
export function create(name, attributes, ...content) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(attribute, "");
    else if (value != null && value !== false) element.setAttribute(attribute, value);
  }
  element.append(...content);
  return element;
}

/** Replaces the rows of a table if they have changed, and hides a table that has none. */
export function fill(body, rows) {
  const shown = rows.map(row => row.outerHTML).join("");
  if (body.shown === shown) return;
  body.shown = shown;
  body.replaceChildren(...rows);
  body.closest("table").hidden = rows.length === 0;
}

/** Sets the text of an element. Screen readers announce only changes. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
