import { get, post } from "/ui/api.js";
import { create, say } from "/ui/dom.js";
import { dateTime, number } from "/ui/format.js";

/** The platform of models that cannot explain their predictions. */
const UNEXPLAINED = "freshet_sequence";

/** What readers should know about the values that are filled in. */
const SOURCES = {
  record: ({ at }) => `With the values of a record of ${dateTime(Date.parse(at))}.`,
  means: () => "With the mean of each number so far; no recent record can be read.",
  none: () => "No recent record can be read, so type the values in.",
};

const element = id => document.getElementById(id);

/** A form with a field for each input of a model, which shows the prediction for them. */
export class TryForm {
  /**
   * @param key value for the key field, or null
   * @param query asks for the key, or is empty
   */
  constructor(name, { inputs, platform, properties }, key, query) {
    this.examplePath = `/v2/models/${encodeURIComponent(name)}/example${query}`;
    this.keyField = key == null ? null : properties.key_field;
    this.path = `/v2/models/${encodeURIComponent(name)}/infer`;
    // A trial is no request that an outcome follows, so nothing must be learned from it.
    this.parameters = platform === UNEXPLAINED ? { log: false } : { log: false, explain: true };
    this.inputs = inputs;
    const optional = (properties.optional_inputs ?? "").split(",");
    const fields = inputs.map(input => field(input, optional.includes(input.name), input.name === properties.key_field ? key : null));
    const another = create("button", { type: "button", id: "another" }, "Example values");
    another.addEventListener("click", () => this.fillIn(true));
    element("try").replaceChildren(...fields, create("div", { class: "buttons" }, create("button", { id: "predict" }, "Predict"), another));
    element("try").addEventListener("submit", event => {
      event.preventDefault();
      this.predict();
    });
    this.fillIn(false);
  }

  /**
   * Fills in values of a recent record, or typical ones.
   *
   * @param all also replaces what the reader has typed
   */
  async fillIn(all) {
    try {
      const example = await get(this.examplePath);
      for (const { name } of example.source === "none" ? [] : this.inputs) {
        const input = element(`input-${name}`);
        const value = example.values[name];
        // The values of two records together may be those of none.
        if (name !== this.keyField && (all || input.value === "")) input.value = value == null ? "" : shownAsInput(value, example.source);
      }
      say(element("example-note"), SOURCES[example.source]?.(example) ?? "");
    } catch (error) {
      say(element("try-error"), error.message);
    }
  }

  async predict() {
    element("try-error").textContent = "";
    element("prediction").replaceChildren();
    try {
      const given = this.inputs.map(input => [input, element(`input-${input.name}`).value]).filter(([, text]) => text !== "");
      const response = await post(this.path, { parameters: this.parameters, inputs: given.map(([input, text]) => tensor(input, text)) });
      element("prediction").replaceChildren(...response.outputs.flatMap(output => output.name === "contributions"
        ? contributions(output) : [row(output.name, shown(output))]));
    } catch (error) {
      element("try-error").textContent = error.message;
    }
  }
}

/** Returns a label with a field for one row of an input. */
function field(input, optional, value) {
  const numeric = input.datatype !== "BYTES";
  const length = input.shape.length - 1;
  const hint = length === 0 ? "" : length === 1 ? `${input.shape[1]} numbers, with commas` : `steps of ${input.shape[2]} numbers, with commas`;
  return create("label", {}, create("span", {}, input.name),
    create("input", {
      id: `input-${input.name}`, type: numeric && length === 0 ? "number" : "text", step: numeric && length === 0 ? "any" : null,
      placeholder: optional ? `${hint} (optional)` : hint, required: !optional, value,
    }));
}

/** Returns the tensor of one row. */
function tensor({ name, datatype, shape }, text) {
  const data = datatype === "BYTES" ? [text] : text.split(",").map(Number);
  const rest = shape.length === 3 ? [data.length / shape[2], shape[2]] : shape.slice(1);
  return { name, datatype, shape: [1, ...rest], data };
}

/** Returns the text that a field has for a value; means have more digits than anybody needs. */
function shownAsInput(value, source) {
  return source === "means" ? String(Number(value.toPrecision(6))) : Array.isArray(value) ? value.join(", ") : String(value);
}

function row(name, text) {
  return create("tr", {}, create("th", { scope: "row" }, name), create("td", { class: "number" }, text));
}

/** Returns rows with the contribution of each feature to the logit of each output. */
function contributions({ data }) {
  return data.flatMap(explanation => [
    create("tr", {}, create("th", { colspan: 2 }, "contributions to the logit")),
    ...Object.entries(JSON.parse(explanation)).map(([feature, value]) => row(feature, number(value))),
  ]);
}

function shown({ data }) {
  return data.map(value => typeof value === "number" && !Number.isInteger(value) ? number(value) : String(value)).join(", ");
}
