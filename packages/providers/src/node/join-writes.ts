import { Socket } from "node:net";

/** What is longer is not copied: that would take longer than handing it over in pieces. */
const joinedBytes = 8 * 1024;

interface Piece {
  readonly chunk: unknown;
  readonly encoding: BufferEncoding;
}

/**
 * Has a socket write as one text what it has gathered while it was corked, where that is short: the head of a request and its
 * body, or a chunk of an answer and its frame. A list of pieces takes the system and Node twice the time.
 * The bytes stay what they are, since each is one letter. A socket that could not take a text at once is left to Node from
 * then on.
 */
export function joinWrites(socket: Socket): void {
  socket._writev = writeJoined;
}

type Done = (error?: Error | null) => void;

function writeJoined(this: Socket, pieces: Piece[], done: Done): void {
  const text = joined(pieces);
  if (text === undefined) {
    writePieces.call(this, pieces, done);
    return;
  }
  let isTaken = false;
  this._write(text, "latin1", (error) => {
    isTaken = true;
    done(error);
  });
  // What waits for a slow reader would be held twice, as a text and as its pieces.
  if (!isTaken) this._writev = writePieces;
}

/** Node's own way. */
function writePieces(this: Socket, pieces: Piece[], done: Done): void {
  Socket.prototype._writev?.call(this, pieces, done);
}

/** Undefined for what is long, or has text that is not written letter by letter. */
function joined(pieces: readonly Piece[]): string | undefined {
  let text = "";
  for (const { chunk, encoding } of pieces) {
    if (typeof chunk === "string" && encoding === "latin1") text += chunk;
    else if (Buffer.isBuffer(chunk) && chunk.length <= joinedBytes) text += chunk.toString("latin1");
    else return undefined;
    if (text.length > joinedBytes) return undefined;
  }
  return text;
}
