import { Socket } from "node:net";

/** What is longer is not copied: that would take longer than handing it over in pieces. */
const joinedBytes = 8 * 1024;

/** A head is longer. The frame of a chunk is not, and as bytes it would hold memory for as long as a slow reader takes. */
const leastHead = 64;

interface Piece {
  chunk: unknown;
  readonly encoding: BufferEncoding;
}

/** As Node gives and takes it: with a word on whether it is bytes throughout. */
interface Pieces extends Array<Piece> {
  allBuffers?: boolean;
}

/**
 * Has a socket write as one text what it has gathered while it was corked, where that is short: the head of a request and its
 * body, or a chunk of an answer and its frame. A list of pieces takes the system and Node twice the time, and one of
 * texts and bytes longer than one of bytes. The bytes stay what they are, since each is one letter. A socket that could not
 * take a text at once is left to Node from then on.
 */
export function joinWrites(socket: Socket): void {
  socket._writev = writeJoined;
}

type Done = (error?: Error | null) => void;

function writeJoined(this: Socket, pieces: Pieces, done: Done): void {
  const text = joined(pieces);
  if (text === undefined) {
    writePieces.call(this, inBytes(pieces), done);
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
function writePieces(this: Socket, pieces: Pieces, done: Done): void {
  Socket.prototype._writev?.call(this, pieces, done);
}

/** In place, as Node does with what it hands over: another list would have another shape for all that reads it. */
function inBytes(pieces: Pieces): Pieces {
  const first = pieces[0]?.chunk;
  if (typeof first !== "string" || first.length < leastHead) return pieces;
  for (const piece of pieces) {
    if (typeof piece.chunk === "string") piece.chunk = Buffer.from(piece.chunk, piece.encoding);
  }
  pieces.allBuffers = true;
  return pieces;
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
