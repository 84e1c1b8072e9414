// Plays all behaviours on a server with Queen MQ's Go client: `queueclients URL [WORD ...]`.
//
// Prints a line for each: outcome, name and detail, between tabs. With words, only behaviours with one of them in the name.
package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

func main() {
	url, words := os.Args[1], os.Args[2:]
	for _, played := range slices.Concat(producing, consuming, consumers, administration) {
		name := nameOf(played)
		isWanted := func(word string) bool { return strings.Contains(name, word) }
		if len(words) == 0 || slices.ContainsFunc(words, isWanted) {
			outcome, detail := play(name, played, url)
			fmt.Printf("%s\t%s\t%s\n", outcome, name, strings.Join(strings.Fields(detail), " "))
		}
	}
}
