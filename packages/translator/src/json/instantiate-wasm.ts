/** What the modules of this package export: their memory, and one function over offsets in it. */
export interface WasmExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly scan: (at: number, end: number) => number;
}

/** As much of WebAssembly as is used here: no type library of this package has it, and not every runtime does. */
declare const WebAssembly: {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: WasmExports };
};

/** An instance of a module of this package, given in base64; undefined where the runtime has no WebAssembly, forbids it or knows no vectors. */
export function instantiateWasm(base64: string): WasmExports | undefined {
  try {
    const code = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return new WebAssembly.Instance(new WebAssembly.Module(code)).exports;
  } catch {
    return undefined;
  }
}
