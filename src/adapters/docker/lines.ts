import type { Readable } from "node:stream";

/** Lines of UTF-8 as they arrive; throws when the stream breaks (readline would end quietly). */
export async function* linesOf(stream: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let carried = "";
  for await (const chunk of stream) {
    const lines = (carried + decoder.decode(chunk, { stream: true })).split("\n");
    carried = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield line;
  }
  if (carried.trim() !== "") yield carried;
}
