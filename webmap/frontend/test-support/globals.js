// Sets global values for tests, such as those that only browsers have.

/** Makes a value global, also where Node has a read-only one, such as `navigator`. @param {string} name @param {unknown} value */
export function defineGlobal(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
