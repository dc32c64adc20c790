// Package proof holds what no other package's tests can show: the whole program
// under a seeded fate, with crashes, power cuts and full disks. PROOF.md at the
// root says what each proof shows and how to run it.
//
//	go test ./proof                          the short runs
//	go test ./proof -run Simulation -seed 7  one story again, told in full
//	go test ./proof -run Simulation -seeds 4000 -crossing
//	                                         only those of the seeds whose words cross
//
// It has no code of its own, and nothing may import it.
package proof
