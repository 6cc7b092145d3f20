import xxhash from "xxhash-wasm";

/** 64 bits of a text. Zero is never a hash. */
export async function textHash(): Promise<(text: string) => bigint> {
  const { h64 } = await xxhash();
  return (text) => h64(text) || 1n;
}

/** From a number that is not zero to another, in flat memory: 16 bytes a place, half of them used. */
export interface HashTable {
  readonly size: number;
  get(key: bigint): bigint | undefined;
  set(key: bigint, value: bigint): void;
}

/** Open addressing with linear probing: the keys are hashes or small numbers already. */
export function createHashTable(): HashTable {
  let keys = new BigUint64Array(1024);
  let values = new BigUint64Array(keys.length);
  let size = 0;

  const placeOf = (key: bigint): number => {
    let place = Number(BigInt.asUintN(32, key)) & (keys.length - 1);
    while (keys[place] !== 0n && keys[place] !== key) place = (place + 1) & (keys.length - 1);
    return place;
  };
  const grow = (): void => {
    const [oldKeys, oldValues] = [keys, values];
    keys = new BigUint64Array(oldKeys.length * 2);
    values = new BigUint64Array(keys.length);
    for (const [index, key] of oldKeys.entries()) {
      if (key === 0n) continue;
      const place = placeOf(key);
      keys[place] = key;
      values[place] = oldValues[index] ?? 0n;
    }
  };
  return {
    get size() {
      return size;
    },
    get(key) {
      const place = placeOf(key);
      return keys[place] === 0n ? undefined : values[place];
    },
    set(key, value) {
      let place = placeOf(key);
      if (keys[place] === 0n) {
        size += 1;
        if (size * 2 > keys.length) {
          grow();
          place = placeOf(key);
        }
        keys[place] = key;
      }
      values[place] = value;
    },
  };
}
