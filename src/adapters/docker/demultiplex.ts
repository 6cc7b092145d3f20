/** Parts of a stream in which the engine mixes stdout (1) and stderr (2). */
export type Demultiplexer = (chunk: Buffer) => { stream: number; bytes: Buffer }[];

const headerBytes = 8;

/** Each frame has its stream in byte 0 and its length in bytes 4 to 7: Engine API, ContainerAttach. */
export function demultiplexer(): Demultiplexer {
  let header = Buffer.alloc(0);
  let stream = 0;
  let left = 0;
  return (chunk) => {
    const parts: { stream: number; bytes: Buffer }[] = [];
    for (let rest = chunk; rest.length > 0; ) {
      if (left === 0) {
        const wanted = headerBytes - header.length;
        header = Buffer.concat([header, rest.subarray(0, wanted)]);
        rest = rest.subarray(wanted);
        if (header.length < headerBytes) break;
        stream = header[0] ?? 0;
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const bytes = rest.subarray(0, left);
      parts.push({ stream, bytes });
      left -= bytes.length;
      rest = rest.subarray(bytes.length);
    }
    return parts;
  };
}
