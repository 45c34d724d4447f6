import { type CreatedDatabase } from "@drawbridge/governance/testing";
import { createServer, type AddressInfo } from "node:net";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningGateway, startGateway } from "../../src/start-gateway.ts";
import { createTestDatabase, hasSharedServices, redisUrl } from "../support/shared-services.ts";

const password = "hunter2-secret";

/** Why a gateway with this storage does not start; empty when it does. */
async function refusal(storage: object): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "drawbridge-start-"));
  await writeFile(path.join(folder, "drawbridge.yaml"), JSON.stringify({ storage, server: { drain: "0s" } }));
  const sink = { write: () => undefined };
  let gateway: RunningGateway | undefined;
  try {
    gateway = await startGateway({ argv: ["--port", "0"], env: {}, cwd: folder, stdout: sink, logTo: sink });
    return "";
  } catch (error) {
    if (error instanceof Error && error.name === "StartError") return error.message;
    throw error;
  } finally {
    await gateway?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("where nothing listens it says where, as whom, and what to do, without the password", async () => {
  const port = await closedPort();
  const said = await refusal({ postgres: `postgres://gateway:${password}@127.0.0.1:${port}/books` });
  expect(said).toBe(
    `storage.postgres: PostgreSQL at 127.0.0.1:${port}/books as gateway cannot be used: ` +
      "nothing listens there; start the server, or mend the address",
  );
});

test("a host that is none is told as such", async () => {
  const said = await refusal({ postgres: `postgres://gateway:${password}@no-such-host.invalid/books` });
  expect(said).toMatch(
    /no-such-host\.invalid:5432\/books as gateway cannot be used: (?:there is no host|its name could)/u,
  );
});

test("a server that is no PostgreSQL is told as such, and soon", async () => {
  const server = createServer(
    (socket) => void socket.on("error", () => undefined).end("HTTP/1.1 400 Bad Request\r\n\r\n"),
  );
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const said = await refusal({ postgres: `postgres://gateway:${password}@127.0.0.1:${port}/books` });
  server.close();
  expect(said).toMatch(/PostgreSQL at 127\.0\.0\.1:\d+\/books as gateway cannot be used: ./u);
  expect(said).not.toContain(password);
});

describe.skipIf(!hasSharedServices)(
  "with a PostgreSQL (at DRAWBRIDGE_TEST_POSTGRES_URL) a gateway does not start",
  () => {
    let database: CreatedDatabase;
    const role = `limited_${randomUUID().replaceAll("-", "")}`;
    beforeAll(async () => {
      database = await createTestDatabase();
      await database.query(`create role ${role} login password '${password}'`);
    });
    afterAll(async () => {
      await database.drop();
      const other = await createTestDatabase();
      await other.query(`drop role ${role}`);
      await other.drop();
    });
    const changed = (change: (url: URL) => void): string => {
      const url = new URL(database.url);
      change(url);
      return url.href;
    };

    test("without a database of that name", async () => {
      const postgres = changed((url) => (url.pathname = "/nowhere"));
      expect(await refusal({ postgres })).toMatch(/\/nowhere .*: it has no database of that name; create it$/u);
    });

    test("as a user that there is not", async () => {
      const postgres = changed((url) => (url.username = "nobody"));
      expect(await refusal({ postgres })).toMatch(/as nobody cannot be used: it refuses the login/u);
    });

    test("as a user that may make no tables", async () => {
      const postgres = changed((url) => Object.assign(url, { username: role, password }));
      const said = await refusal({ postgres });
      expect(said).toMatch(/the user may not do what is needed; grant CREATE on the database/u);
      expect(said).not.toContain(password);
    });

    test("with another key for hashing than those before", async () => {
      const hashKey = "a key of thirty-two characters and more";
      expect(await refusal({ postgres: database.url, hashKey })).toBe("");
      expect(await refusal({ postgres: database.url, hashKey: `${hashKey}!` })).toMatch(
        /under another key than the one/u,
      );
      expect(await refusal({ postgres: database.url })).toMatch(
        /another gateway's configuration gives; give the same/u,
      );
    });

    test("without its Redis", async () => {
      const port = await closedPort();
      const said = await refusal({ postgres: database.url, redis: `redis://:${password}@127.0.0.1:${port}` });
      expect(said).toMatch(
        new RegExp(`storage\\.redis: Redis at 127\\.0\\.0\\.1:${port} cannot be used: .*ECONNREFUSED`, "u"),
      );
      expect(said).not.toContain(password);
    });

    test("as a user that its Redis does not know", async () => {
      const url = new URL(redisUrl ?? "");
      Object.assign(url, { username: "nobody", password });
      const said = await refusal({ postgres: database.url, redis: url.href });
      expect(said).toMatch(/Redis at .* cannot be used: .*WRONGPASS/u);
      expect(said).not.toContain(password);
    });
  },
);
