import { containerScanModule } from "./container-scan-module.ts";
import { instantiateWasm, type WasmExports } from "./instantiate-wasm.ts";

/** Containers are copied in windows that grow to this: much of one that is small would be copied in vain, and large ones leave the processor's caches. */
const windowBytes = { least: 2_048, most: 32_768 } as const;

/** So many bytes behind a window are there as well. */
const moreBytes = 4;

const maxWatched = 6;

/** Where things stand in the memory of the module; see `container-scan.wat`. */
const place = { watched: 512, depth: 536, inString: 540, notedEnd: 544, noted: 1024, window: 24_576 } as const;

/** Finds where JSON containers end, by looking at 16 to 64 bytes of a string at a time. */
export class ContainerScan {
  readonly #view: DataView;
  readonly #window: Uint8Array;
  readonly #skip: WasmExports["scan"];

  constructor({ memory, scan }: WasmExports) {
    this.#view = new DataView(memory.buffer);
    this.#window = new Uint8Array(memory.buffer, place.window);
    this.#skip = scan;
  }

  /** How strings begin that are to be noted: one to six numbers of four bytes. */
  watch(beginnings: readonly (number | undefined)[]): void {
    for (let index = 0; index < maxWatched; index += 1) {
      this.#view.setInt32(place.watched + index * 4, beginnings[index] ?? beginnings[0] ?? 0);
    }
  }

  /**
   * Offset behind the container that begins at `at`; undefined when it does not end or something in it is wrong. Adds to
   * `noted` where the strings stand that are watched for.
   */
  skip(bytes: Uint8Array, at: number, noted: number[] | undefined): number | undefined {
    this.#view.setInt32(place.depth, 0, true);
    this.#view.setInt32(place.inString, 0, true);
    let from = at;
    for (let size: number = windowBytes.least; from < bytes.length; size = Math.min(size * 2, windowBytes.most)) {
      const to = Math.min(from + size, bytes.length);
      const copied = Math.min(to + moreBytes, bytes.length) - from;
      this.#window.set(new Uint8Array(bytes.buffer, bytes.byteOffset + from, copied));
      const reached = this.#skip(place.window, place.window + to - from) - place.window;
      if (reached < 0) return undefined;
      if (noted !== undefined) this.#note(from, noted);
      from += reached;
      if (this.#view.getInt32(place.depth, true) === 0) return from;
      if (to === bytes.length) return undefined;
    }
    return undefined;
  }

  #note(from: number, noted: number[]): void {
    const end = this.#view.getInt32(place.notedEnd, true);
    for (let at: number = place.noted; at < end; at += 4) {
      noted.push(this.#view.getInt32(at, true) - place.window + from);
    }
  }
}

/** A scan of containers; undefined where the runtime cannot have one. */
export function containerScan(): ContainerScan | undefined {
  const module = instantiateWasm(containerScanModule);
  return module && new ContainerScan(module);
}
