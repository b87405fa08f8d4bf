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
