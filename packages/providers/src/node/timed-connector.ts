import { buildConnector, errors } from "undici";

/**
 * A way to connect that is given up when its time is over. undici's own timer, which counts in steps of half a second,
 * comes as much later as a second; it is left to clear away what has been given up.
 */
export function timedConnector(connect: buildConnector.connector, timeoutMs: number): buildConnector.connector {
  return (target, callback) => {
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      callback(new errors.ConnectTimeoutError(), null);
    }, timeoutMs).unref();
    connect(target, (...result) => {
      clearTimeout(timer);
      if (isOver) result[1]?.destroy();
      else callback(...result);
    });
  };
}
