//go:build race

package proof_test

// short is how many cases of a kind are tried under the race detector, which makes
// them several times slower: a few, to find races. make test runs the proofs again
// without it.
func short(_, underRace int) int { return underRace }
