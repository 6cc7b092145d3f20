import type { Manifest } from "../../domain/manifest.ts";
import { StackholdError } from "../../errors.ts";
import { step } from "../context.ts";
import { verifyFirst } from "../restore/verify-first.ts";
import { type RoomiestPlace, roomiestPlace } from "../roomiest-place.ts";
import { imageByContent, partByContents } from "./by-contents.ts";
import { imageByFile, partByFiles } from "./by-files.ts";
import { requireRoom } from "./require-room.ts";
import type { Transfer } from "./transfer.ts";

export type Copied = Pick<Manifest, "parts" | "images" | "tools">;

/** As they are: their tools are those that made them. */
async function copyFiles(transfer: Transfer): Promise<Copied | undefined> {
  const { from, to, reader, writer, context } = transfer;
  const { adopt } = writer;
  const { manifest } = reader;
  if (adopt === undefined || from.kind !== "archive") return undefined;
  await requireRoom({ from, to, manifest }, undefined);
  const parts: Manifest["parts"] = [];
  for (const part of manifest.parts) {
    context.signal.throwIfAborted();
    parts.push(await partByFiles(part, adopt, transfer));
  }
  const images: NonNullable<Manifest["images"]> = [];
  for (const image of manifest.images ?? []) {
    context.signal.throwIfAborted();
    images.push(await imageByFile(image, adopt, transfer));
  }
  return { parts, images, tools: manifest.tools };
}

async function chooseStaging(
  { to, writer, deps }: Transfer,
  cleanup: AsyncDisposableStack,
): Promise<RoomiestPlace> {
  const destination = { name: to.name, writer, error: undefined };
  const place = await roomiestPlace([destination], cleanup, deps);
  if (place !== undefined) return place;
  throw new StackholdError("COPY_FAILED", "no local disk is there to unpack the point on", {
    hint: "put state_dir on a local disk; nothing was copied",
  });
}

async function copyUnpacked(transfer: Transfer): Promise<Copied> {
  const { from, to, reader, deps, context } = transfer;
  const { manifest } = reader;
  await using cleanup = new AsyncDisposableStack();
  const place = await chooseStaging(transfer, cleanup);
  await requireRoom({ from, to, manifest }, place);
  const damaged = "nothing was copied; another point may be whole: stackhold list points";
  await step("verify", manifest.unit, deps.clock, context, () =>
    verifyFirst({ reader, repository: from }, manifest.parts, deps, context, false, damaged),
  );
  const staging = await place.make();
  const parts: Manifest["parts"] = [];
  for (const part of manifest.parts) {
    context.signal.throwIfAborted();
    parts.push(await partByContents(part, staging, transfer));
  }
  const images: NonNullable<Manifest["images"]> = [];
  for (const image of manifest.images ?? []) {
    context.signal.throwIfAborted();
    images.push(await imageByContent(image, transfer));
  }
  return { parts, images, tools: await deps.capture.tools() };
}

/** One part after another, then the images; whole and durable when it returns. */
export async function copyContents(
  transfer: Transfer,
): Promise<Copied & { readonly way: "files" | "contents" }> {
  const files = await copyFiles(transfer);
  if (files !== undefined) return { ...files, way: "files" };
  return { ...(await copyUnpacked(transfer)), way: "contents" };
}
