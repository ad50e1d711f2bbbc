// Files that were dropped, pasted or chosen, folders with all that lies in them.

/** A file with the name under which it is added: its path in the folder that was given. */
export interface Given {
  name: string;
  file: File;
}

/** Tells whether files are among what is dropped or pasted. */
export function holdsFiles(transfer: DataTransfer | null): transfer is DataTransfer {
  return transfer?.types.includes("Files") ?? false;
}

/** Reads a folder to its end: a browser hands out a hundred entries at a time. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    found.push(...some);
  }
}

async function walk(entry: FileSystemEntry): Promise<Given[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ name: entry.fullPath.replace(/^\//, ""), file }];
  }
  const inside = await entriesOf(entry as FileSystemDirectoryEntry);
  return (await Promise.all(inside.map(walk))).flat();
}

const isHidden = ({ name }: Given) => name.split("/").some((part) => part.startsWith("."));

/** Returns what an item holds; what lies on no disk, as the attachment of a mail, has no entry. */
async function inside(entry: FileSystemEntry | null, file: File | null): Promise<Given[]> {
  if (entry) return walk(entry);
  return file ? [{ name: file.name, file }] : [];
}

/** Returns what was dropped or pasted; items must be taken before anything is awaited. */
export async function dropped(transfer: DataTransfer): Promise<Given[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const found = await Promise.all(items.map((item) => inside(item.webkitGetAsEntry(), item.getAsFile())));
  return found.flat().filter((given) => !isHidden(given));
}

/** Returns what was chosen in a dialog. */
export function picked(files: FileList): Given[] {
  return [...files].map((file) => ({ name: file.webkitRelativePath || file.name, file })).filter((given) => !isHidden(given));
}

/** What browsers call a picture that was copied and is no file: every one of them. */
const NAMELESS = "image.png";

/** Gives pictures of the clipboard names of their own, for one file of a name replaces the other. */
export function named(files: readonly Given[], now: number): Given[] {
  const stamp = new Date(now).toISOString().slice(0, 19).replace(/\D/g, "-");
  return files.map(({ name, file }) => ({ name: name === NAMELESS ? `image-${stamp}.png` : name, file }));
}
