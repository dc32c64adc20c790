//go:build race

package proof_test

// underRace: the race detector makes the database, which is translated C, some ten
// times slower. The short run then tries fewer cases of the same kinds.
const underRace = true
