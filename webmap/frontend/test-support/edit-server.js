// A server of edits for tests: it answers each edit as it is told to, and remembers every request.

/** @typedef {import("../src/outbox/outbox.js").EditRequest} EditRequest */

export class EditServer {
  constructor() {
    /** The keys of the edits in each request. @type {string[][]} */
    this.requests = [];
    /** @type {{url: string, options: any} | null} */
    this.lastCall = null;
    /** Whether any signal reaches the server. */
    this.isReachable = true;
    /** Answers an edit. @type {(edit: EditRequest) => Record<string, any>} */
    this.answerEdit = () => ({ status: "done" });
    /** @type {(edits: EditRequest[]) => Response | Promise<Response>} */
    this.respond = (edits) => Response.json({ edits: edits.map((edit) => ({ key: edit.key, ...this.answerEdit(edit) })) });
  }

  /** Stands for `fetch`. */
  get fetchResponse() {
    return /** @type {typeof fetch} */ (async (url, options) => {
      /** @type {{edits: EditRequest[]}} */
      const { edits } = JSON.parse(String(options?.body));
      this.requests.push(edits.map(({ key }) => key));
      this.lastCall = { url: String(url), options };
      if (!this.isReachable) throw new TypeError("Failed to fetch");
      return this.respond(edits);
    });
  }
}
