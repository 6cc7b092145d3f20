import { compareText } from "../compare-text.ts";
import type { Unprotected } from "../sources/candidates.ts";
import type { Member } from "../unit.ts";
import type { Json } from "./redact.ts";

/** What containers run, and what the engine knows of it: no digests where it lost the image. */
export interface RunImage {
  readonly reference: string;
  readonly id: string;
  readonly containers: readonly string[];
}

export interface KnownImage {
  readonly tags: readonly string[];
  readonly digests: readonly string[];
  /** Of its layers. */
  readonly bytes: number;
}

/** One that shall be kept with the point. */
export interface ImageToSave {
  readonly id: string;
  /** What containers call it. */
  readonly references: readonly string[];
  readonly bytes: number;
}

export function imagesOf(
  members: readonly Pick<Member, "name" | "image" | "imageId">[],
): RunImage[] {
  const groups = Map.groupBy(members, ({ image, imageId }) => `${image} ${imageId}`);
  return [...groups.values()]
    .map((users) => ({
      reference: users[0]?.image ?? "",
      id: users[0]?.imageId ?? "",
      containers: users.map(({ name }) => name),
    }))
    .toSorted((a, b) => compareText(a.reference, b.reference) || compareText(a.id, b.id));
}

export function imagesDocument(
  images: readonly RunImage[],
  known: ReadonlyMap<string, KnownImage>,
): Json {
  return images.map(({ reference, id, containers }) => {
    const { tags = [], digests = [] } = known.get(id) ?? {};
    return { reference, id, digests: [...digests], tags: [...tags], containers: [...containers] };
  });
}

/** Images that cannot be fetched again. */
export function lostImages(
  images: readonly RunImage[],
  known: ReadonlyMap<string, KnownImage>,
): Unprotected[] {
  const lost = images.filter(({ id }) => (known.get(id)?.digests.length ?? 0) === 0);
  const names = [...new Set(lost.map(({ reference }) => reference))];
  return names.map((name) => ({
    what: imageName(name),
    why: "no registry knows it, and it is not kept with the point",
  }));
}

/** As the coverage names it. */
export const imageName = (reference: string) => `image:${reference}`;

/** Each image once, whatever it is called, as far as the engine has it. */
export function imagesToSave(
  images: readonly RunImage[],
  known: ReadonlyMap<string, KnownImage>,
): ImageToSave[] {
  return [...Map.groupBy(images, ({ id }) => id)].flatMap(([id, users]) => {
    const image = known.get(id);
    if (image === undefined) return [];
    return [{ id, references: users.map(({ reference }) => reference), bytes: image.bytes }];
  });
}

/** Images that containers run although the engine has them no more. */
export function absentImages(
  images: readonly RunImage[],
  known: ReadonlyMap<string, KnownImage>,
): Unprotected[] {
  const names = new Set(images.filter(({ id }) => !known.has(id)).map((one) => one.reference));
  return [...names].map((name) => ({
    what: imageName(name),
    why: "the engine has it no more, so that it cannot be kept: pull or build it, and create the container anew",
  }));
}
