// Files that were dropped or chosen, folders with all that lies in them.

/** A file with the name under which it is added: its path in the folder that was given. */
export interface Given {
  name: string;
  file: File;
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

/** Returns what was dropped; entries must be taken before anything is awaited. */
export async function dropped(transfer: DataTransfer): Promise<Given[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return (await Promise.all(entries.map(walk))).flat().filter((given) => !isHidden(given));
}

/** Returns what was chosen in a dialog. */
export function picked(files: FileList): Given[] {
  return [...files].map((file) => ({ name: file.webkitRelativePath || file.name, file })).filter((given) => !isHidden(given));
}
