// The client in a folder.

import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What the package in the folder exports. */
export async function clientIn(folder) {
  const { main } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  return await import(pathToFileURL(resolve(folder, main)))
}
