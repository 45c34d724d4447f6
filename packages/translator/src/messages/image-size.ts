/** Width and height in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Enough for the header of every format but a JPEG with a large preview in front. */
const headerChars = 64 * 1024;

/**
 * The size of a PNG, JPEG, GIF or WebP, read from the beginning of its base64 text; undefined for anything else.
 * Sources: the formats' own specifications (PNG IHDR, GIF screen descriptor, JPEG SOF, WebP VP8, VP8L and VP8X).
 */
export function readImageSize(base64: string): ImageSize | undefined {
  const bytes = decodeStart(base64);
  if (bytes === undefined || bytes.length < 16) return undefined;
  const view = new DataView(bytes.buffer);
  const size = readPng(view) ?? readGif(view) ?? readWebp(view) ?? readJpeg(view);
  return size === undefined || size.width === 0 || size.height === 0 ? undefined : size;
}

function decodeStart(base64: string): Uint8Array<ArrayBuffer> | undefined {
  const start = base64.slice(0, headerChars);
  try {
    return Uint8Array.from(atob(start.slice(0, start.length - (start.length % 4))), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function readPng(view: DataView): ImageSize | undefined {
  if (view.getUint32(0) !== 0x89504e47 || view.byteLength < 24) return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function readGif(view: DataView): ImageSize | undefined {
  if (view.getUint32(0) !== 0x47494638) return undefined;
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

function readWebp(view: DataView): ImageSize | undefined {
  if (view.getUint32(0) !== 0x52494646 || view.byteLength < 30) return undefined;
  switch (view.getUint32(12)) {
    case 0x56503820:
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 0x5650384c: {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 0x56503858:
      return { width: (view.getUint32(24, true) & 0xffffff) + 1, height: (view.getUint32(26, true) >>> 8) + 1 };
    default:
      return undefined;
  }
}

/** A JPEG is a chain of segments; the size stands in the one that starts the frame. */
function readJpeg(view: DataView): ImageSize | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  let at = 2;
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (isFrameStart(marker)) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** SOF0 to SOF15 without the three markers between them that mean something else. */
function isFrameStart(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
