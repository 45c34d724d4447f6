import type { Scene } from "./scene.ts";

/** Where in the request something stands; the path is put together only when it is to be reported. */
export interface Place {
  readonly scene: Scene;
  readonly path: () => string;
}

/** The place of one entry of a list that stands at `place`. */
export function entryOf(place: Place, key: string, index: number): Place {
  return { scene: place.scene, path: () => `${place.path()}.${key}[${index}]` };
}
