export { hmacKeyHasher } from "./hmac-key-hasher.ts";
