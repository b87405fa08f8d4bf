import { get } from "/ui/api.js";
import { create, say } from "/ui/dom.js";
import { count } from "/ui/format.js";

const WAIT_MILLIS = 150;
const LISTED = 24;
const element = id => document.getElementById(id);
const pathOf = key => `?key=${encodeURIComponent(key)}`;

/** Finds a key of a model by its first characters. The server returns a bounded list, so it is fast with any number of keys. */
export class KeyPicker {
  /** @param key the key that the page shows, or null */
  constructor(name, field, key) {
    this.path = `/v2/models/${encodeURIComponent(name)}/keys?prefix=`;
    this.current = key;
    this.asked = 0;
    element("keys").hidden = false;
    element("key-field").textContent = field;
    element("key").value = key ?? "";
    element("key").addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.search(element("key").value), WAIT_MILLIS);
    });
    element("key-form").addEventListener("submit", event => {
      event.preventDefault();
      location.search = pathOf(element("key").value);
    });
    this.search(key == null ? "" : key);
  }

  async search(prefix) {
    const asked = ++this.asked;
    try {
      const { total, keys, withheld } = await get(this.path + encodeURIComponent(prefix));
      if (asked === this.asked) this.show(prefix, total, keys, withheld);
    } catch (error) {
      say(element("keys-error"), error.message);
    }
  }

  show(prefix, total, keys, withheld) {
    say(element("keys-error"), "");
    const listed = keys.slice(0, LISTED);
    const more = keys.length > listed.length ? `, the first ${listed.length} of these listed` : "";
    say(element("keys-note"), withheld ? `${count(total)} keys; type a whole one, since a server that any host can ask lists none`
      : prefix === "" ? `${count(total)} keys; type the first characters of one${more}`
      : keys.length === 0 ? `none of ${count(total)} keys starts with ${prefix}` : `of ${count(total)} keys, those that start with ${prefix}${more}`);
    element("key-list").replaceChildren(...listed.map(key => create("li", {},
      create("a", { "href": pathOf(key), "aria-current": key === this.current ? "true" : null }, key))));
  }
}
