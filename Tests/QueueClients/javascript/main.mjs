// Plays all behaviours on a server with a version of the client: `node main.mjs CLIENT URL [WORD ...]`.
//
// CLIENT is the folder of the package. Prints a line for each: outcome, name and detail, between tabs. With words, only
// behaviours with one of them in the name.

import { listen, play, tell } from './behaviours.mjs'
import { clientIn } from './client.mjs'
import { producing } from './producing.mjs'
import { consuming } from './consuming.mjs'
import { acknowledging } from './acknowledging.mjs'
import { administration } from './administration.mjs'

const [folder, url, ...words] = process.argv.slice(2)
listen()
const { Queen } = await clientIn(folder)

for (const [name, behaviour] of Object.entries({ ...producing, ...acknowledging, ...consuming, ...administration })) {
  if (words.length > 0 && !words.some(word => name.includes(word))) continue
  const [outcome, detail] = await play(name, behaviour, () => new Queen(url))
  tell(outcome, name, detail)
}
// A behaviour that was given up may still wait for something.
process.exit(0)
