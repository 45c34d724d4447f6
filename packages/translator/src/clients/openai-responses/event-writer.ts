/** Writes the events of one answer, numbered as OpenAI numbers them, from 0 unless some have gone before. */
export class EventWriter {
  #next: number;

  constructor(next = 0) {
    this.#next = next;
  }

  /** One event. */
  event(type: string, fields: object): string {
    return this.raw(type, JSON.stringify(fields).slice(1));
  }

  /**
   * A writer of events that differ in one text only, which stands between these fields in JSON. What stays the same is
   * joined once: a concatenation would be put together anew in every event.
   */
  growth(type: string, before: string, after = "}"): (text: string) => string {
    const head = ["event: ", type, '\ndata: {"type":"', type, '","sequence_number":'].join("");
    const middle = [",", before].join("");
    const tail = [after, "\n\n"].join("");
    return (text) => {
      const number = this.#next;
      this.#next += 1;
      return head + number + middle + JSON.stringify(text) + tail;
    };
  }

  /** One event whose fields are JSON already, closing brace included: most events differ in one text only. */
  raw(type: string, fields: string): string {
    const number = this.#next;
    this.#next += 1;
    return `event: ${type}\ndata: {"type":"${type}","sequence_number":${number},${fields}\n\n`;
  }
}
