import { type Front, openFront } from "../integration/engine/front.ts";

/** A proxy as docker-socket-proxy is with POST=0: who only reads is let through, all else is 403. */
export function readOnlyProxy(dockerHost: string): Promise<Front> {
  return openFront(dockerHost, (call, answer) => {
    if (call.method === "GET" || call.method === "HEAD") return false;
    const page =
      "<html><body><h1>403 Forbidden</h1>\nRequest forbidden by rules.\n</body></html>\n";
    answer.writeHead(403, { "content-type": "text/html" }).end(page);
    return true;
  });
}
