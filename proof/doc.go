// Package proof tests the whole program as no other package can: in stories drawn from
// a seed, and with crashes, power cuts and full disks. PROOF.md at the root says what
// each proof shows and how to run it.
//
//	go test ./proof                          the short runs
//	go test ./proof -run Simulation -seed 7  one story again, told in full
//	go test ./proof -run Simulation -seeds 4000 -crossing
//	                                         only those of the seeds whose messages cross
//
// It has no code but tests, and no package may import it.
package proof
