// The form beside the map, and which layers are shown.
import { element } from "./element.js";

/** Filters and layers as the form has them. */
export class Filters {
  /**
   * @param {import("./state.js").State} began
   * @param {import("./told.js").LayerTold[]} layers
   * @param {() => void} changed
   */
  constructor(began, layers, changed) {
    this.form = /** @type {HTMLFormElement | null} */ (document.getElementById("filters"));
    this.hidden = new Set(began.off);
    this.changed = changed;
    this.set(began.filters);
    this.clear = document.getElementById("clear");
    this.form?.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLElement && target.getAttribute("name")) this.#changed();
    });
    this.clear?.addEventListener("click", () => this.none());
    this.form?.addEventListener("submit", (event) => event.preventDefault());
    this.offer(layers);
    this.town = this.chosenTown();
    this.#offerNone();
  }

  #changed() {
    this.#offerNone();
    this.changed();
  }

  /** Let everything be shown again. */
  none() {
    this.set([]);
    this.#changed();
  }

  #offerNone() {
    this.clear?.toggleAttribute("hidden", this.values().length === 0);
  }

  /** Say how many there are of each mark in view; none where that is not known. @param {Record<string, number> | null} tally */
  count(tally) {
    for (const box of /** @type {NodeListOf<HTMLElement>} */ (this.form?.querySelectorAll("[data-code]") ?? [])) {
      box.textContent = tally ? (tally[box.dataset["code"] ?? ""] ?? 0).toLocaleString("en-US") : "";
    }
  }

  /** Set the form to what an address asks: a page that was kept was made for another one. @param {[string, string][]} asked */
  set(asked) {
    for (const control of /** @type {Iterable<any>} */ (this.form?.elements ?? [])) {
      const values = asked.filter(([name]) => name === control.name).map(([, value]) => value);
      if (control.type === "checkbox") control.checked = values.includes(control.value);
      else if (control.name) {
        control.value = values[0] ?? "";
        if (values[0] && control.value !== values[0]) control.append(new Option(values[0], values[0], true, true)); // as `null`, which no form offers
      }
    }
  }

  /** The filters that hold, as pairs for a query. @returns {[string, string][]} */
  values() {
    if (!this.form) return [];
    return [...new FormData(this.form)].filter(([, value]) => value !== "").map(([key, value]) => [key, String(value)]);
  }

  /** What is chosen, in the form's own words. */
  words() {
    const choices = [...(this.form?.querySelectorAll("select[name], input[type=date]") ?? [])].flatMap((control) => {
      const { value, labels } = /** @type {HTMLSelectElement | HTMLInputElement} */ (control);
      const label = labels?.[0]?.textContent ?? "";
      const said = control instanceof HTMLSelectElement ? (control.selectedOptions[0]?.textContent ?? value) : value;
      return value ? [`${label}: ${said}`] : [];
    });
    const ticked = [...(this.form?.querySelectorAll("input[type=checkbox][name]:checked") ?? [])].map((box) => box.closest("label")?.querySelector(".chip-name")?.textContent ?? "");
    return ticked.length ? [...choices, ticked.join(", ")] : choices;
  }

  /** @param {string} key */
  shows(key) {
    return !this.hidden.has(key);
  }

  off() {
    return [...this.hidden].sort();
  }

  /** Whether another town was chosen since this was last asked. */
  townChanged() {
    const now = this.chosenTown();
    const other = now !== this.town && now !== "";
    this.town = now;
    return other;
  }

  chosenTown() {
    return this.values().find(([key]) => key === "town")?.[1] ?? "";
  }

  /** The chosen town's own name; null when all towns are meant. */
  townName() {
    const select = /** @type {HTMLSelectElement | null} */ (this.form?.querySelector("select[name=town]") ?? null);
    return select?.value ? (select.selectedOptions[0]?.textContent ?? null) : null;
  }

  /** Offer each layer to be shown or hidden. @param {import("./told.js").LayerTold[]} layers */
  offer(layers) {
    const box = document.getElementById("layers");
    for (const layer of layers) {
      const input = element("input", { type: "checkbox" });
      input.checked = this.shows(layer.key);
      input.addEventListener("change", () => {
        if (input.checked) this.hidden.delete(layer.key);
        else this.hidden.add(layer.key);
        this.changed();
      });
      box?.append(element("label", { class: "key" }, input, element("span", {}, layer.title)));
    }
    box?.removeAttribute("hidden");
  }
}
